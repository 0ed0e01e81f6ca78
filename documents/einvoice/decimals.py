"""How numbers must be written: as decimals (no 1E3, no 1_0), amounts with two decimals (BR-DEC), none that the currency
has no coin for."""

from collections.abc import Iterator

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from documents.einvoice.parts import AllowanceCharge, Figure, Line
from documents.einvoice.places import Places, path
from eipp.kernel import money

Stated = tuple[str | None, Figure | None, str]  # rule on decimals (None: any number of them), what is said, where

_OTHER_CURRENCY = "BR-DEC-15"  # the tax in the accounting currency, which has coins of its own
_TOTALS = {
    "line_total": "BR-DEC-09",
    "allowance_total": "BR-DEC-10",
    "charge_total": "BR-DEC-11",
    "total_without_tax": "BR-DEC-12",
    "total_with_tax": "BR-DEC-14",
    "prepaid": "BR-DEC-16",
    "rounding": "BR-DEC-17",
    "payable": "BR-DEC-18",
}


def check(document: Document, places: Places) -> Iterator[Fault]:
    """Every number that is none, or has more decimals than it may."""
    coins = money.decimals(document.currency) if document.currency in money.CURRENCIES else 2
    for rule, figure, where in _figures(document, places):
        if figure is None:
            continue
        if figure.value is None:
            yield Fault("EIPP-AMOUNT", f"{figure[:40]!r} is not a decimal number.", where)
        elif rule and figure.decimals > 2:
            yield Fault(rule, f"{figure} has more than two decimals.", where)
        elif rule and rule != _OTHER_CURRENCY and figure.value != round(figure.value, coins):
            yield Fault("EIPP-DECIMALS", f"{figure} has more decimals than {document.currency} has ({coins}).", where)


def _figures(document: Document, places: Places) -> Iterator[Stated]:
    for term, rule in _TOTALS.items():
        yield rule, getattr(document, term), path(places, term)
    for at, total in enumerate(document.tax_totals, start=1):
        own = total.currency in (document.currency, None)
        yield "BR-DEC-13" if own else _OTHER_CURRENCY, total.amount, path(places, ("tax", at))
        for index, row in enumerate(total.breakdown, start=1):
            place = ("subtotal", at, index)
            yield "BR-DEC-19", row.taxable, path(places, place, "taxable")
            yield "BR-DEC-20", row.tax, path(places, place, "subtotal_tax")
            yield None, row.category.rate, path(places, place, "rate")
    for name, parts, rules in (
        ("allowance", document.allowances, ("BR-DEC-01", "BR-DEC-02")),
        ("charge", document.charges, ("BR-DEC-05", "BR-DEC-06")),
    ):
        for index, part in enumerate(parts, start=1):
            yield from _allowance_charge(part, rules, path(places, (name, index)), places)
    for index, line in enumerate(document.lines, start=1):
        yield from _line(line, ("line", index), places)


def _line(line: Line, place: tuple[str, int], places: Places) -> Iterator[Stated]:
    yield "BR-DEC-23", line.net, path(places, place, "net")
    for term in ("quantity", "price", "base_quantity"):
        yield None, getattr(line, term), path(places, place, term)
    for name, parts, rules in (
        ("allowance", line.allowances, ("BR-DEC-24", "BR-DEC-25")),
        ("charge", line.charges, ("BR-DEC-27", "BR-DEC-28")),
    ):
        for index, part in enumerate(parts, start=1):
            yield from _allowance_charge(part, rules, path(places, place, (name, index)), places)


def _allowance_charge(part: AllowanceCharge, rules: tuple[str, str], where: str, places: Places) -> Iterator[Stated]:
    yield rules[0], part.amount, f"{where}/{places['amount']}"
    yield rules[1], part.base, f"{where}/{places['base']}"
    yield None, part.percent, f"{where}/{places['percent']}"
