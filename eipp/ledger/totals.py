"""Totals of a list of invoices: from kept balances where the list is a whole status, else summed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.instalment import Instalment
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


def totals(invoices: QuerySet[Invoice], *, on: date | None = None, status: str = "all") -> list[Totals]:
    """Summed over the given invoices, by currency: one query that costs by its rows.

    Where they are those of a status by due date, only what is due so counts as open of several due dates: one more.
    """
    sums = {"count": Count("pk"), "invoiced": Sum("payable_minor"), "open": Sum("open_minor")}
    found = _read(invoices.order_by().values("currency").annotate(**sums).order_by("currency"))
    if on is None or status not in BY_DUE_DATE or status == "open":
        return found
    others = Instalment.objects.filter(invoice__in=invoices.order_by().values("pk")).exclude(BY_DUE_DATE[status](on))
    rest = dict(others.values_list("currency").annotate(Sum("open_minor")).order_by())
    return [replace(each, open=each.open - Money(int(rest.get(each.currency, 0)), each.currency)) for each in found]


def list_totals(actor: Actor, *, on: date, status: str = "all", **filters: Any) -> list[Totals]:
    """The totals of `Invoice.objects.visible_to(actor).search(on=on, status=status, **filters)`, by currency.

    Lists by status, currency, account and supplier are answered from kept balances, whatever the number of invoices.
    """
    given = {name: value for name, value in filters.items() if name != "sort" and value not in (None, "")}
    if set(given) <= set(_KEPT_BY):
        kept = {_KEPT_BY[name]: value for name, value in given.items()}
        if status == "open":
            kept_open = AccountBalance.objects.visible_to(actor).filter(**kept)
            return _read(_summed(kept_open, "open_count", "payable_minor", F("receivable_minor")))
        if status in BY_DUE_DATE:
            rows = DueBalance.objects.visible_to(actor).filter(BY_DUE_DATE[status](on), open_minor__gt=0, **kept)
            found = _read(_summed(rows, "open_count", "payable_minor", F("open_minor")))
            return _each_once(found, Instalment.objects.visible_to(actor).filter(**_of_invoice(kept)), status, on)
        if status in ("all", "paid"):
            return _of_accounts(AccountBalance.objects.visible_to(actor).filter(**kept), paid=status == "paid")
    return totals(Invoice.objects.visible_to(actor).search(on=on, status=status, **given), on=on, status=status)


def _of_invoice(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name if name == "currency" else f"invoice__{name}": value for name, value in kept.items()}


def _each_once(found: list[Totals], rows: QuerySet[Any], status: str, on: date) -> list[Totals]:
    """An invoice of which several due dates are meant is one invoice, with its full amount: two queries."""
    meant = rows.filter(BY_DUE_DATE[status](on), open_minor__gt=0).order_by()
    parts = {"number": Count("pk"), "amount": Sum("amount_minor")}
    of_parts = {row["currency"]: row for row in meant.values("currency").annotate(**parts)}
    if not of_parts:
        return found
    whole = Invoice.objects.filter(pk__in=meant.values("invoice")).order_by().values("currency")
    of_whole = {row["currency"]: row for row in whole.annotate(number=Count("pk"), amount=Sum("payable_minor"))}
    result = []
    for each in found:
        part, all_of_it = of_parts.get(each.currency), of_whole.get(each.currency)
        if part and all_of_it:
            more = Money(int(all_of_it["amount"] - part["amount"]), each.currency)
            number = all_of_it["number"] - part["number"]
            each = replace(each, count=each.count + number, invoiced=each.invoiced + more)
        result.append(each)
    return result


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
