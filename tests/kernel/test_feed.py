"""The feed: while eight write and commit out of order, a reader gets every event once, in one lasting order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction

from eipp.kernel import feed, seal
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event as Happening
from eipp.kernel.events import record
from tests.counts import rounds
from tests.ledger.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WRITERS, READER = 8, Actor.system("reader")


def write_many(world: World, begun: Barrier, seed: int, count: int) -> list[int]:
    """Transactions that stay open for a random moment after they took their ids, so that they commit out of order."""
    chance, never, written = Random(seed), Event(), []
    begun.wait(30)
    try:
        for _ in range(count):
            with transaction.atomic():
                written += [
                    record("customer_account.changed", world.account, READER).pk for _ in range(chance.randint(1, 3))
                ]
                never.wait(chance.random() / 50)
    finally:
        connection.close()
    return written


def everything(read: Callable[[int], tuple[list[int], int]], writing: Callable[[], bool]) -> list[int]:
    """Read on and on while others write, and once more when they have ended."""
    position, seen = 0, []
    while True:
        over = not writing()
        found, position = read(position)
        seen += found
        if over and not found:
            return seen


def by_feed(position: int) -> tuple[list[int], int]:
    seal.seal_pending()
    found, following = feed.read(READER, after=position, limit=7)
    return [event.pk for _, event in found], following


def by_id(position: int) -> tuple[list[int], int]:
    """The fault: a bookmark over ids passes over what commits later than a higher id."""
    found = list(Happening.objects.filter(pk__gt=position).order_by("pk").values_list("pk", flat=True)[:7])
    return found, found[-1] if found else position


@contextmanager
def eight_writers(world: World, count: int) -> Iterator[list[Any]]:
    begun = Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        yield [pool.submit(write_many, world, begun, seed, count) for seed in range(WRITERS)]


@pytest.fixture
def world(transactional_db: None) -> World:
    with transaction.atomic():
        return World.make()


def test_eight_writers_and_a_reader_who_misses_nothing_and_gets_nothing_twice(world: World) -> None:
    before = set(Happening.objects.values_list("pk", flat=True))
    with eight_writers(world, rounds(200)) as writers:
        seen = everything(by_feed, lambda: not all(writer.done() for writer in writers))
    written = {pk for writer in writers for pk in writer.result()}
    assert len(seen) == len(set(seen))
    assert set(seen) == written | before
    again = [event.pk for _, event in feed.read(READER, after=0, limit=100_000)[0]]
    assert again == seen
    assert list(seal.differences()) == []


def test_the_same_reader_by_ids_would_miss_some(world: World) -> None:
    """Two writers in the order that does it: the lower id commits after the higher one was read."""
    taken, read = Event(), Event()

    def slow() -> int:
        try:
            with transaction.atomic():
                event = record("customer_account.changed", world.account, READER)
                taken.set()
                assert read.wait(30)
            return event.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        assert taken.wait(30)
        with transaction.atomic():
            early = record("customer_account.changed", world.account, READER).pk
        ids, position = _all(by_id, 0)
        positions, place = _all(by_feed, 0)
        read.set()
        missed = late.result()
    assert early in ids and early in positions
    assert missed not in _all(by_id, position)[0], "the control reads by ids, and misses one"
    assert _all(by_feed, place)[0] == [missed]


def _all(read: Callable[[int], tuple[list[int], int]], position: int) -> tuple[list[int], int]:
    seen: list[int] = []
    while True:
        found, position = read(position)
        seen += found
        if not found:
            return seen, position
