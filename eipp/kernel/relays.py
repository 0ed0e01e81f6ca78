"""Relays: after the commit, in the worker, each listener reads the sealed events in order behind its own bookmark."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Max

from eipp.kernel import clock, lease, seal
from eipp.kernel.bookmark import Bookmark
from eipp.kernel.events import Event, listeners
from eipp.kernel.gauges import Backlog

log = structlog.get_logger()
BATCH = 100
ATTEMPTS = 6
#: How long nothing is relayed after its holder was killed. A longer turn is safe: bookmarks move by comparison.
LEASE_SECONDS = 5

type_of_relay = Callable[[list[Event]], None]


class RelayFailure(models.Model):
    """An event that a relay could not take, after several attempts: kept for someone to mend."""

    relay = models.CharField(max_length=100)
    position = models.BigIntegerField()
    event_id = models.BigIntegerField()
    error = models.TextField()
    failed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.relay} {self.position}"


def run_once() -> int:
    """Seal and relay what is there, if nobody else is at it; how many events were moved."""
    if not _alone():
        return 0
    moved = seal.seal_pending(between=_alone)
    for name, relay in zip(settings.EVENT_RELAYS, listeners("EVENT_RELAYS"), strict=True):
        moved += _catch_up(name, relay)
    return moved


def give_back() -> None:
    """Let another process relay at once."""
    lease.give_back("relays")


def backlog() -> Iterator[Backlog]:
    """Events that are not sealed, what each relay has still to read, and what it gave up."""
    yield Backlog("events to seal", **seal.unsealed_count())
    last = seal.Seal.objects.aggregate(last=Max("position"))["last"] or 0
    read = dict(Bookmark.objects.filter(name__in=settings.EVENT_RELAYS).values_list("name", "position"))
    for name in settings.EVENT_RELAYS:
        next_one = seal.Seal.objects.filter(position=read.get(name, 0) + 1).first()
        since = next_one.sealed_at if next_one else None
        yield Backlog(f"events for {name}", last - read.get(name, 0), since)
    yield Backlog("events that a relay gave up", RelayFailure.objects.count())


def _catch_up(name: str, relay: type_of_relay) -> int:
    moved = 0
    while moved_now := _step(name, relay):
        _alone()
        moved += moved_now
    return moved


def _alone() -> bool:
    return lease.take("relays", seconds=LEASE_SECONDS)


def _step(name: str, relay: type_of_relay) -> int:
    mark = Bookmark.objects.get_or_create(name=name)[0]
    if mark.retry_at and mark.retry_at > clock.now():
        return 0
    size = 1 if mark.attempts else BATCH
    seals = list(seal.Seal.objects.filter(position__gt=mark.position).order_by("position")[:size])
    if not seals:
        return 0
    events = Event.objects.in_bulk([row.event_id for row in seals])
    try:
        with transaction.atomic():
            if not _advance(name, mark.position, to=seals[-1].position):
                return 0  # somebody else has been here since
            relay([events[row.event_id] for row in seals])
    except Exception as error:  # a listener's fault must not stop the others: it is logged, retried and kept
        log.exception("relay.failed", relay=name, position=seals[0].position, event_id=seals[0].event_id)
        _note_failure(mark, seals[0], error)
        return 0 if size == 1 else _step(name, relay)
    return len(seals)


def _advance(name: str, position: int, *, to: int) -> int:
    return Bookmark.objects.filter(name=name, position=position).update(position=to, attempts=0, retry_at=None)


def _note_failure(mark: Bookmark, first: seal.Seal, error: Exception) -> None:
    attempts = mark.attempts + 1
    if attempts <= ATTEMPTS:
        wait = None if attempts == 1 else clock.now() + timedelta(seconds=2**attempts)
        Bookmark.objects.filter(pk=mark.pk).update(attempts=attempts, retry_at=wait)
        return
    with transaction.atomic():
        RelayFailure.objects.create(relay=mark.name, position=first.position, event_id=first.event_id,
                                    error=repr(error)[:2000], failed_at=clock.now())  # fmt: skip
        _advance(mark.name, mark.position, to=first.position)
