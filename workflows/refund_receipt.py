"""The paper of a refund: only what went back has one."""

from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.ledger import refund_paper
from workflows.refund import Refund


def pdf(refund: Refund) -> bytes:
    """The refund as PDF/A. Raises Refusal (404, `no_receipt`) while it has not gone, or when it never went."""
    if not has(refund) or refund.succeeded_at is None:
        sentence = f"Refund {refund.number} has not gone; its paper stands here as soon as it has."
        raise Refusal("no_receipt", sentence, status=404)
    rows = refund.parts.select_related(
        "receipt__supplier", "receipt__legal_entity", "receipt__account", "invoice", "credit_note"
    )
    return refund_paper.pdf(
        [(row.receipt, row.invoice, row.credit_note, row.amount) for row in rows.order_by("pk")], number=refund.number,
        payment=refund.payment.number if refund.payment else "", reason=refund.reason, method=_method(refund),
        sent_on=clock.today(refund.supplier.time_zone, at=refund.succeeded_at),
    )  # fmt: skip


def name(refund: Refund) -> str:
    """The file's name."""
    return f"Refund {refund.number}.pdf"


def has(refund: Refund) -> bool:
    return bool(refund.state == "succeeded")


def _method(refund: Refund) -> str:
    if refund.payment is None or refund.is_payout:
        return "bank transfer"
    return refund.payment.means or refund.payment.method_name
