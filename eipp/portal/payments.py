"""The buyer's payments: the list and one of them; `new_payment.py` is where they are confirmed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.kernel.refusal import Refusal
from eipp.web.payments import PaymentList, PaymentView
from workflows import gateway_talk, paying, planned
from workflows.payment import Payment


class PaymentsPage(PaymentList):
    side = "buyer"
    face = "portal"


class PaymentPage(PaymentView):
    """What became of a payment; while it is being paid, the way back to the payment page, or out of it."""

    side = "buyer"
    face = "portal"
    makes: ClassVar[Mapping[str, str]] = {"cancel": "cancel", "replan": "replan", "drop_plan": "drop_plan"}

    def cancel(self) -> str:
        gateway_talk.request_cancel(self.request.actor, self.payment)
        if self.payment.method == "bank_transfer":
            return _("The transfer is cancelled. If you have sent the money already, it is credited when it arrives.")
        return _("The payment provider is asked to close it; you see here what it says.")

    def replan(self) -> str:
        day = date_or_none(self.typed("planned_for"))
        if day is None:
            raise Refusal("wrong_day", _("Choose a day."), status=422, field="planned_for")
        planned.replan(self.request.actor, self.payment, day)
        return _("It is charged on %(day)s.") % {"day": day_text(day)}

    def drop_plan(self) -> str:
        self.payment.drop_plan(self.request.actor)
        return _("It will not be paid.")

    def context(self) -> dict[str, Any]:
        """After a return, a failure or an expired transfer: the way to pay the same invoices once more."""
        found = super().context()
        again = found["mine"] and self.payment.state in ("failed", "cancelled", "returned", "charged_back")
        invoices = [str(share.invoice_id) for share in found["shares"] if share.invoice.free] if again else []
        query = urlencode({"invoice": invoices}, doseq=True)
        return {**found, "pay_again": f"{reverse('portal:pay')}?{query}" if invoices else ""}


def begun(payments: Sequence[Payment]) -> list[Payment]:
    """Each once it is committed: its hosted page is opened, or what is saved is charged."""
    return [paying.begin(payment) for payment in payments]


def checked_out(payment: Payment) -> HttpResponse:
    """To the provider's hosted page, or, when it does not answer, to the page that shows what becomes of it."""
    payment = paying.begin(payment)
    return HttpResponseRedirect(payment.checkout_url or reverse("portal:payment", args=[payment.pk]))


def date_or_none(text: str) -> date | None:
    """A day as a browser writes it; Refusal (422) for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("wrong_day", _("Write the day as year-month-day."), status=422, field="planned_for") from None


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
