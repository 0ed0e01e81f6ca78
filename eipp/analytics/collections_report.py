"""The report of collections: month by month how long money is out, and how much of it came that could have come."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from documents.written import day_text, month_text
from eipp.analytics import ageing_report
from eipp.analytics.asked import Asked
from eipp.analytics.collections import Month, months
from eipp.analytics.promises import kept_rates
from eipp.analytics.report import MOST_ROWS, Block, Cell, Chart, Column, Report, Rows, Series
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.models import AccountBalance


def report(actor: Actor, asked: Asked) -> Report:
    """The twelve months that end with `asked.last`, one table for each currency in which anything was invoiced."""
    kept = AccountBalance.objects.visible_to(actor).filter(asked.narrow(), invoice_count__gt=0).order_by("currency")
    narrow = Q(account=asked.account) if asked.account else Q()
    blocks = [
        _block(actor, asked, months(actor, until=asked.last, currency=currency, narrow=narrow))
        for currency in kept.values_list("currency", flat=True).distinct()
    ]
    return Report(
        _("Collections"), _("Twelve months up to %(day)s") % {"day": day_text(asked.last)}, blocks,
        [
            _("Days sales outstanding: receivable at the end of the month / sales of three months × their days. Best "
              "possible: the same with what was not past due. Days delinquent: the difference."),
            _("Collection effectiveness: (opening + sales - closing) / (opening + sales - closing not past due) × 100. "
              "100 % means that everything due was collected."),
            _("Promises kept: how much of the money that was promised for a day of the month came by that day."),
        ],
    )  # fmt: skip


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """Of `sales`, what was posted in the period; of `open` and `not_due`, the invoices at its end."""
    if which.get("bucket") != "sales":
        return ageing_report.rows(actor, asked, which)
    currency = which["currency"]
    posted = _posted(actor, asked, currency)
    columns = (
        Column(_("Invoice"), lead=True), Column(_("Customer")), Column(_("Posted"), "date"),
        Column(_("Amount"), "money"),
    )  # fmt: skip
    lines = [_line(row) for row in posted[:MOST_ROWS]]
    signed = [row.amount_minor * (1 if row.source == LedgerAccount.SALES else -1) for row in posted]
    title = _("Invoiced from %(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)}
    return Rows(title, columns, lines, Money(sum(signed), currency), len(signed))


def _posted(actor: Actor, asked: Asked, currency: str) -> QuerySet[Posting]:
    rows = Posting.objects.visible_to(actor).filter(
        asked.narrow(currency=currency), kind__startswith="invoice", posting_date__range=(asked.first, asked.last)
    )
    either = Q(source=LedgerAccount.SALES) | Q(target=LedgerAccount.SALES)
    return rows.filter(either).select_related("invoice__account").order_by("-posting_date", "-id")


def _line(row: Posting) -> list[Cell]:
    invoice: Any = row.invoice
    amount = row.amount if row.source == LedgerAccount.SALES else -row.amount
    return [
        Cell(invoice.number, opens=("invoice", str(invoice.pk))), Cell(invoice.account.name), Cell(row.posting_date),
        Cell(amount),
    ]  # fmt: skip


def _block(actor: Actor, asked: Asked, told: Sequence[Month]) -> Block:
    currency = told[-1].sales.currency
    spans = [(month.first, month.last) for month in told]
    kept = kept_rates(actor, spans, currency=currency, account=asked.account)
    columns = (
        Column(_("Month"), lead=True), Column(_("Invoiced"), "money"), Column(_("Open at its end"), "money"),
        Column(_("Not past due"), "money"), Column(_("Days sales outstanding"), "days"),
        Column(_("Best possible"), "days"), Column(_("Days delinquent"), "days"), Column(_("Effectiveness"), "percent"),
        Column(_("Promises kept"), "percent"),
    )  # fmt: skip
    return Block(
        _("In %(currency)s") % {"currency": currency},
        columns,
        [[*_month(month), Cell(rate)] for month, rate in reversed(list(zip(told, kept, strict=True)))],
        charts=[_chart(told)],
    )


def _month(month: Month) -> list[Cell]:
    asked = {"currency": month.sales.currency, "from": month.first.isoformat(), "to": month.last.isoformat()}
    amounts = (("sales", month.sales), ("open", month.receivable), ("not_due", month.current))
    figures = (month.days_sales_outstanding, month.best_possible, month.days_delinquent, month.effectiveness)
    return [
        Cell(month_text(month.first)),
        *(Cell(amount, asked | {"bucket": bucket} if amount else {}) for bucket, amount in amounts),
        *(Cell(figure) for figure in figures),
    ]


def _chart(told: Sequence[Month]) -> Chart:
    late = Series(_("Late"), [month.days_delinquent or 0 for month in told], "late-2")
    best = Series(_("Best possible"), [month.best_possible or 0 for month in told], "later")
    title = _("Days sales outstanding in %(currency)s") % {"currency": told[-1].sales.currency}
    return Chart(
        "stacked", title, _("How many days of sales are open at the end of each month, and how many of them are late."),
        [month_text(month.first, short=True) for month in told], [best, late], _("days"),
    )  # fmt: skip
