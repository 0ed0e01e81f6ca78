"""An invoice or a credit note as a paper: lines with carried totals, sums, how to pay."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from documents.paper import Column, HowToPay, Paper, Party, Row, Section, Sum, SwissSlip
from documents.written import amount_text, day_text
from eipp.kernel.money import Money
from eipp.ledger import document_facts as said
from eipp.ledger.letterhead import letterhead


def paper_of(
    document: Any,
    *,
    kind: str,
    payment: HowToPay | None = None,
    slip: SwissSlip | None = None,
    facts: Any = (),
    notes: Any = (),
) -> Paper:
    """The document as it was issued: 3 queries beside its supplier, account and legal entity."""
    parts = list(document.allowances_charges.all())
    seller, buyer = said.sides(document)
    return Paper(
        kind=kind, number=document.number, issuer=seller.name, date=document.issue_date,
        parties=[Party(side.role, side.name, side.address, side.marks) for side in (seller, buyer)],
        facts=[(label, _text(value)) for label, value in (*said.facts(document), *facts)],
        sections=[_lines(document, parts)], payment=payment, slip=slip,
        notes=[*filter(None, [document.note, *notes])],
        **letterhead(document.supplier, document.legal_entity),
    )  # fmt: skip


def _text(value: str | date) -> str:
    return day_text(value) if isinstance(value, date) else str(value)


def _lines(document: Any, parts: Sequence[Any]) -> Section:
    own = [part for part in parts if part.line_id is None]
    by_line: dict[Any, list[Any]] = {}
    for part in parts:
        by_line.setdefault(part.line_id, []).append(part)
    running, rows = Money.zero(document.currency), []
    for line in document.lines.all():
        running += line.net
        cells = (
            line.line_number, line.item_name, said.quantity(line), said.price(line), said.rate(line.tax_rate),
            amount_text(line.net),
        )  # fmt: skip
        rows.append(Row(cells, said.detail(line, by_line.get(line.pk, ())), amount_text(running)))
    sums = [
        Sum(f"{sum.label} {document.currency}" if sum.total else sum.label, amount_text(sum.amount), sum.total)
        for sum in said.sums(document, own)
    ]
    words = {"carried": _("Carried over"), "brought": _("Brought forward")}
    return Section(_columns(document.currency), rows, sums=sums, **words)


def _columns(currency: str) -> list[Column]:
    return [
        Column(_("Line")), Column(_("Item"), wide=True, lead=True), Column(_("Quantity"), end=True),
        Column(_("Price"), end=True), Column(_("Tax"), end=True),
        Column(_("Amount %(currency)s") % {"currency": currency}, end=True),
    ]  # fmt: skip
