"""The receipt of a payment: only what has settled has one."""

from typing import Any

from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.ledger import receipt_paper
from eipp.ledger.models import CashReceipt
from workflows.payment import Payment


def pdf(payment: Payment) -> bytes:
    """The receipt as PDF/A. Raises Refusal (404, `no_receipt`) while the money has not come, or when it went back."""
    rows = CashReceipt.objects.filter(payment_id=payment.pk, reversed_at__isnull=True)
    receipts = list(rows.select_related("supplier", "legal_entity", "account").order_by("account__number"))
    if payment.state != "settled" or payment.settled_at is None or not receipts:
        raise Refusal("no_receipt", _why_not(payment), status=404)
    day = clock.today(payment.supplier.time_zone, at=payment.settled_at)
    return receipt_paper.pdf(
        receipts, number=payment.number, method=payment.means or payment.method_name, received_on=day
    )


def name(payment: Payment) -> str:
    """The file's name."""
    return f"Receipt {payment.number}.pdf"


def has_receipt(payment: Any) -> bool:
    return bool(payment.state == "settled")


def _why_not(payment: Payment) -> str:
    if payment.state in ("returned", "charged_back"):
        return f"Payment {payment.number} went back, so there is no receipt for it; its page says why."
    return f"Payment {payment.number} has not settled; its receipt stands here as soon as the money has come."
