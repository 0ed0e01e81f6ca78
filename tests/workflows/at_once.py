"""Twenty threads that start together, and what came of each."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, BrokenBarrierError, Lock
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from eipp.kernel.refusal import Refusal

THREADS = 20


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Run the calls together, each as a request of its own: `done`, the refusal's code, or the database's error."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        try:
            barrier.wait(30)
            call()
        except Refusal as refusal:
            return refusal.code
        except DatabaseError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def each_in_twenty(call: Callable[[], Any]) -> Sequence[str]:
    return at_once(*[call] * THREADS)


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards off: nobody locks a row, and numbers come from a counter that nobody waits for."""
    numbers, turn = count(1), Lock()

    def take(name: str, *, count: int = 1) -> range:
        with turn:
            first = next(numbers)
        return range(900_000 + first, 900_000 + first + count)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **facts: rows)
    monkeypatch.setattr("eipp.kernel.numbering.take", take)


def meet_after(monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    """Let two threads that have passed a check wait for each other, for a moment, before they act on it."""
    passed, meeting = import_string(check), Barrier(2)

    def checked(*args: Any, **facts: Any) -> Any:
        found = passed(*args, **facts)
        try:
            meeting.wait(0.5)
        except BrokenBarrierError:
            meeting.reset()
        return found

    monkeypatch.setattr(check, checked)
