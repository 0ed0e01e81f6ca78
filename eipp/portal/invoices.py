"""The buyer's invoices: the list, and the invoice page with what a buyer can do there."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.ledger.models import Invoice, InvoiceLine
from eipp.web.breakdowns import BreakdownPage
from eipp.web.invoice_lists import InvoiceList
from eipp.web.invoices import InvoicePage
from eipp.web.pages import address
from eipp.web.pieces import Move
from eipp.web.tags.values import money_text
from messaging.topics import topic
from workflows import approval
from workflows.approval import ApprovalRun
from workflows.offer_terms import can_be_offered
from workflows.release import release_refusal
from workflows.viewing import mark_viewed


class InvoicesPage(InvoiceList):
    """All invoices of all suppliers; several can be chosen to be paid together."""

    side = "buyer"
    template = "portal/invoices.html"

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Invoice.objects.visible_to(actor).select_related("supplier", "buyer", "account")
        return {
            **self.listed(rows), "may_pay": actor.may("payment.make"), "attempt": uuid4(),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class AmountsPage(BreakdownPage):
    side = "buyer"
    face = "portal"


class BuyerInvoicePage(InvoicePage):
    """Approve, pay, dispute, answer."""

    side = "buyer"
    face = "portal"
    makes: ClassVar[dict[str, str]] = {"say": "say", "approve": "approve", "reject": "reject"}

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        mark_viewed(self.request.actor, self.invoice)
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        return {**super().context(), "reject_url": self.request.path}

    def moves(self) -> Sequence[Move]:
        pay, approve = self._pay(), self._approve()
        likely = (approve, pay) if pay and pay.refused_because else (pay, approve)
        return [move for move in (*likely, self._dispute(), self._reject(), *self._said(), self._ask()) if move]

    def line_moves(self, line: InvoiceLine) -> Sequence[Move]:
        if not self._may_dispute():
            return ()
        url = address(reverse("portal:dispute-invoice", args=[self.invoice.pk]), line=str(line.pk))
        return (Move(_("Dispute this line"), url, icon="dispute"),)

    def approve(self) -> str:
        approval.decide(self.request.actor, self._waiting_run(), verdict="approve")
        return _("Invoice %(number)s is approved.") % {"number": self.invoice.number}

    def reject(self) -> str:
        approval.decide(self.request.actor, self._waiting_run(), verdict="reject", reason=self.typed("reason"))
        return _("Invoice %(number)s is rejected; the supplier has been told.") % {"number": self.invoice.number}

    def _waiting_run(self) -> ApprovalRun:
        rows = ApprovalRun.objects.visible_to(self.request.actor).filter(state="waiting", invoice=self.invoice)
        return self.found_first(rows)

    def _pay(self) -> Move | None:
        invoice = self.invoice
        if not self.request.actor.may("payment.make") or not invoice.free:
            return None
        label = _("Pay %(amount)s") % {"amount": money_text(invoice.free)}
        refusal = release_refusal(self.request.actor, [(invoice, invoice.free)])
        url, because = address(reverse("portal:pay"), invoice=str(invoice.pk)), refusal.sentence if refusal else ""
        run = self._run()
        if refusal and refusal.code == "approval_missing" and run and self.request.actor.may("approval.decide"):
            if run.four_eyes:
                because = _("Two people are needed for this invoice: who approves it does not pay it.")
            else:
                label, because = _("Approve and pay %(amount)s") % {"amount": money_text(invoice.free)}, ""
        return Move(label, url, icon="payment", refused_because=because)

    def _approve(self) -> Move | None:
        if self._run() and self.request.actor.may("approval.decide"):
            return Move(_("Approve"), self.request.path, name="approve", post=True, icon="approve")
        return None

    def _reject(self) -> Move | None:
        if self._run() and self.request.actor.may("approval.decide"):
            return Move(_("Reject"), opens="reject", danger=True, icon="cross")
        return None

    def _dispute(self) -> Move | None:
        if not self._may_dispute():
            return None
        return Move(_("Dispute"), reverse("portal:dispute-invoice", args=[self.invoice.pk]), icon="dispute")

    def _said(self) -> list[Move]:
        """Saying by when it is paid: by the buyer's own bank, or whichever way."""
        invoice, actor, asked = self.invoice, self.request.actor, {"invoice": str(self.invoice.pk)}
        if not actor.may("promise.make") or not invoice.free or invoice.promised_minor or invoice.announced_minor:
            return []
        announce = Move(_("Announce a transfer"), address(reverse("portal:new-announced-payment"), **asked))
        return [announce, Move(_("Promise a day"), address(reverse("portal:new-promise"), **asked))]

    def _ask(self) -> Move | None:
        """Asking for a discount for paying it early, as long as that is early enough and nothing is agreed."""
        invoice = self.invoice
        early = can_be_offered(invoice) and invoice.due_date > self.today + timedelta(days=1) and invoice.free
        if not early or not self.request.actor.may("offer.make") or "agreed" in invoice.discount_terms:
            return None
        return Move(_("Ask for a discount"), address(reverse("portal:new-offer"), invoice=str(invoice.pk)))

    def _may_dispute(self) -> bool:
        return self.request.actor.may("dispute.open") and bool(self.invoice.free)

    def _run(self) -> ApprovalRun | None:
        if not hasattr(self, "_run_kept"):
            rows = ApprovalRun.objects.visible_to(self.request.actor).filter(state="waiting", invoice=self.invoice)
            self._run_kept: ApprovalRun | None = rows.first()
        return self._run_kept
