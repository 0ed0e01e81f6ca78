"""What a payment's bank takes back, in whole or part, and brings again: the reversing postings on its receipts."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Sum

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.ledger import posting
from eipp.ledger.models import Application, CashReceipt, Invoice

if TYPE_CHECKING:
    from workflows.payment import Payment


def take_back(actor: Actor, payment_id: UUID, *, amount: Money | None, failure: str, now: datetime) -> Money | None:
    """All that is left of the payment's money is gone, or `amount` of it where that is less: its receipts are reversed,
    or what is due last is open again by it. What is on its way back to the payer is none of it, and keeps its receipt
    standing. Returns what was taken; None where nothing had come."""
    receipts = _standing(payment_id)
    if not receipts:
        return None
    left = total((_left(receipt) for receipt in receipts), receipts[0].currency)
    taken = left if amount is None or amount.currency != left.currency else min(amount, left)
    if taken == left and not any(receipt.set_aside for receipt in receipts):
        for receipt in receipts:
            posting.reverse_receipt(actor, receipt, reason=failure, now=now)
        return left
    wanted = taken
    for receipt in receipts:
        part = min(_left(receipt), wanted)
        _take(actor, receipt, part, now)
        wanted -= part
    return taken


def waits_for_refund(payment: "Payment", amount: Money | None) -> bool:
    """Whether the bank took more of a settled payment than is there beside what is on its way back to the payer: then
    that will not go, as the provider says of it first."""
    receipts = _standing(payment.pk) if payment.state == "settled" and amount is not None else []
    if amount is None or not any(receipt.set_aside for receipt in receipts):
        return False
    return amount.currency == receipts[0].currency and amount > total(map(_left, receipts), amount.currency)


def bring_again(actor: Actor, payment_id: UUID, amount: Money, *, now: datetime) -> Money:
    """Money that was taken back in part is there again, on the receipts that it came from; returns what those took."""
    rest = amount
    for receipt in _standing(payment_id):
        if part := min(_charged_back(receipt), rest):
            posting.bring_back(actor, [(receipt, part)], now=now)
            rest -= part
    return amount - rest


def _take(actor: Actor, receipt: CashReceipt, amount: Money, now: datetime) -> None:
    """Unapplied money first, then off what is due last."""
    missing = amount - min(amount, receipt.unapplied)
    rows = Application.objects.filter(receipt=receipt, reverses=None, reversed_by=None).select_related("invoice")
    off: dict[Invoice, Money] = {}
    for row in rows.order_by("-invoice__due_date", "-invoice_id", "pk"):
        if part := min(row.amount, missing):
            off[row.invoice] = off.get(row.invoice, Money.zero(receipt.currency)) + part
            missing -= part
    if off:
        posting.free_receipt(actor, receipt, list(off.items()), now=now)
    if amount:
        posting.take_away(actor, [(receipt, amount)], now=now)


def _charged_back(receipt: CashReceipt) -> Money:
    """What of it the payer's bank took; the rest of what went back was refunded."""
    sent = receipt.refund_parts.filter(refund__state="succeeded").aggregate(sum=Sum("amount_minor"))["sum"]
    return receipt.given_back - Money(sent or 0, receipt.currency)


def _left(receipt: CashReceipt) -> Money:
    """What of a receipt has neither gone back nor is on its way back."""
    return receipt.amount - receipt.set_aside - receipt.given_back


def _standing(payment_id: UUID) -> list[CashReceipt]:
    rows = CashReceipt.objects.filter(payment_id=payment_id, reversed_at=None)
    return list(rows.select_related("account").order_by("account_id"))
