"""Bookings: what the supplier's ERP has still to book, and what it could not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel.actor import Actor
from eipp.kernel.events import Event, subjects
from eipp.kernel.seal import Seal
from eipp.web.destinations import destination
from eipp.web.pages import ListPage
from eipp.web.paper import Fact
from eipp.web.pieces import Meaning
from eipp.web.remittances import payment_tabs
from messaging import sentences
from messaging.topics import topic
from workflows.booking import Booking, booking_of_document, bookings_of, money_events

CHIPS: dict[str, Any] = {"": words("Not yet booked"), "refused": words("Could not be booked"),
                         "booked": words("Booked"), "all": words("All")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookingRow:
    """An event about money, in words, with what the ERP said of it."""

    position: int
    event: Event
    sentence: str
    url: str
    word: str
    meaning: Meaning
    said: str


class BookingsPage(ListPage):
    """The newest first; an ERP says by the API what it booked."""

    side = "supplier"
    template = "desk/bookings.html"
    orders: ClassVar[Mapping[str, str]] = {"newest": "-position"}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        status = self.asked("status", among=CHIPS)
        found = self.page_of(money_events(actor, state={"": "waiting", "all": ""}.get(status, status)))
        return {
            **found, "lines": _rows(actor, found["rows"]), "chips": CHIPS.items(),
            "tabs": payment_tabs("desk", "bookings"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


def booking_fact(actor: Actor, row: Any) -> Fact:
    """Whether the ERP has booked a document, for its page on the desk."""
    return Fact(_("In the ERP"), _said(booking_of_document(actor, row)) or _("Not yet booked"))


def _rows(actor: Actor, seals: list[Seal]) -> list[BookingRow]:
    happened = Event.objects.visible_to(actor).in_bulk([seal.event_id for seal in seals])
    ordered = [happened[seal.event_id] for seal in seals]
    told, concerned, said = sentences.render(ordered, actor), subjects(ordered), bookings_of(actor, happened)
    return [
        BookingRow(seal.position, event, sentence, destination(actor, concerned[event.pk]),
                   *_standing(said.get(event.pk)), _said(said.get(event.pk)))
        for seal, event, sentence in zip(seals, ordered, told, strict=True)
    ]  # fmt: skip


def _standing(row: Booking | None) -> tuple[str, Meaning]:
    if row is None:
        return _("Not yet booked"), "waiting"
    return (_("Booked"), "good") if row.booked_at else (_("Could not be booked"), "bad")


def _said(row: Booking | None) -> str:
    if row is None:
        return ""
    return row.number if row.booked_at else _("Could not be booked: %(reason)s") % {"reason": row.reason}
