"""Refunds at Stripe, by the PaymentIntent that took the money."""

from typing import Any
from uuid import UUID

import stripe

from eipp.accounts.models import LegalEntity
from eipp.gateways.refund import RefundLook, RefundOrder, RefundStatus
from eipp.gateways.stripe_client import answering, error_of, listed, plain
from eipp.gateways.stripe_reference import StripeReference, known, noted, remember

_STATUS: dict[str, RefundStatus] = {
    "pending": "pending", "requires_action": "pending", "succeeded": "succeeded", "failed": "failed",
    "canceled": "failed",
}  # fmt: skip


def refund(client: stripe.StripeClient, payee: LegalEntity, order: RefundOrder) -> RefundLook:
    """Send money back; the same order again finds what became of the first."""
    paid = known(order.payment, payee)
    if paid is None or not paid.intent_id:
        return RefundLook("failed", "nothing_to_refund")
    row = noted(order.reference, payee, "refund", parent=order.payment)
    if row.stripe_id or row.failure:
        return look_refund(client, payee, order.reference)
    wanted: Any = {"payment_intent": paid.intent_id, "amount": order.amount.minor,
                   "metadata": {"eipp_reference": str(order.reference), "eipp_kind": "refund"}}  # fmt: skip
    try:
        with answering():
            made = client.v1.refunds.create(wanted, {"idempotency_key": f"refund-{order.reference}"})
    except stripe.InvalidRequestError as error:
        code = str(error_of(error).get("code") or "")
        remember(row, failure="nothing_to_refund" if code == "charge_already_refunded" else "more_than_charged")
        return RefundLook("failed", row.failure)
    remember(row, stripe_id=str(made.id))
    return _look_of(plain(made))


def look_refund(client: stripe.StripeClient, payee: LegalEntity, reference: UUID) -> RefundLook:
    """What became of a refund; where our call got no answer, Stripe's list of that payment's refunds tells."""
    row = known(reference, payee)
    if row is None or row.kind != "refund":
        return RefundLook("missing")
    if row.failure:
        return RefundLook("failed", row.failure)
    if row.stripe_id:
        with answering():
            return _look_of(plain(client.v1.refunds.retrieve(row.stripe_id)))
    return _lost(client, payee, row)


def _lost(client: stripe.StripeClient, payee: LegalEntity, row: StripeReference) -> RefundLook:
    paid = known(row.parent, payee) if row.parent else None
    if paid is None or not paid.intent_id:
        return RefundLook("missing")
    asked: Any = {"payment_intent": paid.intent_id, "limit": 100}
    for one in listed(lambda: client.v1.refunds.list(asked)):
        if (one.get("metadata") or {}).get("eipp_reference") == str(row.reference):
            remember(row, stripe_id=one["id"])
            return _look_of(one)
    return RefundLook("missing")


def _look_of(found: dict[str, Any]) -> RefundLook:
    status = _STATUS.get(str(found.get("status")), "pending")
    return RefundLook(status, "refund_refused" if status == "failed" else "")
