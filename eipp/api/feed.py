"""Feed: what happened, in one gapless order, for programs that follow along: read, remember `next`, read on."""

from typing import Annotated

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import patience
from eipp.api.operation import operation
from eipp.api.resource import Resource
from eipp.kernel import feed
from eipp.kernel.events import Event, subjects
from eipp.kernel.refusal import Refusal
from messaging.event_item import EventItem, event_item
from messaging.sentences import SENTENCES

MOST = 500


class FeedQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    after: Annotated[int, Meta(ge=0, le=2**62, description="The position read last; 0 begins at the beginning.")] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST, description="Events at most.")] = 100
    names: Annotated[
        str, Meta(max_length=2000, description="Only events of these names, separated by commas: `invoice.presented`.")
    ] = ""
    wait: Annotated[
        int, Meta(ge=0, le=patience.LONGEST, description="Where there is none yet, wait so many seconds for one.")
    ] = 0


class Feed(msgspec.Struct):
    """Events in order; ask again with `after` = `next`. Positions that you do not see belong to others."""

    items: list[EventItem]
    next: int


class EventFeed(Resource):
    @operation("Follow what happens", right="invoice.view", tag="events", query=FeedQuery, answers={200: Feed})
    def get(self, request: Request) -> Response:
        """Sealed events behind a position, oldest first. Nothing is ever inserted before a position that was given."""
        query: FeedQuery = self.query()
        names = _names(query.names)
        found, following = feed.read(self.actor, after=query.after, limit=query.limit, names=names)
        if not found and query.wait:
            found, following = self._wait(query, following, names)
        concerned = subjects([event for _, event in found])
        reader = self.actor.organisation_id
        items = [event_item(event, position, concerned[event.pk], reader) for position, event in found]
        return Response(Feed(items, following))

    def _wait(self, query: FeedQuery, after: int, names: frozenset[str]) -> tuple[list[tuple[int, Event]], int]:
        """What comes within the seconds asked for; without a thread to wait in, nothing at once."""
        found: tuple[list[tuple[int, Event]], int] = [], after

        def come() -> bool:
            nonlocal found
            if feed.has_grown(found[1]):
                found = feed.read(self.actor, after=found[1], limit=query.limit, names=names)
            return bool(found[0])

        patience.wait(query.wait, come)
        return found


def _names(written: str) -> frozenset[str]:
    """The names asked for; raises Refusal 422 for one that no event has, since its reader would wait for ever."""
    names = frozenset(name.strip() for name in written.split(",") if name.strip())
    if unknown := sorted(names - SENTENCES.keys()):
        raise Refusal("unknown_word", f"No event is called {unknown[0][:60]!r}.", status=422, field="?names")
    return names
