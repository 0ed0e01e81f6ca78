"""What a run costs part by part, and a run that is killed in its middle: another one goes on from there."""

import json
import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

GOAL = 1.3


@dataclass(slots=True)
class Cost:
    """Seconds by the clock on the wall, and of the processor, ours and the database's: the second stays what it is
    while others load the machine."""

    wall: float = 0.0
    processor: float = 0.0
    rows: int = 0

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.processor - other.processor, self.rows - other.rows)


def now(rows: int) -> Cost:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Cost(time.perf_counter(), used.ru_utime + used.ru_stime + _of_the_database(), rows)


def _of_the_database() -> float:
    """Of the process that serves this connection, where that is on this machine."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    with suppress(OSError):
        after = stat.read_text().rpartition(")")[2].split()
        return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def report(name: str, first: Cost, last: Cost) -> None:
    """A JSON object for each clock: milliseconds a row of the last part against the first."""
    for clock in ("processor", "wall"):
        ours, baseline = (getattr(part, clock) * 1000 / part.rows for part in (last, first))
        line = {"name": f"{name}_{clock}", "ours": round(ours, 3), "baseline": round(baseline, 3), "unit": "ms each"}
        print(json.dumps({**line, "ratio": round(ours / baseline, 2), "goal": GOAL}), flush=True)


def killed(work: Callable[[], object], *, once: Callable[[], bool]) -> None:
    """Run the work in a process of its own, and kill that as soon as the condition holds."""
    connection.close()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            work()
        os._exit(0)
    try:
        while not once():
            assert os.waitpid(child, os.WNOHANG) == (0, 0), "it was done before it was killed"
            time.sleep(0.05)
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
