"""Booking: whether the supplier's ERP has taken an event about money into its own books, and under which number.

Every such event waits until the ERP says that it booked it, or why it cannot; the last word counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from eipp.accounts.models import Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.seal import Seal
from eipp.kernel.tenancy import EventScope, Scope

RIGHT = "booking.note"
_ARRIVED = ("invoice.presented", "invoice.released", "finance_charge.posted")
#: What an ERP books.
MONEY = (*_ARRIVED, "invoice.withdrawn", "credit_note.posted", "cash_receipt.posted", "cash_receipt.reversed",
         "application.made", "application.reversed", "refund.succeeded", "refund.came_back", "invoice.written_off",
         "invoice.write_off_reversed")  # fmt: skip
#: A document's kind -> the events by which it came to be.
OF_DOCUMENT = {
    "invoice": _ARRIVED, "creditnote": ("credit_note.posted", *_ARRIVED), "cashreceipt": ("cash_receipt.posted",),
}  # fmt: skip


class Booking(Entity):
    """What the ERP says of one event. number: its booking's number; refused_at: it could not book it, for `reason`."""

    event_id = models.BigIntegerField(unique=True)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account_id = models.UUIDField(null=True)
    number = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    booked_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    scope = Scope(supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(booked_at__isnull=False, refused_at=None) | Q(booked_at=None, refused_at__isnull=False),
                name="booking_booked_or_refused",
            ),
        )

    def __str__(self) -> str:
        return self.number or self.reason

    def event_scope(self) -> EventScope:
        """How the supplier keeps its books is its own affair."""
        return EventScope(self.supplier_id, None, self.account_id)

    @property
    def state(self) -> str:
        return "booked" if self.booked_at else "refused"


@dataclass(frozen=True, slots=True)
class Said:
    """What the ERP says of one event, named by its position or by the document that it brought. reason: why not."""

    number: str = ""
    reason: str = ""
    position: int | None = None
    document: UUID | None = None
    field: str = ""


@transaction.atomic
def note_bookings(actor: Actor, said: Sequence[Said], *, now: datetime | None = None) -> list[tuple[Said, Booking]]:
    """Take down what the ERP says of each, all or nothing; said again, the same changes nothing.

    Events: `booking.made`, `booking.refused`. Refusal (422) names the field of what is not a known event about money.
    """
    require(actor, RIGHT)
    found = [(each, _event(actor, each)) for each in said]
    known = _known(actor, [event.pk for _, event in found])
    return [(each, _note(actor, each, event, known, now or clock.now())) for each, event in found]


def money_events(actor: Actor, *, state: str = "") -> QuerySet[Seal]:
    """The places of events about money that the actor sees; state: `waiting`, `booked`, `refused`, empty for all."""
    visible = Event.objects.visible_to(actor).filter(name__in=MONEY)
    seals = Seal.objects.filter(event_id__in=visible.values("pk"))
    said = Booking.objects.visible_to(actor).filter(event_id=OuterRef("event_id"))
    if state == "waiting":
        return seals.exclude(Exists(said))
    if state == "booked":
        return seals.filter(Exists(said.filter(booked_at__isnull=False)))
    return seals.filter(Exists(said.filter(refused_at__isnull=False))) if state == "refused" else seals


def bookings_of(actor: Actor, event_ids: Iterable[int]) -> dict[int, Booking]:
    """What the ERP said, by event."""
    rows = Booking.objects.visible_to(actor).filter(event_id__in=list(event_ids))
    return {row.event_id: row for row in rows}


def booking_of_document(actor: Actor, row: Any) -> Booking | None:
    """What the ERP said of the event by which a document came to be; one query."""
    came = _bringing(events.kind_of(row), row.pk).values("pk")
    return Booking.objects.visible_to(actor).filter(event_id__in=came).order_by("event_id").first()


def is_booked(row: Any) -> bool:
    """Whether the supplier's ERP has booked a document: what the buyer may know of it, which is no more than that."""
    came = _bringing(events.kind_of(row), row.pk).values("pk")
    return Booking.objects.filter(event_id__in=came, booked_at__isnull=False).exists()


def _known(actor: Actor, event_ids: Sequence[int]) -> dict[int, Booking]:
    """What was said before, locked in one order."""
    rows = Booking.objects.visible_to(actor).filter(event_id__in=event_ids)
    return {row.event_id: row for row in rows.select_for_update().order_by("pk")}


def _note(actor: Actor, said: Said, event: Event, known: dict[int, Booking], now: datetime) -> Booking:
    row = known.get(event.pk)
    number = plain(said.number, field=f"{said.field}.number", longest=100)
    reason = plain(said.reason, field=f"{said.field}.reason", longest=1000)
    if bool(number) == bool(reason):
        sentence = "Give the number of the booking, or the reason why it cannot be booked."
        raise Refusal("number_or_reason", sentence, status=422, field=said.field)
    if row is not None and (row.number, row.reason) == (number, reason):
        return row
    assert event.supplier_id
    row = row or Booking(event_id=event.pk, supplier_id=event.supplier_id, account_id=event.account_id)
    row.number, row.reason = number, reason
    row.booked_at, row.refused_at = (now, None) if number else (None, now)
    row.save()
    known[event.pk] = row
    told = {"number": number, "reason": reason, "event": event.name, "event_id": event.pk}
    if number:
        events.record("booking.made", row, actor, data=told, internal=True)
    else:
        events.record("booking.refused", row, actor, data=told, internal=True)
    return row


def _event(actor: Actor, said: Said) -> Event:
    visible = Event.objects.visible_to(actor).filter(name__in=MONEY)
    if said.position is not None:
        place = Seal.objects.filter(position=said.position).values("event_id")
        found = visible.filter(pk__in=place).first()
    else:
        assert said.document
        brought = [Q(pk__in=_bringing(kind, said.document).values("pk")) for kind in OF_DOCUMENT]
        found = visible.filter(reduce(or_, brought)).order_by("pk").first()
    if found is None:
        sentence = "This is no event about money, and no document, that you can see."
        raise Refusal("unknown_event", sentence, status=422, field=said.field)
    return found


def _bringing(kind: str, key: UUID) -> QuerySet[Event]:
    """The events by which a document came to be."""
    about = EventSubject.objects.filter(kind=kind, object_id=key).values("event_id")
    return Event.objects.filter(pk__in=about, name__in=OF_DOCUMENT.get(kind, ()))
