"""A house: processes of the platform, each on its own as an operator starts them, on the database under the tests."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from eipp.up.children import die_with_parent
from tests.servers.ports import free_port
from tests.servers.valkey import Valkey, valkey_server
from tests.shape.source import ROOT

#: Seconds that whatever is awaited may take on a machine that does much else besides.
PATIENCE = 90


def until(is_so: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Ask again and again until the answer is yes, and return it; TimeoutError when it stays no."""
    end = time.monotonic() + seconds
    while not (answer := is_so()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {is_so}")
        time.sleep(0.02)
    return answer


@dataclass
class Process:
    """One of the platform's processes; `port` is where it answers (a worker: its lookout)."""

    popen: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def listens(self) -> bool:
        """Whether somebody answers at its port; what it wrote last where it ended instead."""
        assert self.popen.poll() is None, self.log.read_text()[-3000:]
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def ask_to_end(self) -> None:
        self.popen.send_signal(signal.SIGTERM)

    def ended(self, *, seconds: float = 30) -> int:
        """Its exit code, as soon as there is one."""
        return self.popen.wait(seconds)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()


@dataclass
class House:
    broker: Valkey
    data: Path
    variables: dict[str, str] = field(default_factory=dict)
    _life: ExitStack = field(default_factory=ExitStack)

    def web(self, port: int = 0) -> Process:
        """Returns once it listens."""
        process = self._start("web", port, EIPP_DEBUG="1")  # so that nobody has to collect what browsers load
        until(process.listens)
        return process

    def worker(self) -> Process:
        """Returns at once: what it does is seen in rows."""
        return self._start("worker")

    def beat(self) -> Process:
        return self._start("beat")

    def _start(self, name: str, port: int = 0, **variables: str) -> Process:
        port = port or free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("EIPP_", "DJANGO_"))}
        environment |= {
            "EIPP_DATABASE_URL": database(), "EIPP_REDIS_URL": self.broker.url, "EIPP_DATA": str(self.data),
            "EIPP_SECRET_KEY": settings.SECRET_KEY, "EIPP_EXAMPLE_WORLD": "1",
            "EIPP_PORT": str(port), "EIPP_WORKER_PORT": str(port), **variables, **self.variables,
        }  # fmt: skip
        log = self.data / f"{name}-{port}.log"
        with log.open("ab") as file:
            popen = subprocess.Popen(
                [sys.executable, "-m", "eipp.up.one", name], cwd=ROOT, env=environment, stdin=-3, stdout=file,
                stderr=file, preexec_fn=die_with_parent(),
            )  # fmt: skip
        process = Process(popen, port, log)
        self._life.callback(process.kill)
        return process


@contextmanager
def house(data: Path, **variables: str) -> Iterator[House]:
    """Yields one with a broker and no process yet; all are gone afterwards."""
    with valkey_server() as broker, ExitStack() as life:
        yield House(broker, data, variables, life)


def database() -> str:
    """The address of the database under the tests."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return f"postgres://{facts['USER']}{password}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
