"""Payments on both faces: the list, and one payment with its invoices and what became of it."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.sheet import Cell, Table
from eipp.web.exports import ExportedList
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.refunds import refunds_of
from eipp.web.remittances import payment_tabs
from eipp.web.situations import PAYMENT_WORDS
from eipp.web.timelines import timeline
from eipp.web.ways import instructions
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.gateway_talk import is_cancellable
from workflows.payment import ON_THE_WAY, Payment, PaymentShare
from workflows.payment_receipt import has_receipt
from workflows.payment_search import search
from workflows.transfer_paper import code, is_waited_for

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CHIPS: dict[str, Any] = {"": words("All"), "planned": words("Planned"), "on_the_way": words("On the way"),
                         "settled": words("Settled"), "failed": words("Not paid")}  # fmt: skip
STATES = {"planned": ("planned",), "on_the_way": ON_THE_WAY, "settled": ("settled",),
          "failed": ("failed", "cancelled", "returned", "charged_back")}  # fmt: skip

#: What a pending payment waits for, by its method.
ON_THE_WAY_WORDS: dict[str, Any] = {
    "card": words("The bank has not let it go yet. This page shows it as soon as it has."),
    "bank_debit": words("The debit takes 2 to 3 bank days, and the bank can send it back. Until it has settled the "
                        "invoices are not paid; this page shows what becomes of it."),
    "bank_transfer": words("The customer has announced a transfer. It is paid when a bank statement shows money with "
                           "its reference."),
}  # fmt: skip


class PaymentList(ExportedList):
    """The payments that the reader sees, the newest first."""

    template = "web/payments.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-submitted": "-submitted_at", "submitted": "submitted_at", "amount": "amount_minor", "number": "number",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        found = self.page_of(self.rows())
        return {
            **found, "lines": [(row, *PAYMENT_WORDS[row.state]) for row in found["rows"]], "chips": CHIPS.items(),
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:payment",
            "tabs": payment_tabs(self.face, "payments"),
            "live_topics": (topic("organisation", actor.organisation_id),),
            "begins": self.asked("from"), "ends": self.asked("to"), "text": self.asked("q"),
            "status": self.asked("status"), "receipt": f"{self.face}:receipt",
        }  # fmt: skip

    def rows(self) -> Any:
        """What the filters and the search find: by number, reference or amount, or by the number of an invoice
        that it pays; between two days."""
        rows = Payment.objects.visible_to(self.request.actor).select_related("supplier", "buyer", "legal_entity")
        if status := self.asked("status", among=STATES):
            rows = rows.filter(state__in=STATES[status])
        if only := [key for key in self.request.GET.get("only", "").split(",")[:50] if _ID.fullmatch(key)]:
            rows = rows.filter(pk__in=only)
        return search(rows, self.request.actor, text=self.asked("q"), begins=self._day("from"), ends=self._day("to"))

    def _day(self, name: str) -> date | None:
        """A day of the URL; what is none does not filter."""
        try:
            return date.fromisoformat(self.asked(name))
        except ValueError:
            return None

    def export(self) -> Table:
        head = [
            _("Number"), _("Supplier"), _("Customer"), _("Payee"), _("Entered"), _("Settled"), _("How"), _("State"),
            _("Reference"), _("Currency"), _("Amount"), _("Of which for paying this way"),
        ]  # fmt: skip

        def cells(row: Payment) -> list[Cell]:
            return [
                row.number, row.supplier.name, row.buyer.name, row.legal_entity.name, row.submitted_at, row.settled_at,
                row.means or row.method_name, str(PAYMENT_WORDS[row.state][0]), row.printed_reference, row.currency,
                row.amount, row.surcharge,
            ]  # fmt: skip

        return self.exported(_("Payments"), head, self.rows(), cells)


class PaymentView(Page):
    """One payment. `face` names the URLs' namespace."""

    template = "web/payment.html"
    face: ClassVar[str]

    @cached_property
    def payment(self) -> Payment:
        rows = Payment.objects.visible_to(self.request.actor).select_related("supplier", "buyer", "legal_entity")
        found: Payment = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.payment)

    def context(self) -> dict[str, Any]:
        payment, actor = self.payment, self.request.actor
        shares = PaymentShare.objects.visible_to(actor).filter(payment=payment).select_related("invoice")
        word, meaning = PAYMENT_WORDS[payment.state]
        mine = actor.side == "buyer" and actor.may("payment.make")
        return {
            "payment": payment, "mine": mine, "kept": list(payment.on_account.select_related("account")),
             "shares": list(shares.order_by("invoice__due_date", "pk")), "word": word,
            "meaning": meaning, "entries": timeline(actor, payment), "detail": f"{self.face}:invoice",
            "may_go_on": mine and payment.state == "submitted" and bool(payment.checkout_url),
            "may_cancel": mine and is_cancellable(payment) and not payment.cancel_requested_at,
            "transfer": instructions(payment) if actor.side == "buyer" else None,
            "code": code(payment) if actor.side == "buyer" and is_waited_for(payment) else None,
            "on_the_way": ON_THE_WAY_WORDS[payment.method] if payment.state == "pending" else "",
            "differs": payment.received is not None and payment.received != payment.amount,
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")), Crumb(payment.number)),
            "live_topics": (topic("payment", payment.pk),), "moving": payment.state in ON_THE_WAY,
            "refunds": refunds_of(payment, actor, self.face),
            "receipt_url": reverse(f"{self.face}:receipt", args=[payment.pk]) if has_receipt(payment) else "",
        }  # fmt: skip
