"""Refunds at the sandbox provider: never more in all than was charged, some at once, some on the next bank day."""

from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from eipp.gateways import sandbox_books
from eipp.gateways.refund import RefundLook, RefundOrder
from eipp.gateways.sandbox_accounts import bank_day
from eipp.gateways.sandbox_callback import CallsBack
from eipp.gateways.sandbox_cards import card_ending
from eipp.gateways.sandbox_charge import SandboxCharge
from eipp.kernel import clock
from eipp.kernel.record import MoneyOf


class SandboxRefund(CallsBack):
    """The provider's side of a refund order; a pending one is decided at turns_at."""

    told_as = "refund"
    reference = models.UUIDField(unique=True)
    charge = models.ForeignKey(SandboxCharge, models.CASCADE, null=True, related_name="refunds")
    status = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    failure = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    turns_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


def refund(order: RefundOrder, *, merchant: UUID | None, now: datetime | None = None) -> SandboxRefund:
    """Send money back; the same order again finds what became of the first."""
    moment = now or clock.now()
    with transaction.atomic():
        charges = SandboxCharge.objects.select_for_update().filter(reference=order.payment)
        charge = (charges if merchant is None else charges.filter(merchant=merchant)).first()
        if before := SandboxRefund.objects.filter(reference=order.reference).first():
            return before
        failure = _failure(charge, order)
        row = SandboxRefund(
            reference=order.reference, charge=charge, amount_minor=order.amount.minor, currency=order.amount.currency,
            created_at=moment, status="failed" if failure else "pending", failure=failure,
        )  # fmt: skip
        if charge and not failure:
            _begin(row, charge, moment)
        row.tell()
        row.save()
        return row


def turn(row: SandboxRefund, *, now: datetime | None = None) -> SandboxRefund:
    """What has become of a pending refund by now."""
    moment = now or clock.now()
    with transaction.atomic():
        row = SandboxRefund.objects.select_for_update().get(pk=row.pk)
        if row.charge is None or row.turns_at is None or row.turns_at > moment:
            return row
        at, row.turns_at = row.turns_at, None
        row.status = "failed" if card_ending(row.charge.last_digits).refund == "failed" else "succeeded"
        if row.status == "failed":
            row.failure = "refund_refused"
            _book(row, row.charge, at, sign=1)
        row.tell()
        row.save()
        return row


def turn_due(*, now: datetime | None = None) -> None:
    """Every refund that has been decided since."""
    for row in SandboxRefund.objects.filter(turns_at__lte=now or clock.now())[:200]:
        turn(row, now=now)


def look_of(row: SandboxRefund) -> RefundLook:
    """As the contract has it."""
    return RefundLook(row.status, row.failure)  # type: ignore[arg-type]


def _begin(row: SandboxRefund, charge: SandboxCharge, now: datetime) -> None:
    """The money leaves the payee's balance at once; where it goes may take a bank day, or two for an account."""
    _book(row, charge, now, sign=-1)
    if charge.method == "bank_debit":
        row.turns_at = bank_day(now, 2)
    elif card_ending(charge.last_digits).refund == "succeeded":
        row.status = "succeeded"
    else:
        row.turns_at = bank_day(now, 1)


def _failure(charge: SandboxCharge | None, order: RefundOrder) -> str:
    if charge is None or charge.status != "succeeded":
        return "nothing_to_refund"
    if order.amount.currency != charge.taken.currency or order.amount.minor <= 0:
        return "wrong_currency" if order.amount.minor > 0 else "nothing_to_refund"
    sent = charge.refunds.exclude(status="failed").aggregate(sum=models.Sum("amount_minor"))["sum"] or 0
    return "more_than_charged" if sent + order.amount.minor > charge.taken.minor else ""


def _book(row: SandboxRefund, charge: SandboxCharge, at: datetime, *, sign: int) -> None:
    amount = row.amount if sign > 0 else -row.amount
    key = f"refund:{row.reference}" if sign < 0 else f"unrefund:{row.reference}"
    sandbox_books.book(key=key, merchant=charge.merchant, reference=row.reference, kind="refund", amount=amount, at=at)
