"""Spend: what a buyer's suppliers invoiced month by month, less what they credited, by the date on the document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.models import CreditNote, Invoice


@dataclass(frozen=True, slots=True)
class Spend:
    """One supplier in one month and currency: totals with tax. month: its first day."""

    supplier_id: UUID
    supplier: str
    month: date
    currency: str
    invoiced: Money
    credited: Money

    @property
    def net(self) -> Money:
        """Invoiced less credited."""
        return self.invoiced - self.credited


def spend(actor: Actor, *, first: date, last: date, narrow: Q | None = None) -> list[Spend]:
    """By currency, supplier and month: two queries. narrow: a condition on `supplier`, `account` and `currency`."""
    sums: dict[tuple[Any, ...], dict[str, int]] = {}
    names: dict[UUID, str] = {}
    for column, model in (("invoiced", Invoice), ("credited", CreditNote)):
        rows = documents(actor, model, first=first, last=last, narrow=narrow).order_by()
        rows = rows.annotate(month=TruncMonth("issue_date"), name=F("supplier__name"))
        grouped = rows.values("supplier_id", "name", "month", "currency").annotate(sum=Sum("tax_inclusive_minor"))
        for row in grouped:
            names[row["supplier_id"]] = row["name"]
            key = (row["supplier_id"], row["month"], row["currency"])
            sums.setdefault(key, {"invoiced": 0, "credited": 0})[column] = int(row["sum"])
    found = [_spend(key, names, row) for key, row in sums.items()]
    return sorted(found, key=lambda row: (row.currency, row.supplier, row.month))


def documents(
    actor: Actor, model: type[Invoice] | type[CreditNote], *, first: date, last: date, narrow: Q | None = None
) -> QuerySet[Any]:
    """The invoices or credit notes of these days that the figures are the sums of; withdrawn invoices stand against
    the credit note that took them back."""
    rows = model.objects.visible_to(actor).filter(narrow or Q(), issue_date__range=(first, last))
    return rows.order_by("-issue_date", "-id")


def month_ends(first: date, last: date) -> Iterable[tuple[date, date]]:
    """The calendar months from one day to another, each with its first and last day within them."""
    begin = first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield begin, min(last, following - timedelta(days=1))
        begin = following


def _spend(key: tuple[Any, ...], names: dict[UUID, str], row: dict[str, int]) -> Spend:
    supplier, month, currency = key
    invoiced, credited = (Money(row[column], currency) for column in ("invoiced", "credited"))
    return Spend(supplier, names[supplier], month, currency, invoiced, credited)
