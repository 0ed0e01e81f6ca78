"""Bookings: what your ERP says of each event about money: booked under a number, or not, for a reason."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock, paging
from eipp.kernel.events import Event, subjects
from eipp.kernel.refusal import Refusal
from messaging.event_item import Link
from workflows.booking import MONEY, RIGHT, Said, bookings_of, money_events, note_bookings

STATES = ("waiting", "booked", "refused")
MOST = 500


class BookingItem(msgspec.Struct):
    """An event about money by its `position` in the feed. `state`: waiting until you said something of it; then booked
    under `number`, or refused for `reason`."""

    position: int
    name: str
    occurred_at: datetime
    subject: Link
    concerns: list[Link]
    data: dict[str, Any]
    state: str
    number: str
    reason: str
    said_at: datetime | None


class BookingQuery(Query):
    state: Annotated[str, Meta(max_length=10, extra_json_schema={"enum": ["", *STATES]})] = ""


class NewBooking(shapes.Written):
    """Name the event by `position`, or by the id of the invoice, credit note or cash receipt (`document`) that it
    brought. Give `number`, or the `reason` why it cannot be booked."""

    position: Annotated[int, Meta(ge=1, le=2**62)] | None = None
    document: UUID | None = None
    number: Annotated[str, Meta(max_length=100)] = ""
    reason: Annotated[str, Meta(max_length=1000)] = ""


class NewBookings(shapes.Written):
    bookings: Annotated[list[NewBooking], Meta(min_length=1, max_length=MOST)]


class Noted(msgspec.Struct):
    items: list[BookingItem]


class BookingList(Resource):
    @operation("List what is booked and what is not", right=RIGHT, tag="bookings", query=BookingQuery,
               answers={200: Page[BookingItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        """Events about money in the order of the feed: invoices, credit notes, cash receipts, applications."""
        query: BookingQuery = self.query()
        if query.state:
            shapes.one_of(query.state, STATES, "?state")
        rows = money_events(self.actor, state=query.state)
        # Rows are made together: what each event concerns, and what was said of it, is asked once a page.
        found, _cursor = paging.page(rows, order="position", cursor=query.cursor, limit=query.limit)
        made = {item.position: item for item in self._items([(seal.position, seal.event_id) for seal in found])}
        return self.page(rows, query, lambda seal: made[seal.position], order="position")

    @operation(
        "Say what was booked", right=RIGHT, tag="bookings", body=NewBookings, answers={200: Noted},
        example={"bookings": [{"position": 4711, "number": "FI-2026-0815"},
                              {"document": "0199d0a0-0000-7000-8000-000000000000", "reason": "The period is closed."}]},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """All of them, or none: the error names the faulty one. The last word counts; the same said again changes
        nothing."""
        new: NewBookings = self.body()
        said = [self._said(index, each) for index, each in enumerate(new.bookings)]
        noted = note_bookings(self.actor, said, now=clock.now())
        places = {row.event_id for _, row in noted}
        seals = money_events(self.actor).filter(event_id__in=places).order_by("position")
        return Response(Noted(self._items([(seal.position, seal.event_id) for seal in seals])))

    def _said(self, index: int, new: NewBooking) -> Said:
        field = f"bookings[{index}]"
        if (new.position is None) == (new.document is None):
            raise Refusal("position_or_document", "Give position or document, one of both.", status=422, field=field)
        return Said(new.number, new.reason, new.position, new.document, field)

    def _items(self, places: list[tuple[int, int]]) -> list[BookingItem]:
        happened = Event.objects.visible_to(self.actor).filter(name__in=MONEY).in_bulk([id for _, id in places])
        concerned, said = subjects(happened.values()), bookings_of(self.actor, happened)
        return [_item(position, happened[id], concerned[id], said.get(id)) for position, id in places]


def _item(position: int, event: Event, concerned: list[tuple[str, UUID]], said: Any) -> BookingItem:
    return BookingItem(
        position=position, name=event.name, occurred_at=event.occurred_at,
        subject=Link(event.subject_kind, event.subject_id),
        concerns=[Link(kind, id) for kind, id in concerned if id != event.subject_id], data=event.data,
        state=said.state if said else "waiting", number=said.number if said else "", reason=said.reason if said else "",
        said_at=(said.booked_at or said.refused_at) if said else None,
    )  # fmt: skip
