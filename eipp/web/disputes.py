"""Disputes on both faces: the list, and the page of one: what is in question, who holds the ball, what was said."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CreditNote
from eipp.web.claims import dispute_tabs
from eipp.web.pages import ListPage, Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Move
from eipp.web.sent_files import sent_files
from eipp.web.situation import Related, Situation
from eipp.web.situations import DISPUTE_WORDS, related_credit_requests
from eipp.web.tags.values import day_text
from eipp.web.timelines import history
from messaging.notification import mark_seen
from messaging.thread import post_message, thread_of
from messaging.topics import topic
from workflows.credit_request import CreditRequest
from workflows.disputable import LIVE, DisputeLine
from workflows.dispute import Dispute

CHIPS: dict[str, Any] = {"": words("Open"), "closed": words("Closed"), "all": words("All")}


class DisputeList(ListPage):
    """The disputes that the reader sees, the largest first."""

    template = "web/disputes.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-amount": "-amount_minor", "amount": "amount_minor", "opened": "opened_at", "number": "number",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Dispute.objects.visible_to(actor).select_related("invoice", "supplier", "buyer", "account", "owner")
        match self.asked("status", among=CHIPS):
            case "":
                rows = rows.filter(state__in=LIVE)
            case "closed":
                rows = rows.exclude(state__in=LIVE)
        found = self.page_of(rows)
        lines = [(row, *DISPUTE_WORDS[row.state], self.holder(row)) for row in found["rows"]]
        return {
            **found, "lines": lines, "chips": CHIPS.items(), "face": self.face, "buyer_side": actor.side == "buyer",
            "tabs": dispute_tabs(self.face, "disputes"),
            "live_topics": (topic("organisation", actor.organisation_id),), "detail": f"{self.face}:dispute",
        }  # fmt: skip

    def holder(self, row: Dispute) -> str:
        """Who is to act next, in the reader's words."""
        if not row.ball:
            return ""
        if row.ball == self.request.actor.side:
            return _("you")
        return row.supplier.name if row.ball == "supplier" else row.account.name


