"""Events: whatever happens is one row, written in the transaction of the change; everything else reads that row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from eipp.kernel import clock, gauges, rows
from eipp.kernel.actor import Actor
from eipp.kernel.record import AppendOnly
from eipp.kernel.tenancy import EventScope, Scope, ScopedManager

log = structlog.get_logger()


class Event(AppendOnly):
    """What happened, to what, by whom, in ids and primitives: no rendered text, no secret, no foreign key.

    before, after: the states of a transition; internal: for the supplier's eyes only; `EventSubject` rows say in whose
    timelines it stands. Never updated: position and hash are in `Seal`.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_side = models.CharField(max_length=10)
    actor_organisation_id = models.UUIDField(null=True)
    on_behalf_of_id = models.UUIDField(null=True)
    via = models.CharField(max_length=10)
    request_id = models.CharField(max_length=64, blank=True)
    supplier_id = models.UUIDField(null=True)
    buyer_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    before = models.CharField(max_length=30, blank=True)
    after = models.CharField(max_length=30, blank=True)
    internal = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    scope = Scope(supplier="supplier_id", buyer="buyer_id", account="account_id", internal="internal")
    objects = ScopedManager()
    # Its subjects and their rows, where they are known from its recording.
    concerned: Sequence[tuple[str, UUID]] | None = None
    rows: Sequence[Any] = ()

    class Meta:
        indexes = (
            models.Index(fields=("supplier_id", "-id"), name="event_supplier"),
            models.Index(fields=("buyer_id", "-id"), name="event_buyer"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.subject_id}"


class EventSubject(AppendOnly):
    """The event stands in this row's timeline."""

    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()

    class Meta:
        indexes = (
            models.Index(fields=("kind", "object_id", "event_id"), name="event_subject_timeline"),
            models.Index(fields=("event_id",), name="event_subject_event"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


@dataclass(slots=True)
class Draft:
    """An event about to be recorded. concerns: further rows in whose timelines it stands; scope: whose it is, where
    that is not what the subject says by now."""

    name: str
    subject: Any
    concerns: Sequence[Any] = ()
    before: str = ""
    after: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    occurred_at: datetime | None = None
    scope: EventScope | None = None


def kind_of(row: Any) -> str:
    """The short name of a row's kind in events, topics, links and threads: `invoice`, `dispute`, `payment`."""
    return row._meta.model_name


def record(name: str, subject: Any, actor: Actor, **draft: Any) -> Event:
    """Record one event about `subject` (which has `event_scope()`), inside the caller's transaction."""
    return record_all([Draft(name, subject, **draft)], actor)[0]


def record_all(drafts: Sequence[Draft], actor: Actor, *, now: datetime | None = None) -> list[Event]:
    """Record many events in two statements, follow their effects in the same transaction, hint after the commit."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("events are recorded in the transaction of the change they tell")
    moment = now or clock.now()
    events = [_row(draft, actor, moment) for draft in drafts]
    rows.insert(events, keyed=True)
    rows.insert(
        [
            EventSubject(event_id=event.pk, kind=kind, object_id=object_id)
            for event in events
            for kind, object_id in event.concerned or ()
        ]
    )
    for effect in listeners("EVENT_EFFECTS"):
        effect(events)
    transaction.on_commit(partial(_hint, events), robust=True)
    return events


def about(row: Any) -> models.QuerySet[Event]:
    """The events in a row's timeline, oldest first; narrow it by `visible_to(actor)`."""
    ids = EventSubject.objects.filter(kind=kind_of(row), object_id=row.pk).values("event_id")
    return Event.objects.filter(pk__in=ids).order_by("pk")


@cache
def listeners(setting: str) -> list[Callable[[list[Event]], None]]:
    """The functions of one of the listener lists in settings: EVENT_EFFECTS, EVENT_HINTS, EVENT_RELAYS."""
    return [import_string(path) for path in getattr(settings, setting)]


def subjects(events: Iterable[Event]) -> dict[int, list[tuple[str, UUID]]]:
    """For each event's id, the (kind, id) of the rows it concerns: one query, or none just after their recording."""
    found: dict[int, list[tuple[str, UUID]]] = {event.pk: list(event.concerned or ()) for event in events}
    unknown = [event_id for event_id, concerned in found.items() if not concerned]
    if unknown:
        asked = EventSubject.objects.filter(event_id__in=unknown).values_list("event_id", "kind", "object_id")
        for event_id, kind, object_id in asked:
            found[event_id].append((kind, object_id))
    return found


def _row(draft: Draft, actor: Actor, now: datetime) -> Event:
    scope = draft.scope or draft.subject.event_scope()
    event = Event(
        name=draft.name, occurred_at=draft.occurred_at or now, recorded_at=now,
        actor_kind=actor.kind, actor_id=actor.id, actor_side=actor.side, actor_organisation_id=actor.organisation_id,
        on_behalf_of_id=actor.on_behalf_of, via=actor.via, request_id=actor.request_id,
        supplier_id=scope.supplier_id, buyer_id=scope.buyer_id, account_id=scope.account_id,
        subject_kind=kind_of(draft.subject), subject_id=draft.subject.pk,
        before=draft.before, after=draft.after, internal=draft.internal, data=draft.data,
    )  # fmt: skip
    event.rows = (draft.subject, *draft.concerns)
    event.concerned = tuple(dict.fromkeys((kind_of(row), row.pk) for row in event.rows))
    return event


def _hint(events: list[Event]) -> None:
    gauges.EVENTS.inc(len(events))
    log.info("events.recorded", count=len(events), events={event.pk: event.name for event in events[:20]})
    for listener in listeners("EVENT_HINTS"):
        listener(events)
