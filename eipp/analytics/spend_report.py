"""The report of spend: what each supplier invoiced month by month, less what was credited."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from documents.written import day_text, month_text
from eipp.analytics.asked import Asked
from eipp.analytics.report import MOST_ROWS, Block, Cell, Chart, Column, Report, Rows, Series
from eipp.analytics.spend import Spend, documents, month_ends, spend
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.ledger.models import CreditNote, Invoice

#: Suppliers with a column of their own; the others stand together.
MOST_COLUMNS = 5


def report(actor: Actor, asked: Asked) -> Report:
    """The months of the period by the dates on the documents, one table for each currency."""
    found = spend(actor, first=asked.first, last=asked.last, narrow=asked.narrow())
    currencies = sorted({row.currency for row in found})
    blocks = [
        block
        for currency in currencies
        for block in _blocks(asked, currency, [row for row in found if row.currency == currency])
    ]
    span = _("%(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)}
    return Report(
        _("Spend"), span, blocks,
        [_("Totals with tax, by the dates on the documents: invoices less credit notes, paid or not.")],
    )  # fmt: skip


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """The documents of one figure: `of` is `invoiced`, `credited` or `net`, narrowed to `supplier` and `currency`."""
    currency = which.get("currency", asked.currency)
    narrow = asked.narrow(currency=currency, supplier=which.get("supplier", ""))
    models: dict[str, list[Any]] = {"invoiced": [Invoice], "credited": [CreditNote], "net": [Invoice, CreditNote]}
    found = [
        list(documents(actor, model, first=asked.first, last=asked.last, narrow=narrow).select_related("supplier"))
        for model in models[which["of"]]
    ]
    columns = (
        Column(_("Number"), lead=True), Column(_("Supplier")), Column(_("Issued"), "date"),
        Column(_("Amount"), "money"),
    )  # fmt: skip
    net = which["of"] == "net"
    lines = [_line(document, net=net) for document in chain(*found)]
    amounts = [line[-1].value for line in lines]
    title = _("Documents from %(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)}
    sums = total((amount for amount in amounts if isinstance(amount, Money)), currency) if currency else None
    return Rows(title, columns, lines[:MOST_ROWS], sums, len(lines))


def _line(document: Any, *, net: bool) -> list[Cell]:
    kind = "invoice" if isinstance(document, Invoice) else "credit_note"
    amount = -document.tax_inclusive if net and kind == "credit_note" else document.tax_inclusive
    return [
        Cell(document.number, opens=(kind, str(document.pk))), Cell(document.supplier.name), Cell(document.issue_date),
        Cell(amount),
    ]  # fmt: skip


def _blocks(asked: Asked, currency: str, found: Sequence[Spend]) -> list[Block]:
    suppliers = _suppliers(found)
    return [_by_supplier(currency, found, suppliers), _by_month(asked, currency, found, suppliers)]


def _suppliers(found: Sequence[Spend]) -> dict[UUID, str]:
    """By what was spent with them, the most first."""
    names = {row.supplier_id: row.supplier for row in found}
    weight = {key: sum(row.net.minor for row in found if row.supplier_id == key) for key in names}
    return {key: names[key] for key in sorted(names, key=lambda key: (-weight[key], names[key]))}


def _by_supplier(currency: str, found: Sequence[Spend], suppliers: Mapping[UUID, str]) -> Block:
    columns = (
        Column(_("Supplier"), lead=True), Column(_("Invoiced"), "money"), Column(_("Credited"), "money"),
        Column(_("Spend"), "money"),
    )  # fmt: skip
    lines = [
        [Cell(name), *_figures([row for row in found if row.supplier_id == key], currency, supplier=str(key))]
        for key, name in suppliers.items()
    ]
    named = Cell(_("In %(currency)s") % {"currency": currency})
    title = _("By supplier in %(currency)s") % {"currency": currency}
    return Block(title, columns, lines, [named, *_figures(found, currency)])


def _figures(found: Sequence[Spend], currency: str, **asked: str) -> list[Cell]:
    amounts = {name: total((getattr(row, name) for row in found), currency) for name in ("invoiced", "credited", "net")}
    return [
        Cell(amount, {"of": name, "currency": currency, **asked} if amount or found else {})
        for name, amount in amounts.items()
    ]


def _by_month(asked: Asked, currency: str, found: Sequence[Spend], suppliers: Mapping[UUID, str]) -> Block:
    shown = dict(list(suppliers.items())[:MOST_COLUMNS]) if len(suppliers) > 1 else {}
    columns = [Column(_("Month"), lead=True), *(Column(name, "money") for name in shown.values())]
    others = len(suppliers) > MOST_COLUMNS
    columns += [Column(_("Others"), "money")] if others else []
    columns.append(Column(_("All"), "money"))
    spans = list(month_ends(asked.first, asked.last))
    lines = [_month(span, currency, found, shown, others) for span in reversed(spans)]
    title = _("By month in %(currency)s") % {"currency": currency}
    return Block(title, columns, lines, charts=[_chart(spans, currency, found)])


def _month(
    span: tuple[date, date], currency: str, found: Sequence[Spend], shown: Mapping[UUID, str], others: bool
) -> list[Cell]:
    first, last = span
    in_month = [row for row in found if (row.month.year, row.month.month) == (first.year, first.month)]
    asked = {"of": "net", "currency": currency, "from": first.isoformat(), "to": last.isoformat()}
    cells = [Cell(month_text(first))]
    for key in shown:
        amount = total((row.net for row in in_month if row.supplier_id == key), currency)
        cells.append(Cell(amount, asked | {"supplier": str(key)} if amount else {}))
    if others:
        cells.append(Cell(total((row.net for row in in_month if row.supplier_id not in shown), currency)))
    whole = total((row.net for row in in_month), currency)
    return [*cells, Cell(whole, asked if whole else {})]


def _chart(spans: Sequence[tuple[date, date]], currency: str, found: Sequence[Spend]) -> Chart:
    values = [
        total((row.net for row in found if (row.month.year, row.month.month) == (first.year, first.month)), currency)
        for first, _last in spans
    ]
    title = _("Spend by month in %(currency)s") % {"currency": currency}
    return Chart(
        "stacked", title, _("Invoices less credit notes, month by month."),
        [month_text(first, short=True) for first, _last in spans],
        [Series(_("Spend"), [value.amount for value in values], "main")], currency,
    )  # fmt: skip
