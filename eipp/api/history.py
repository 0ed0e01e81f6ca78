"""History: what happened to one row, oldest first."""

from datetime import datetime
from typing import Any

import msgspec

from eipp.api.resource import Query
from eipp.kernel.events import Event
from messaging.event_item import Link, Who, data_for


class HistoryQuery(Query):
    pass


class HistoryItem(msgspec.Struct):
    """One event in the row's life; `about` is the row that it happened to, which may be a dispute of the invoice."""

    id: int
    name: str
    occurred_at: datetime
    by: Who
    about: Link
    before: str
    after: str
    data: dict[str, Any]


def history_item(event: Event, actor: Any) -> HistoryItem:
    own = event.actor_organisation_id == actor.organisation_id
    return HistoryItem(
        id=event.pk, name=event.name, occurred_at=event.occurred_at,
        by=Who(event.actor_kind, event.actor_side, event.actor_id if own else None),
        about=Link(event.subject_kind, event.subject_id), before=event.before, after=event.after,
        data=data_for(event, actor.organisation_id),
    )  # fmt: skip
