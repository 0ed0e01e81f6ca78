"""Nature, from the seed: the clock, what ids are made of, and when a process dies. Nothing of the machine's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from eipp.api import idempotency

BEGINNING = datetime(2026, 6, 15, 7, 0, tzinfo=UTC)

#: Where a process may die, before or after: each stands inside a transaction, which dies with it.
DEATHS = (
    ("eipp.kernel.events", "record_all"),
    ("eipp.ledger.posting.book", "Book.write"),
    ("eipp.ledger.posting.book", "Book.save"),
    ("workflows.payment", "Payment._post"),
    ("workflows.gateway_talk", "record"),
)


class Died(BaseException):
    """The process is gone at this point: no `except Exception` hears of it."""


class Nature:
    """now: the one clock; ids: how many were made; dying: after how many more points the process dies, if at all;
    is_dead: it did, and tidies nothing up."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.now, self.ids, self.dying, self.is_dead = BEGINNING, 0, 0, False

    def pass_time(self, by: timedelta) -> None:
        self.now += by

    @contextmanager
    def dying_after(self, points: int) -> Iterator[None]:
        """The process dies at the so-manieth point it comes to; 0: it lives."""
        self.dying, self.is_dead = points, False
        try:
            yield
        finally:
            self.dying = 0

    def rise(self) -> None:
        """Another process goes on."""
        self.is_dead = False

    def point(self) -> None:
        if self.dying:
            self.dying -= 1
            if not self.dying:
                self.is_dead = True
                raise Died

    def nanoseconds(self) -> int:
        """A millisecond more for each id, so that their order is the one in which they were made."""
        self.ids += 1
        return (int(self.now.timestamp() * 1000) + self.ids) * 1_000_000

    def entropy(self, size: int) -> bytes:
        return self.ids.to_bytes(size, "big")


def ruling(monkeypatch: pytest.MonkeyPatch) -> Nature:
    """Let nature decide, for as long as the test runs."""
    nature = Nature()
    monkeypatch.setattr("eipp.kernel.clock.timezone", SimpleNamespace(now=lambda: nature.now))
    monkeypatch.setattr("eipp.kernel.record.time", SimpleNamespace(time_ns=nature.nanoseconds))
    monkeypatch.setattr("eipp.kernel.record.os", SimpleNamespace(urandom=nature.entropy))
    for module, path in DEATHS:
        owner: Any = import_module(module)
        *classes, name = path.split(".")
        for each in classes:
            owner = getattr(owner, each)
        monkeypatch.setattr(owner, name, _mortal(getattr(owner, name), nature))
    release = idempotency._release
    monkeypatch.setattr(idempotency, "_release", lambda row: None if nature.is_dead else release(row))
    return nature


def _mortal(function: Callable[..., Any], nature: Nature) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **facts: Any) -> Any:
        nature.point()
        answer = function(*args, **facts)
        nature.point()
        return answer

    return run
