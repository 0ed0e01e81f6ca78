"""Payments that came through the portal, from the supplier's side."""

from collections.abc import Mapping
from typing import Any, ClassVar

from eipp.desk.refunds import Refunding
from eipp.web.payments import PaymentList, PaymentView
from workflows.chargeback import Chargeback
from workflows.payment import Payment


class PaymentsPage(PaymentList):
    side = "supplier"
    face = "desk"


class PaymentPage(Refunding, PaymentView):
    """What became of a payment, and sending some of it back."""

    side = "supplier"
    face = "desk"
    template = "desk/payment.html"
    item: ClassVar[str] = "desk/item_payment.html"
    makes: ClassVar[Mapping[str, str]] = {"refund": "refund"}

    @property
    def matter(self) -> Payment:
        return self.payment

    def context(self) -> dict[str, Any]:
        """With the charge-back that waits for an answer."""
        rows = Chargeback.objects.visible_to(self.request.actor).filter(payment=self.payment)
        return {**super().context(), "chargebacks": list(rows.order_by("-opened_at"))}

    @property
    def refunded_matter(self) -> Payment:
        return self.payment
