"""Totals of a list of invoices: from kept balances where the list is a whole status, else summed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.invoice import Invoice
from eipp.ledger.invoice_list import BY_DUE_DATE


@dataclass(frozen=True, slots=True)
class Totals:
    """How many invoices, their full amounts, and what is open of them, in one currency."""

    count: int
    invoiced: Money
    open: Money

    @property
    def currency(self) -> str:
        return self.open.currency


#: The filters by which balances are kept, and under what name.
_KEPT_BY = {"currency": "currency", "account": "account", "supplier": "account__supplier"}


def totals(invoices: QuerySet[Invoice]) -> list[Totals]:
    """Summed over the given invoices, by currency: one query that costs by its rows."""
    sums = {"count": Count("pk"), "invoiced": Sum("payable_minor"), "open": Sum("open_minor")}
    return _read(invoices.order_by().values("currency").annotate(**sums).order_by("currency"))


def list_totals(actor: Actor, *, on: date, status: str = "all", **filters: Any) -> list[Totals]:
    """The totals of `Invoice.objects.visible_to(actor).search(on=on, status=status, **filters)`, by currency.

    Lists by status, currency, account and supplier are answered from kept balances, whatever the number of invoices.
    """
    given = {name: value for name, value in filters.items() if name != "sort" and value not in (None, "")}
    if set(given) <= set(_KEPT_BY):
        kept = {_KEPT_BY[name]: value for name, value in given.items()}
        if status in BY_DUE_DATE:
            rows = DueBalance.objects.visible_to(actor).filter(BY_DUE_DATE[status](on), open_minor__gt=0, **kept)
            return _read(_summed(rows, "open_count", "payable_minor", F("open_minor")))
        if status in ("all", "paid"):
            return _of_accounts(AccountBalance.objects.visible_to(actor).filter(**kept), paid=status == "paid")
    return totals(Invoice.objects.visible_to(actor).search(on=on, status=status, **given))


def _of_accounts(rows: QuerySet[AccountBalance], *, paid: bool) -> list[Totals]:
    if not paid:
        return _read(_summed(rows, "invoice_count", "invoiced_minor", F("receivable_minor")))
    count, invoiced = F("invoice_count") - F("open_count"), F("invoiced_minor") - F("payable_minor")
    return _read(_summed(rows, count, invoiced, F("receivable_minor") * 0))


def _summed(rows: QuerySet[Any], count: Any, invoiced: Any, open_: Any) -> QuerySet[Any, dict[str, Any]]:
    sums = {"count": Sum(count), "invoiced": Sum(invoiced), "open": Sum(open_)}
    return rows.values("currency").annotate(**sums).order_by("currency")


def _read(rows: Iterable[Mapping[str, Any]]) -> list[Totals]:
    return [
        Totals(
            int(row["count"]), Money(int(row["invoiced"]), row["currency"]), Money(int(row["open"]), row["currency"])
        )
        for row in rows
        if row["count"]
    ]
