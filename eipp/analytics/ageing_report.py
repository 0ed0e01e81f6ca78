"""The report of ageing: by customer (or by supplier's account, for a buyer), one table for each currency."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.analytics.ageing import BUCKETS, UNUSED, Aged, ageing, rows_of, span, totals
from eipp.analytics.asked import Asked
from eipp.analytics.report import MOST_ROWS, Block, Cell, Chart, Column, Report, Rows, Series
from eipp.analytics.several_dues import Span, due_then
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money

_TONES = ("later", "late-1", "late-2", "late-3", "late-4")


def report(actor: Actor, asked: Asked) -> Report:
    """As of the end of `asked.last`."""
    rows = ageing(actor, on=asked.last, narrow=asked.narrow())
    sums = totals(rows)
    blocks = [_block([row for row in rows if row.currency == currency], sums[currency]) for currency in sums]
    return Report(
        _("Ageing"), _("At the end of %(day)s") % {"day": day_text(asked.last)}, blocks,
        [_("Days since the due date, which a dispute does not move. Credit and cash that are not used yet stand apart, "
           "since they belong to no invoice until somebody applies them.")],
    )  # fmt: skip


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """The documents of one figure: `bucket`, narrowed to `account` and `currency`. KeyError for an unknown bucket."""
    bucket, currency = which["bucket"], which.get("currency", asked.currency)
    narrow = asked.narrow(account=which.get("account", ""), currency=currency)
    found = rows_of(actor, bucket, on=asked.last, narrow=narrow)
    whole = found.aggregate(sum=Sum("open_then", default=0), count=Count("pk"))
    columns = (
        Column(_("Number"), lead=True), Column(_("Customer")), Column(_("Issued"), "date"), Column(_("Due"), "date"),
        Column(_("Open"), "money"),
    )  # fmt: skip
    lines = [_line(UNUSED.get(bucket, "invoice"), document, _due(document, bucket, asked.last))
             for document in found[:MOST_ROWS]]  # fmt: skip
    title = _("%(bucket)s at the end of %(day)s") % {"bucket": titles()[bucket], "day": day_text(asked.last)}
    return Rows(title, columns, lines, Money(int(whole["sum"]), currency) if currency else None, whole["count"])


def titles() -> dict[str, str]:
    """The columns' words."""
    return {
        "not_due": _("Not yet due"), "1-30": _("1-30 days"), "31-60": _("31-60 days"), "61-90": _("61-90 days"),
        "90+": _("Over 90 days"), "open": _("Open"), "past_due": _("Past due"),
        "late_fees": _("Of which late fees"), "credit": _("Unused credit"),
        "unapplied": _("Unapplied cash"),
    }  # fmt: skip


def _block(rows: Sequence[Aged], total: Aged) -> Block:
    words = titles()
    columns = [
        Column(_("Customer"), lead=True),
        *(Column(words[name], "money") for name in _names(total)),
    ]
    columns.append(Column(_("Balance"), "money"))
    title = _("In %(currency)s") % {"currency": total.currency}
    lines = [[_customer(row), *_figures(row, str(row.account_id), _names(total))] for row in rows]
    return Block(title, columns, lines, [Cell(title), *_figures(total, "", _names(total))], [_chart(total)])


def _names(total: Aged) -> tuple[str, ...]:
    """The figures of a row; late fees only where there are any."""
    return (*BUCKETS, "open", *(("late_fees",) if total.charges else ()), *UNUSED)


def _customer(row: Aged) -> Cell:
    return Cell(f"{row.name} {row.number}", opens=("account", str(row.account_id)))


def _figures(row: Aged, account: str, names: Sequence[str]) -> list[Cell]:
    amounts = {
        **row.buckets,
        "open": row.open,
        "late_fees": row.charges,
        "credit": row.credit,
        "unapplied": row.unapplied,
    }
    cells = [_cell(amounts[name], name, row.currency, account) for name in names]
    return [*cells, Cell(row.balance)]


def _cell(amount: Money, bucket: str, currency: str, account: str) -> Cell:
    asked = {"bucket": bucket, "currency": currency} | ({"account": account} if account else {})
    return Cell(amount, asked if amount else {})


def _chart(total: Aged) -> Chart:
    words = titles()
    series = [
        Series(words[name], [total.buckets[name].amount], tone) for name, tone in zip(BUCKETS, _TONES, strict=True)
    ]
    title = _("Open by age in %(currency)s") % {"currency": total.currency}
    return Chart("columns", title, _("What is open, by days past due."), [""], series, total.currency)


def _due(document: Any, bucket: str, on: date) -> date | None:
    """When it falls due; of several days, the first one in the bucket on which anything was open."""
    plan = [(date.fromisoformat(part["on"]), part["minor"]) for part in getattr(document, "due_plan", ())]
    if not plan:
        return getattr(document, "due_date", None)
    whole = Span() if bucket in ("open", "late_fees") else span(bucket, on)
    return due_then(plan, document.whole_then, whole)


def _line(kind: str, document: Any, due: date | None) -> list[Cell]:
    number = getattr(document, "number", "") or getattr(document, "reference", "") or _("Cash")
    issued = getattr(document, "issue_date", None) or document.received_on
    return [
        Cell(number, opens=(kind, str(document.pk))), Cell(document.account.name), Cell(issued),
        Cell(due), Cell(Money(document.open_then, document.currency)),
    ]  # fmt: skip
