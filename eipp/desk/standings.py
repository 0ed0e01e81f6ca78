"""Standings: what accounts have open, past due and in dispute, by currency, read from kept balances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.models import AccountBalance, DueBalance


@dataclass(frozen=True, slots=True)
class Standing:
    """One currency."""

    open: Money
    past_due: Money
    disputed: Money

    @property
    def currency(self) -> str:
        return self.open.currency


def standings(
    actor: Actor, accounts: Sequence[CustomerAccount], *, on: date
) -> list[tuple[CustomerAccount, list[Standing]]]:
    """Each account with its currencies, the one it is kept in first; two queries for any number of accounts."""
    kept = AccountBalance.objects.visible_to(actor).filter(account__in=accounts).order_by("currency")
    late = _late(actor, accounts, on).values("account", "currency").annotate(sum=Sum("open_minor"))
    past_due = {(row["account"], row["currency"]): int(row["sum"]) for row in late}
    found: dict[UUID, list[Standing]] = {account.pk: [] for account in accounts}
    for row in kept:
        minor = past_due.get((row.account_id, row.currency), 0)
        found[row.account_id].append(_standing(row.currency, row.receivable_minor, minor, row.disputed_minor))
    return [(each, sorted(found[each.pk], key=lambda one: one.currency != each.currency)) for each in accounts]


def totals(actor: Actor, accounts: QuerySet[CustomerAccount], *, on: date) -> list[Standing]:
    """The same over all of these accounts: two queries."""
    wanted = accounts.order_by().values("pk")
    kept = AccountBalance.objects.visible_to(actor).filter(account__in=wanted).order_by("currency")
    sums = kept.values("currency").annotate(open=Sum("receivable_minor"), disputed=Sum("disputed_minor"))
    late = _late(actor, wanted, on).values("currency").annotate(sum=Sum("open_minor"))
    past_due = {row["currency"]: int(row["sum"]) for row in late}
    return [
        _standing(row["currency"], int(row["open"]), past_due.get(row["currency"], 0), int(row["disputed"]))
        for row in sums
    ]


def _late(actor: Actor, accounts: Iterable[Any], on: date) -> QuerySet[DueBalance]:
    rows = DueBalance.objects.visible_to(actor).filter(account__in=accounts, due_date__lt=on, open_minor__gt=0)
    return rows.order_by()


def _standing(currency: str, *minors: int) -> Standing:
    return Standing(*[Money(minor, currency) for minor in minors])
