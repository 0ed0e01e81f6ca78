"""Remittance advices on both faces: the list, and one with its lines, its file and what was not understood."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.ledger.models import Invoice
from eipp.web.pages import ListPage, Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Meaning, Tab
from eipp.web.timelines import history
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.models import RemittanceAdvice, RemittanceLine

CHIPS: dict[str, Any] = {"": words("All"), "pending": words("Being checked"), "unmatched": words("With open questions")}
NOTATIONS = {
    "typed": words("Typed"), "csv": "CSV", "xlsx": "XLSX", "pdf": "PDF", "x12-820": "X12 820", "ubl": "UBL",
    "pain.001": "ISO 20022 pain.001", "camt.054": "ISO 20022 camt.054", "remt.001": "ISO 20022 remt.001",
}  # fmt: skip
MOST_LINES = 500


def payment_tabs(face: str, current: str) -> tuple[Tab, ...]:
    """Payments, and what payers say they are for."""
    shown = {"payments": _("Payments"), "refunds": _("Refunds"), "remittances": _("Remittance advices")}
    if face == "portal":
        shown |= {"receipts": _("Money on account"), "methods": _("Ways to pay")}
    else:
        shown |= {"returns": _("Returns"), "cash": _("Cash to apply"), "bank-statements": _("Bank statements")}
        shown |= {"bookings": _("In the ERP")}
    shown |= {"plans": _("Plans"), "offers": _("Early payment")}
    shown |= {"announced-payments": _("Announced"), "promises": _("Promises"), "autopays": _("Autopay")}
    return tuple(Tab(word, reverse(f"{face}:{name}"), name == current) for name, word in shown.items())


def state_of(advice: RemittanceAdvice) -> tuple[str, Meaning]:
    """How far it is, in words."""
    match advice.verdict:
        case "pending":
            return _("Being checked"), "waiting"
        case "read" if advice.matched_count == advice.line_count:
            return _("All lines found"), "good"
        case "read":
            found = {"found": advice.matched_count, "all": advice.line_count}
            return _("%(found)s of %(all)s lines found") % found, "waiting"
        case "unread":
            return _("Not understood"), "waiting"
    return _("Refused"), "bad"


class RemittanceList(ListPage):
    """The remittance advices that the reader sees, the newest first."""

    template = "web/remittances.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-sent": "-sent_at", "sent": "sent_at", "number": "number", "reference": "reference",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = RemittanceAdvice.objects.visible_to(actor).select_related("supplier", "account")
        match self.asked("status", among=CHIPS):
            case "pending":
                rows = rows.filter(verdict="pending")
            case "unmatched":
                waiting = RemittanceLine.objects.visible_to(actor).filter(invoice=None, credit_note=None)
                rows = rows.filter(pk__in=waiting.values("advice")) | rows.filter(verdict="unread")
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *state_of(row)) for row in found["rows"]], "chips": CHIPS.items(),
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:remittance",
            "tabs": payment_tabs(self.face, "remittances"), "may_send": actor.may("remittance.send"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class RemittanceView(Page):
    """One remittance advice. `face` names the URLs' namespace."""

    template = "web/remittance.html"
    face: ClassVar[str]

    @cached_property
    def advice(self) -> RemittanceAdvice:
        rows = RemittanceAdvice.objects.visible_to(self.request.actor).select_related("supplier", "account", "file")
        found: RemittanceAdvice = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.advice)

    def context(self) -> dict[str, Any]:
        advice, actor = self.advice, self.request.actor
        rows = RemittanceLine.objects.visible_to(actor).filter(advice=advice)
        lines = list(rows.select_related("invoice", "credit_note").order_by("position")[:MOST_LINES])
        word, meaning = state_of(advice)
        told = history(actor, advice)
        return {
            "advice": advice, "word": word, "meaning": meaning, "lines": self._linked(lines), "entries": told.entries,
            "files": told.files, "facts": self._facts(), "others": self._others(), "detail": f"{self.face}:remittance",
            "left_out": max(0, advice.line_count - MOST_LINES), "buyer_side": actor.side == "buyer",
            "crumbs": (
                Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                Crumb(_("Remittance advices"), reverse(f"{self.face}:remittances")), Crumb(advice.number),
            ),
            "live_topics": (topic("remittance", advice.pk),),
        }  # fmt: skip

    def _linked(self, lines: Sequence[RemittanceLine]) -> list[tuple[RemittanceLine, str]]:
        """Each line with the address of its invoice, where the reader sees that too."""
        named = {line.invoice_id for line in lines if line.invoice_id}
        seen: set[UUID] = set(
            Invoice.objects.visible_to(self.request.actor).filter(pk__in=named).values_list("pk", flat=True)
        )
        return [
            (line, reverse(f"{self.face}:invoice", args=[line.invoice_id]) if line.invoice_id in seen else "")
            for line in lines
        ]

    def _facts(self) -> list[Fact]:
        advice = self.advice
        facts = [
            Fact(_("Account"), f"{advice.account.number} {advice.account.name}"), Fact(_("Payer"), advice.payer),
            Fact(_("Payee"), advice.payee), Fact(_("Payment reference"), advice.reference),
            Fact(_("Pays on") if advice.is_announced else _("Paid on"), advice.paid_on),
            Fact(_("Payment"), advice.amount),
            Fact(_("The lines add up to"), advice.sum if advice.line_count else None),
            Fact(_("Sent"), advice.sent_at), Fact(_("Written as"), str(NOTATIONS.get(advice.notation, ""))),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value not in (None, "")]

    def _others(self) -> list[RemittanceAdvice]:
        """The other payments of the same file."""
        if self.advice.file_id is None:
            return []
        rows = RemittanceAdvice.objects.visible_to(self.request.actor).filter(file_id=self.advice.file_id)
        return list(rows.exclude(pk=self.advice.pk).order_by("number")[:50])
