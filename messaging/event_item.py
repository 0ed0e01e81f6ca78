"""Event item: an event as programs read it, the same in the feed and in a webhook's body."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from eipp.kernel.events import Event

#: What of an event's data is between the supplier and its provider, though the event itself concerns both sides.
SUPPLIERS_OWN = {"payment.charged_back": frozenset({"fee", "answer_by"})}


class Link(msgspec.Struct):
    """A row of some kind: `invoice`, `dispute`, `payment`."""

    kind: str
    id: UUID


class Who(msgspec.Struct):
    """Who did it. `id` is that of a person or key of your own organisation; the other side's are not told."""

    kind: str
    side: str
    id: UUID | None


class EventItem(msgspec.Struct):
    """One event. `data` holds ids and primitives; `before` and `after` are the states of a transition."""

    position: int
    name: str
    occurred_at: datetime
    recorded_at: datetime
    by: Who
    subject: Link
    concerns: list[Link]
    before: str
    after: str
    data: dict[str, Any]


def data_for(event: Event, organisation: UUID | None) -> dict[str, Any]:
    """What an event holds, as far as it concerns the organisation that reads it."""
    kept_back = SUPPLIERS_OWN.get(event.name, frozenset()) if event.supplier_id != organisation else frozenset()
    return {name: value for name, value in event.data.items() if name not in kept_back}


def event_item(
    event: Event, position: int, concerned: Sequence[tuple[str, UUID]], organisation: UUID | None
) -> EventItem:
    """For whom: the organisation that reads it. concerned: what `events.subjects` tells of it."""
    own = event.actor_organisation_id == organisation
    return EventItem(
        position=position, name=event.name, occurred_at=event.occurred_at, recorded_at=event.recorded_at,
        by=Who(event.actor_kind, event.actor_side, event.actor_id if own else None),
        subject=Link(event.subject_kind, event.subject_id),
        concerns=[Link(kind, id) for kind, id in concerned if id != event.subject_id],
        before=event.before, after=event.after,
        data=data_for(event, organisation),
    )  # fmt: skip
