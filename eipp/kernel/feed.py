"""Feed: sealed events as one actor may read them, by position and by what they concern."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from eipp.kernel.actor import Actor
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.seal import Seal


def read(actor: Actor, *, after: int, limit: int, names: Collection[str] = ()) -> tuple[list[tuple[int, Event]], int]:
    """Up to `limit` events behind a position (of some names alone), each with its own, and the position to go on
    behind."""
    # Read first, so that what is sealed meanwhile stands behind the position to go on and is not passed over.
    end = Seal.objects.aggregate(last=Max("position"))["last"] or 0
    visible = Event.objects.visible_to(actor)
    if names:
        visible = visible.filter(name__in=names)
    seals = Seal.objects.filter(position__gt=after, position__lte=end, event_id__in=visible.values("pk"))
    found = list(seals.order_by("position").values_list("position", "event_id")[:limit])
    events = visible.in_bulk([event_id for _, event_id in found])
    following = found[-1][0] if len(found) == limit else max(end, after)
    return [(position, events[event_id]) for position, event_id in found], following


def has_grown(after: int) -> bool:
    """Whether anything at all is sealed behind a position."""
    return Seal.objects.filter(position__gt=after).exists()


def touched(actor: Actor, kind: str, *, after: datetime) -> QuerySet[Any]:
    """The ids of the rows of a kind that an event, recorded after a moment and visible to the actor, concerns."""
    events = Event.objects.visible_to(actor).filter(recorded_at__gt=after).values("pk")
    return EventSubject.objects.filter(kind=kind, event_id__in=events).values("object_id")
