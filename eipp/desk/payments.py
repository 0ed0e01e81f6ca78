"""Payments that came through the portal, from the supplier's side."""

from typing import ClassVar

from eipp.web.payments import PaymentList, PaymentView
from workflows.payment import Payment


class PaymentsPage(PaymentList):
    side = "supplier"
    face = "desk"


class PaymentPage(PaymentView):
    """What became of a payment."""

    side = "supplier"
    face = "desk"
    item: ClassVar[str] = "desk/item_payment.html"

    @property
    def matter(self) -> Payment:
        return self.payment
