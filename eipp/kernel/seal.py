"""The sealer: gives committed events, in batches, a gapless position and their hash in the supplier's chain."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef

from eipp.kernel import clock
from eipp.kernel.bookmark import Bookmark
from eipp.kernel.events import Event
from eipp.kernel.record import AppendOnly

BATCH = 200
SETTLED = timedelta(minutes=10)  # no transaction lives that long: below such events nothing new can appear
FIRST = "0" * 64


class Seal(AppendOnly):
    """An event's place in the one global order, and in its supplier's hash chain."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    supplier_id = models.UUIDField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("supplier_id", "-position"), name="seal_chain"),)

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


def seal_pending(*, everything: bool = False, between: Callable[[], object] = bool) -> int:
    """Seal what is committed and not sealed yet; how many. Of two at once one wins: positions are unique.

    between: done after each batch, such as renewing the lease under which it is done.
    """
    sealed = 0
    while batch := _unsealed(0 if everything else _floor()):
        with transaction.atomic():
            _seal(batch)
        sealed += len(batch)
        between()
    _raise_floor()
    return sealed


def unsealed_count() -> dict[str, Any]:
    """How many events are not sealed yet (`rows`), and since when the oldest of them waits (`oldest`)."""
    unsealed = Event.objects.filter(~Exists(Seal.objects.filter(event_id=OuterRef("pk"))), pk__gt=_floor())
    return unsealed.aggregate(rows=Count("pk"), oldest=Min("recorded_at"))


def digest(event: Event, previous_hash: str) -> str:
    """The event's hash: SHA-256 over the previous hash and every column, as canonical JSON."""
    columns = {column.attname: _plain(getattr(event, column.attname)) for column in Event._meta.concrete_fields}
    text = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


def differences() -> Iterable[str]:
    """Walk the whole record and name each gap, broken chain and event that is not sealed for an hour."""
    chains: dict[UUID | None, str] = {}
    expected = 1
    for seals in _pages():
        events = Event.objects.in_bulk([seal.event_id for seal in seals])
        for seal in seals:
            if seal.position != expected:
                yield f"seal {expected}: missing"
            expected = seal.position + 1
            event = events.get(seal.event_id)
            previous = chains.get(seal.supplier_id, FIRST)
            if event is None:
                yield f"seal {seal.position}: its event {seal.event_id} is gone"
            elif seal.previous_hash != previous or seal.hash != digest(event, previous):
                yield f"seal {seal.position}: event {event.pk} ({event.name}) is not what was sealed"
            chains[seal.supplier_id] = seal.hash
    for event in _unsealed(0):
        if event.recorded_at < clock.now() - timedelta(hours=1):
            yield f"event {event.pk} ({event.name}): not sealed"


def _seal(batch: Sequence[Event]) -> None:
    last = Seal.objects.aggregate(last=Max("position"))["last"] or 0
    chains = {supplier_id: _last_hash(supplier_id) for supplier_id in {event.supplier_id for event in batch}}
    now, seals = clock.now(), []
    for position, event in enumerate(batch, last + 1):
        previous = chains[event.supplier_id]
        chains[event.supplier_id] = digest(event, previous)
        seals.append(Seal(position=position, event_id=event.pk, supplier_id=event.supplier_id, previous_hash=previous,
                          hash=chains[event.supplier_id], sealed_at=now))  # fmt: skip
    Seal.objects.bulk_create(seals)


def _unsealed(floor: int) -> list[Event]:
    unsealed = Event.objects.filter(~Exists(Seal.objects.filter(event_id=OuterRef("pk"))), pk__gt=floor)
    return list(unsealed.order_by("pk")[:BATCH])


def _floor() -> int:
    return Bookmark.position_of("sealer")


def _raise_floor() -> None:
    floor = _floor()
    old = Event.objects.filter(pk__gt=floor, recorded_at__lt=clock.now() - SETTLED).aggregate(last=Max("pk"))["last"]
    if old:
        Bookmark.objects.filter(name="sealer").update(position=old)


def _last_hash(supplier_id: UUID | None) -> str:
    last = Seal.objects.filter(supplier_id=supplier_id).order_by("-position").values_list("hash", flat=True).first()
    return last or FIRST


def _pages() -> Iterable[list[Seal]]:
    position = 0
    while page := list(Seal.objects.filter(position__gt=position).order_by("position")[:1000]):
        yield page
        position = page[-1].position


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return value.isoformat() if hasattr(value, "isoformat") else value
