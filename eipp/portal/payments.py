"""The buyer's payments: the list, one of them, and the page on which a payment is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.pages import Page
from eipp.web.payments import PaymentList, PaymentView
from eipp.web.pieces import Crumb
from eipp.web.ways import Choice, choices, way_of
from workflows import gateway_talk
from workflows.approval import ApprovalRun
from workflows.pay_the_rest import approve_and_pay
from workflows.payment import Payment
from workflows.release import release_refusal

MOST = 200


class PaymentsPage(PaymentList):
    side = "buyer"
    face = "portal"


class PaymentPage(PaymentView):
    """What became of a payment; while it is being paid, the way back to the payment page, or out of it."""

    side = "buyer"
    face = "portal"
    makes: ClassVar[Mapping[str, str]] = {"cancel": "cancel"}

    def cancel(self) -> str:
        gateway_talk.request_cancel(self.request.actor, self.payment)
        if self.payment.method == "bank_transfer":
            return _("The transfer is cancelled. If you have sent the money already, it is credited when it arrives.")
        return _("The payment provider is asked to close it; you see here what it says.")

    def context(self) -> dict[str, Any]:
        """After a return, a failure or an expired transfer: the way to pay the same invoices once more."""
        found = super().context()
        again = found["mine"] and self.payment.state in ("failed", "cancelled", "returned", "charged_back")
        invoices = [str(share.invoice_id) for share in found["shares"] if share.invoice.free] if again else []
        query = urlencode({"invoice": invoices}, doseq=True)
        return {**found, "pay_again": f"{reverse('portal:pay')}?{query}" if invoices else ""}


@dataclass(frozen=True, slots=True)
class Bundle:
    """What becomes one payment: invoices of one payee in one currency, each with the amount to pay."""

    payee: str
    currency: str
    rows: Sequence[tuple[Invoice, str]]
    amount: Money
    ways: Sequence[Choice]
    approves: int
    refusal: Refusal | None
    attempt: UUID


class NewPaymentPage(Page):
    """Confirm once, amounts and payee in the sentence; invoices of several payees or currencies part into bundles."""

    side = "buyer"
    template = "portal/pay.html"
    makes: ClassVar[Mapping[str, str]] = {"pay": "pay"}

    @cached_property
    def invoices(self) -> list[Invoice]:
        rows = Invoice.objects.visible_to(self.request.actor).select_related("supplier", "legal_entity", "account")
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        if ids := [key for key in map(uuid_or_none, asked.getlist("invoice")[:MOST]) if key]:
            return list(rows.filter(pk__in=ids).order_by("due_date", "pk"))
        if asked.get("due"):
            found = rows.search(on=self.today, status="due", currency=asked.get("currency", "")[:3], sort="due_date")
            return [invoice for invoice in found[:MOST] if invoice.free]
        return []

    def pay(self) -> HttpResponse:
        attempt = uuid_or_none(self.typed("attempt"))
        if attempt is None:
            raise Refusal("attempt_missing", _("The form is out of date: open it again."), status=422)
        shares = [(invoice, self._amount(invoice)) for invoice in self.invoices]
        if not shares:
            raise Refusal("no_invoices", _("Choose at least one invoice to pay."), status=422)
        way = way_of(self.typed("way"), shares[0][0].legal_entity, shares[0][0].currency)
        return checked_out(
            approve_and_pay(self.request.actor, shares, gateway=way.gateway, method=way.method, attempt=attempt)
        )

    def context(self) -> dict[str, Any]:
        groups: dict[tuple[UUID, str], list[Invoice]] = {}
        for invoice in self.invoices:
            groups.setdefault((invoice.legal_entity_id, invoice.currency), []).append(invoice)
        return {
            "bundles": [self._bundle(group) for group in groups.values()],
            "crumbs": (Crumb(_("Payments"), reverse("portal:payments")), Crumb(_("Pay"))),
        }  # fmt: skip

    def _bundle(self, invoices: list[Invoice]) -> Bundle:
        actor, currency = self.request.actor, invoices[0].currency
        waiting = ApprovalRun.objects.visible_to(actor).filter(invoice__in=invoices, state="waiting").count()
        free = [(invoice, invoice.free) for invoice in invoices if invoice.free]
        approves = waiting if actor.may("approval.decide") else 0
        return Bundle(
            payee=invoices[0].legal_entity.name, currency=currency, amount=total([part for _, part in free], currency),
            ways=choices(invoices[0].legal_entity, currency, chosen=self.request.POST.get("way", "")),
            rows=[(invoice, self.request.POST.get(f"amount-{invoice.pk}", invoice.free.text)) for invoice in invoices],
            approves=approves, refusal=None if approves else release_refusal(actor, free),
            attempt=uuid_or_none(self.request.POST.get("attempt", "")) or uuid4(),
        )  # fmt: skip

    def _amount(self, invoice: Invoice) -> Money:
        typed = self.typed(f"amount-{invoice.pk}").replace(",", ".")
        try:
            return Money.parse(typed, invoice.currency) if typed else invoice.free
        except Refusal as refusal:
            raise Refusal(refusal.code, f"{invoice.number}: {refusal.sentence}", status=422) from None


def checked_out(payment: Payment) -> HttpResponse:
    """To the provider's hosted page, or, when it does not answer, to the page that shows what becomes of it."""
    if payment.state == "submitted" and not payment.checkout_url:
        gateway_talk.open_checkout(payment)
    return HttpResponseRedirect(payment.checkout_url or reverse("portal:payment", args=[payment.pk]))


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
