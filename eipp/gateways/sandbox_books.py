"""The sandbox provider's own books: a line for each movement of money, never a second one for the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import models

from eipp.gateways.transaction import Kind, Payout, Transaction
from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf


class SandboxTransaction(Entity):
    """What one movement added to the balance kept for a payee (`merchant`, its id with us). key: what it was for."""

    key = models.CharField(max_length=60, unique=True)
    merchant = models.UUIDField(null=True)
    reference = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    on = models.DateField(db_index=True)
    amount = MoneyOf("amount_minor")

    def __str__(self) -> str:
        return f"{self.key} {self.amount}"


def book(*, key: str, merchant: UUID | None, reference: UUID, kind: Kind, amount: Money, at: datetime) -> None:
    """Write a line, unless there is one for the same already; on the UTC day of `at`."""
    facts = {
        "merchant": merchant, "reference": reference, "kind": kind, "amount_minor": amount.minor,
        "currency": amount.currency, "on": at.astimezone(UTC).date(),
    }  # fmt: skip
    SandboxTransaction.objects.get_or_create(key=key, defaults=facts)


def lines(day: date, *, merchant: UUID | None) -> list[Transaction]:
    """The books of one day, in the order in which they were written; of one payee, or of all where none is named."""
    rows = SandboxTransaction.objects.filter(on=day).order_by("pk")
    return _told(rows if merchant is None else rows.filter(merchant=merchant))


def payouts(day: date, *, merchant: UUID | None) -> list[Payout]:
    """What was left of the day before, by payee and currency, fees taken off; nothing goes where nothing is left."""
    sums: dict[tuple[UUID | None, str], int] = defaultdict(int)
    rows = SandboxTransaction.objects.filter(on=day - timedelta(days=1)).order_by("pk")
    for row in rows if merchant is None else rows.filter(merchant=merchant):
        sums[row.merchant, row.currency] += row.amount_minor - _fee(row).minor
    return [
        Payout(f"SBX{day:%y%m%d}{(payee or UUID(int=0)).hex[-6:].upper()}{currency}", Money(minor, currency), day)
        for (payee, currency), minor in sums.items() if minor > 0
    ]  # fmt: skip


def _told(rows: Iterable[SandboxTransaction]) -> list[Transaction]:
    return [
        Transaction(row.reference, row.kind, row.amount, row.on, str(row.pk), _fee(row))  # type: ignore[arg-type]
        for row in rows
    ]


def _fee(row: SandboxTransaction) -> Money:
    """1.4 % of a charge, half up; nothing for the rest."""
    return Money((row.amount_minor * 14 + 500) // 1000 if row.kind == "charge" else 0, row.currency)