class DisputePage(Page):
    """One dispute. `face` names the URLs' namespace; the faces add what their side can do."""

    template = "web/dispute.html"
    dialogs: ClassVar[str]
    face: ClassVar[str]
    makes: ClassVar[dict[str, str]] = {"say": "say"}
    usual = "say"

    @cached_property
    def dispute(self) -> Dispute:
        rows = Dispute.objects.visible_to(self.request.actor)
        rows = rows.select_related("invoice__account", "supplier", "buyer", "account", "owner", "deduction")
        found: Dispute = self.found(rows, self.kwargs["pk"])
        return found

    @cached_property
    def lines(self) -> list[DisputeLine]:
        rows = DisputeLine.objects.visible_to(self.request.actor).filter(dispute=self.dispute)
        return list(rows.select_related("line").order_by("line__position"))

    def opened(self) -> None:
        mark_seen(self.request.actor, self.dispute)

    def say(self) -> str:
        post_message(
            self.request.actor, thread_of(self.dispute), self.typed("body"), files=sent_files(self.request),
            internal=bool(self.request.POST.get("internal")), client_id=self.typed("client_id")[:64],
        )  # fmt: skip
        return ""

    def context(self) -> dict[str, Any]:
        dispute, actor = self.dispute, self.request.actor
        told = history(actor, dispute)
        other = dispute.supplier.name if actor.side == "buyer" else dispute.account.name
        invoice_url = reverse(f"{self.face}:invoice", args=[dispute.invoice_id]) if dispute.invoice_id else ""
        return {
            "dispute": dispute, "lines": self.lines, "files": told.files, "situation": self.situation(),
            "entries": told.entries, "crumbs": self.crumbs(), "other": other,
            "may_write": actor.may("thread.write"), "may_note": actor.may("thread.internal"),
            "invoice_url": invoice_url, "dialogs": self.dialogs,
            "live_topics": (topic("dispute", dispute.pk), topic("account", dispute.account_id)),
            "can": {move.name for move in dispute.moves(actor)},
        }  # fmt: skip

    def crumbs(self) -> tuple[Crumb, ...]:
        return (Crumb(_("Disputes"), reverse(f"{self.face}:disputes")), Crumb(self.dispute.number))

    def situation(self) -> Situation:
        dispute = self.dispute
        word, meaning = DISPUTE_WORDS[dispute.state]
        return Situation(
            headline=self._headline(word), meaning=meaning, figure=dispute.amount,
            figure_label=_("In dispute") if dispute.ball else _("Was in dispute"),
            since=_("since %(day)s") % {"day": day_text(dispute.state_since)}, facts=tuple(self._facts()),
            moves=tuple(self.moves()), credit_notes=self._credit(),
        )  # fmt: skip

    def _credit(self) -> tuple[Related, ...]:
        """What it was answered with: credit on its way, and credit notes."""
        actor, dispute = self.request.actor, self.dispute
        coming = related_credit_requests(CreditRequest.objects.visible_to(actor).filter(dispute=dispute), actor)
        notes = CreditNote.objects.visible_to(actor).filter(dispute_id=dispute.pk).order_by("issue_date", "pk")
        return coming + tuple(
            Related(row.number, _("credited"), "good", amount=row.payable,
                    url=reverse(f"{self.face}:credit-note", args=[row.pk]), beside=day_text(row.issue_date))
            for row in notes[:20]
        )  # fmt: skip

    def moves(self) -> Sequence[Move]:
        """The machine's moves: those that need no word more are made at once, the others open their dialog."""
        return [
            Move(move.label, self.here, name=move.name, post=True) if move.name in self.at_once else
            Move(move.label, name=move.name, opens=move.name, danger=move.name == "decline")
            for move in self.dispute.moves(self.request.actor)
        ]  # fmt: skip

    at_once: ClassVar[tuple[str, ...]] = ("take", "agree", "withdraw", "escalate", "write_off")

    def quantity(self, text: str, *, field: str) -> Decimal:
        """Units as people write them; raises Refusal (422) at the field."""
        return read_quantity(text, field=field)

    def amount(self) -> Money:
        return Money.parse(self.typed("amount").replace(",", "."), self.dispute.currency)

    def _headline(self, word: Any) -> str:
        ball = self.dispute.ball
        if not ball:
            return str(word)
        if ball == self.request.actor.side:
            return _("Waiting for you")
        name = self.dispute.supplier.name if ball == "supplier" else self.dispute.account.name
        return _("Waiting for %(name)s") % {"name": name}

    def _facts(self) -> list[Fact]:
        dispute = self.dispute
        facts = [Fact(_("Reason"), dispute.get_reason_display()), Fact(_("Opened"), dispute.opened_at.date())]
        if hasattr(dispute, "deduction"):
            short = dispute.deduction.receipt_id
            facts.append(Fact(_("Kept back"), _("by a short payment") if short else _("by the payer")))
        if dispute.proposed_minor:
            facts.append(Fact(_("Credit offered"), dispute.proposed))
        if dispute.state == "accepted":
            on_its_way = dispute.credit_requests.filter(state="open").exists()
            facts.append(Fact(_("Credit on its way") if on_its_way else _("Credited"), dispute.accepted))
        if dispute.owner:
            facts.append(Fact(_("Looked into by"), str(dispute.owner)))
        return facts


def read_quantity(text: str, *, field: str) -> Decimal:
    """A number of units, such as `3` or `2.5`; a comma is taken for the point."""
    plain = text.strip().replace(",", ".")
    try:
        quantity = Decimal(plain) if plain and len(plain) <= 20 and set(plain) <= set("0123456789.") else None
    except InvalidOperation:
        quantity = None
    if quantity is None:
        raise Refusal("invalid_quantity", _("Write a number of units, such as 3 or 2.5."), status=422, field=field)
    return quantity
