"""Refunds on both faces: the list, and one refund with what it was taken from and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.web.pages import ListPage, Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.situation import Related
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import refund_receipt
from workflows.payment import Payment
from workflows.refund import LIVE, RIGHT, Refund, RefundPart

CHIPS: dict[str, Any] = {"": words("All"), "live": words("Not done yet"), "succeeded": words("Sent back"),
                         "off": words("Not sent")}  # fmt: skip
STATES = {"live": LIVE, "succeeded": ("succeeded",), "off": ("failed", "cancelled")}
REFUND_WORDS: dict[str, tuple[Any, Meaning]] = {
    "requested": (words("Waits for a second person"), "waiting"), "submitted": (words("Submitted"), "waiting"),
    "pending": (words("On its way"), "waiting"), "unknown": (words("Being asked about"), "waiting"),
    "succeeded": (words("Sent back"), "good"), "failed": (words("Did not go through"), "bad"),
    "cancelled": (words("Taken back"), "quiet"),
}  # fmt: skip


def refunds_of(payment: Payment, actor: Actor, face: str) -> tuple[Related, ...]:
    """What of a payment went back, or is to."""
    rows = visible(actor).filter(payment=payment).order_by("asked_at", "pk")
    return tuple(
        Related(row.number, *REFUND_WORDS[row.state], amount=row.amount, url=reverse(f"{face}:refund", args=[row.pk]),
                beside=row.reason[:100]) for row in rows[:100]
    )  # fmt: skip


def visible(actor: Actor) -> Any:
    """The payer hears of a refund when it is decided."""
    rows = Refund.objects.visible_to(actor).select_related(
        "supplier", "buyer", "account", "legal_entity", "payment", "paid_to"
    )
    if actor.side != "buyer":
        return rows
    return rows.exclude(state="requested").exclude(state="cancelled", submitted_at=None)


@dataclass(frozen=True, slots=True)
class From:
    """What a part of a refund is taken from, in words, with the document's page."""

    words: str
    number: str
    url: str
    amount: Money


class RefundList(ListPage):
    """The refunds that the reader sees, the newest first."""

    template = "web/refunds.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-asked": "-asked_at", "asked": "asked_at", "number": "number", "amount": "amount_minor",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = visible(actor)
        if status := self.asked("status", among=STATES):
            rows = rows.filter(state__in=STATES[status])
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *REFUND_WORDS[row.state]) for row in found["rows"]], "chips": CHIPS.items(),
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:refund",
            "tabs": payment_tabs(self.face, "refunds"), "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class RefundView(Page):
    """One refund. `face` names the URLs' namespace."""

    template = "web/refund.html"
    face: ClassVar[str]

    @cached_property
    def refund(self) -> Refund:
        found: Refund = self.found(visible(self.request.actor), self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.refund)

    def context(self) -> dict[str, Any]:
        refund, actor = self.refund, self.request.actor
        word, meaning = REFUND_WORDS[refund.state]
        return {
            "refund": refund, "word": word, "meaning": meaning, "facts": self._facts(), "parts": self._parts(),
            "entries": timeline(actor, refund), "moving": refund.state in LIVE, "moves": self._moves(),
            "detail": f"{self.face}:invoice", "payment_detail": f"{self.face}:payment",
            "paper_url": reverse(f"{self.face}:refund-pdf", args=[refund.pk]) if refund_receipt.has(refund) else "",
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(_("Refunds"), reverse(f"{self.face}:refunds")), Crumb(refund.number)),
            "live_topics": (topic("refund", refund.pk),),
        }  # fmt: skip

    def _moves(self) -> Sequence[Any]:
        return [move for move in self.refund.moves(self.request.actor) if move.name in self.makes]

    def _facts(self) -> Sequence[Fact]:
        refund = self.refund
        customer = refund.buyer.name if refund.buyer else (refund.account.name if refund.account else "")
        facts = [
            Fact(_("From"), refund.legal_entity.name), Fact(_("To"), customer),
            Fact(_("How"), _("By bank transfer") if refund.is_payout else _("The way it was paid")),
            Fact(_("Account"), self._account()), Fact(_("Why"), refund.reason), Fact(_("Decided"), refund.submitted_at),
            Fact(_("Done"), refund.succeeded_at),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value]

    def _account(self) -> str:
        """In full for whoever sends money there."""
        to = self.refund.paid_to
        if to is None:
            return ""
        number = to.account if self.request.actor.may(RIGHT) else str(to)
        return ", ".join(filter(None, (to.holder, number, to.bic)))

    def _parts(self) -> Sequence[From]:
        rows = RefundPart.objects.visible_to(self.request.actor).filter(refund=self.refund)
        return [self._from(row) for row in rows.select_related("invoice", "credit_note", "receipt").order_by("pk")]

    def _from(self, part: RefundPart) -> From:
        if part.invoice is None:
            return From(_("Money on the account"), part.receipt.reference, "", part.amount)
        url = reverse(f"{self.face}:invoice", args=[part.invoice_id])
        if part.credit_note:
            said = _("Credit note %(number)s pays instead") % {"number": part.credit_note.number}
            return From(said, part.invoice.number, url, part.amount)
        return From(_("Open again"), part.invoice.number, url, part.amount)
