"""The sums of EN 16931: BR-CO-10 to BR-CO-17, to the cent, as its official rules compute them.

A total that should be there and is not counts as wrong, as in the official rules.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from documents.einvoice.parts import AllowanceCharge, Figure, Line, TaxSubtotal
from documents.einvoice.places import Places, path

ZERO = Decimal(0)
_CENT = Decimal("0.01")
_HALF = Decimal("0.5")


def check(document: Document, places: Places, *, extended: bool = False) -> Iterator[Fault]:
    """Every sum that does not come out."""
    charges = [charge for charge in document.charges if extended or not charge.logistics]
    yield from _lines(document, places, extended=extended)
    yield from _side(document.allowance_total, document.allowances, places, "BR-CO-11", "allowance_total", "allowances")
    yield from _side(document.charge_total, charges, places, "BR-CO-12", "charge_total", "charges")
    yield from _without_tax(document, places)
    yield from _tax(document, places)
    yield from _with_tax(document, places)
    yield from _payable(document, places)
    for at, total in enumerate(document.tax_totals, start=1):
        for index, row in enumerate(total.breakdown, start=1):
            yield from _row(row, path(places, ("subtotal", at, index), "subtotal_tax"))


def rounded(amount: Decimal) -> Decimal:
    """To two decimals as XPath's round() does: a half goes up, also below zero."""
    return (amount * 100 + _HALF).to_integral_value(ROUND_FLOOR) * _CENT


def total_of(figures: Iterable[Figure | None]) -> Decimal:
    """The exact sum of what is there and is a number."""
    return sum((value for figure in figures if figure and (value := figure.value) is not None), ZERO)


def value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


def _lines(document: Document, places: Places, *, extended: bool) -> Iterator[Fault]:
    nets = total_of(line.net for line in document.lines if not extended or _counts(line))
    if value(document.line_total) != rounded(nets):
        said = _said(document.line_total)
        yield Fault("BR-CO-10", f"The lines add up to {nets}, the sum of lines is {said}.", path(places, "line_total"))


def _counts(line: Line) -> bool:
    return line.kind in (None, "DETAIL")


def _side(
    said: Figure | None, parts: Iterable[AllowanceCharge], places: Places, rule: str, term: str, name: str
) -> Iterator[Fault]:
    amounts = [part.amount for part in parts]
    if said is None and not amounts:
        return
    computed = total_of(amounts)
    if value(said) != rounded(computed):
        yield Fault(rule, f"The {name} add up to {computed}, their total is {_said(said)}.", path(places, term))


def _without_tax(document: Document, places: Places) -> Iterator[Fault]:
    lines = value(document.line_total)
    allowances, charges = total_of([document.allowance_total]), total_of([document.charge_total])
    computed = None if lines is None else rounded(lines - allowances + charges)
    if computed is None or value(document.total_without_tax) != computed:
        message = (
            f"The total without tax is {_said(document.total_without_tax)}; lines less allowances plus charges are "
            f"{'not stated' if computed is None else computed}."
        )
        yield Fault("BR-CO-13", message, path(places, "total_without_tax"))


def _tax(document: Document, places: Places) -> Iterator[Fault]:
    for index, total in enumerate(document.tax_totals, start=1):
        computed = total_of(row.tax for row in total.breakdown)
        if not total.breakdown and not _owes_breakdown(document, places, index):
            continue
        if total.amount is not None and total.amount.value != rounded(computed):
            message = f"The tax breakdown adds up to {computed}, the total tax is {total.amount}."
            yield Fault("BR-CO-14", message, path(places, ("tax", index)))


def _owes_breakdown(document: Document, places: Places, index: int) -> bool:
    """UBL lets a total stand without breakdown; CII's breakdown is the document's own, there or not."""
    return places["root"].startswith("/rsm:") and document.tax_totals[index - 1] is document.tax_total


def _with_tax(document: Document, places: Places) -> Iterator[Fault]:
    without, stated = value(document.total_without_tax), value(document.total_with_tax)
    if without is None or stated is None:
        return  # BR-13 and BR-14 ask for them
    own = [total.amount for total in document.tax_totals if total.currency in (document.currency, None)]
    computed = rounded(without + total_of(own[:1]))
    where = path(places, "total_with_tax")
    if len(own) > 1:
        yield Fault("BR-CO-15", f"The total tax in {document.currency} is stated {len(own)} times.", where)
    elif stated != computed:
        yield Fault("BR-CO-15", f"The total with tax is {stated}; total without tax plus tax is {computed}.", where)


def _payable(document: Document, places: Places) -> Iterator[Fault]:
    total, payable = value(document.total_with_tax), value(document.payable)
    prepaid, rounding = total_of([document.prepaid]), total_of([document.rounding])
    if total is not None and payable is not None and rounded(payable - rounding) == rounded(total - prepaid):
        return
    computed = "not stated" if total is None else rounded(total - prepaid) + rounding
    message = f"The amount to pay is {_said(document.payable)}; total with tax less paid plus rounding is {computed}."
    yield Fault("BR-CO-16", message, path(places, "payable"))


def _row(row: TaxSubtotal, where: str) -> Iterator[Fault]:
    """BR-CO-17: the official rule lets the tax of a category be one unit off, since lines may have been rounded."""
    taxable, tax = value(row.taxable), value(row.tax)
    if taxable is None or tax is None:
        return
    rate = value(row.category.rate) or ZERO
    computed = rounded(abs(taxable) * rate / 100)
    if abs(abs(tax) - computed) >= 1 or (rate == 0 and abs(tax) >= _HALF):
        yield Fault("BR-CO-17", f"{rate} % of {taxable} is {computed}, the tax stated is {tax}.", where)


def _said(figure: Figure | None) -> str:
    return "not stated" if figure is None else str(figure)
