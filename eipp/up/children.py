"""The processes of one start: they write to log files, and none outlives the one that started it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

#: Linux: the kernel sends a signal to the child when its parent dies, however it dies.
PR_SET_PDEATHSIG = 1
#: Seconds that a child has to finish its work after it was asked to end.
PATIENCE = 12


class Died(Exception):
    """A child ended by itself; says which, and the last lines that it wrote."""


class Children:
    """Started in order, stopped in the opposite order."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        """Start a child under a name of its own; what it writes goes to `<name>.log`, which holds one run."""
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 (the command is ours)
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, so that all end in order
                preexec_fn=die_with_parent(),
            )

    def finish(self, name: str) -> None:
        """Wait for the end of a child that has one. Raises Died when it failed."""
        if self._running[name].wait() != 0:
            raise self._died(name)
        del self._running[name]

    def check(self) -> None:
        """Raises Died when one of them has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise self._died(name)

    def stop(self) -> None:
        """Ask each to end, wait for it, and leave none of its own children behind."""
        for process in reversed(self._running.values()):
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _end_group(process.pid)
        self._running.clear()

    def _died(self, name: str) -> Died:
        code = self._running[name].returncode
        last = self._log(name).read_text(errors="replace").splitlines()[-20:]
        return Died("\n".join([f"{name} ended with code {code}. Its last lines ({self._log(name)}):", *last]))

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def die_with_parent() -> Callable[[], None] | None:
    """What a child does first. Everything is looked up before the fork, after which little is safe."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return arrange
