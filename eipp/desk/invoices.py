"""The supplier's invoices: the list over all customers, and the invoice page from the other side."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.desk.adjusting import ADJUSTS, Adjusting
from eipp.desk.answering import Answering
from eipp.desk.bookings import booking_fact
from eipp.desk.sending import Sending
from eipp.ledger.models import Invoice
from eipp.web.breakdowns import BreakdownPage
from eipp.web.invoice_lists import InvoiceList
from eipp.web.invoices import InvoicePage
from eipp.web.pages import address
from eipp.web.paper import Fact
from eipp.web.pieces import Move
from messaging.topics import topic
from workflows.deposit import deposits_for
from workflows.presentment import SHOWN, Presentment
from workflows.withdrawal import withdraw


class InvoicesPage(InvoiceList):
    """All invoices, or those of one account (`account` in the URL)."""

    side = "supplier"
    template = "desk/invoices.html"

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Invoice.objects.visible_to(actor).select_related("supplier", "buyer", "account")
        return {
            **self.listed(rows), "account": self.account, "currency": self.filters()["currency"],
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def filters(self) -> dict[str, Any]:
        return super().filters() | ({"account": self.account.pk} if self.account else {})

    @cached_property
    def account(self) -> CustomerAccount | None:
        """The account the URL names; one that does not exist for the reader is a page that does not exist."""
        asked = self.asked("account")
        if not asked:
            return None
        try:
            key = UUID(asked)
        except ValueError:
            raise Http404 from None
        found: CustomerAccount = self.found(CustomerAccount.objects.visible_to(self.request.actor), key)
        return found


class AmountsPage(BreakdownPage):
    side = "supplier"
    face = "desk"


class SupplierInvoicePage(Adjusting, Answering, Sending, InvoicePage):
    """Answer, note, withdraw, mail it once more; a dispute that waits is one press away."""

    side = "supplier"
    face = "desk"
    template = "desk/invoice.html"
    item = "desk/item_invoice.html"
    makes: ClassVar[dict[str, str]] = {
        "say": "say", "settle": "settle", "withdraw": "withdraw", "mail_it": "mail_it", "revoke_link": "revoke_link",
        **ADJUSTS,
    }  # fmt: skip

    @property
    def matter(self) -> Invoice:
        return self.invoice

    def withdraw(self) -> str:
        presentment = self.presentment
        if presentment is None:
            raise Http404
        asked = withdraw(self.request.actor, presentment, reason=self.typed("reason"))
        if asked:
            return _("The ERP is asked for the credit note that withdraws it (%(number)s).") % {"number": asked.number}
        return _("Invoice %(number)s is withdrawn; the credit note is posted.") % {"number": self.invoice.number}

    @cached_property
    def presentment(self) -> Presentment | None:
        rows = Presentment.objects.visible_to(self.request.actor).filter(invoice=self.invoice, state__in=SHOWN)
        return rows.order_by("-version").first()

    def moves(self) -> Sequence[Move]:
        return [*self._disputes(), *self.adjusting_moves(), *self._promise(), *self._withdraw()]

    def context(self) -> dict[str, Any]:
        shown = super().context()
        situation = shown["situation"]
        facts = situation.facts
        if self.request.path == reverse("desk:invoice", args=[self.invoice.pk]):  # the queue asks what is to be done
            facts = (*facts, booking_fact(self.request.actor, self.invoice), *self._deposits())
        return {
            **shown, "situation": replace(situation, facts=facts), **self.sending(),
            "forms": self.adjusting_forms, "stands_open": self.request.POST.get("move") in (*ADJUSTS, "mail_it"),
            "question": self.question, "customer": self.invoice.account,
            "may_withdraw": any(move.opens for move in self._withdraw()), "tried": self.request.POST.get("move", ""),
        }  # fmt: skip

    def _disputes(self) -> list[Move]:
        if not self.request.actor.may("dispute.work"):
            return []
        return [
            Move(_("Answer dispute %(number)s") % {"number": row.number}, reverse("desk:dispute", args=[row.pk]),
                 icon="dispute")
            for row in self.disputes if row.ball == "supplier"
        ]  # fmt: skip

    def _promise(self) -> list[Move]:
        """What the customer said on the telephone."""
        invoice = self.invoice
        if not (self.request.actor.may("promise.make") and invoice.free and invoice.buyer_id) or invoice.promised_minor:
            return []
        return [Move(_("Note a promise"), address(reverse("desk:new-promise"), invoice=str(invoice.pk)))]

    def _deposits(self) -> list[Fact]:
        """Deposits for the order that the invoice names, of which something is left, each with its receipt."""
        if not self.invoice.open_minor:
            return []
        found = deposits_for(self.request.actor, self.invoice)[:5]
        return [Fact(_("Deposit for its order"), row.unapplied, url=reverse("desk:cash-receipt", args=[row.pk]))
                for row in found]  # fmt: skip

    def _withdraw(self) -> list[Move]:
        """Only what the ledger would take: nothing paid, disputed or on the way."""
        invoice, actor = self.invoice, self.request.actor
        is_held = invoice.held_minor > invoice.planned_minor
        if not actor.may("invoice.withdraw") or invoice.paid_minor or is_held or not invoice.open_minor:
            return []
        can = {move.name for move in self.presentment.moves(actor)} if self.presentment else set()
        return [Move(_("Withdraw"), opens="withdraw", danger=True, icon="undo")] if "withdraw" in can else []
