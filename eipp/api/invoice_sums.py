"""The sums of an invoice written as JSON: what its lines give, held against what its totals say.

The lines decide. A stated total may differ by one minor unit per line, since ERPs round in their own places; what is
asked for (`payable`) is kept as stated, and the difference is shown as rounding, with a warning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from eipp.api import shapes
from eipp.api.invoice_writing import NewInvoice, WrittenAllowance, WrittenLine, WrittenTax
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal

LARGEST_MINOR = 10**15
_TAXED = ("S", "L", "M", "B")
_RULES = {
    "line_total": "BR-CO-10", "allowance_total": "BR-CO-11", "charge_total": "BR-CO-12",
    "total_without_tax": "BR-CO-13", "tax": "BR-CO-14", "total_with_tax": "BR-CO-15", "payable": "BR-CO-16",
}  # fmt: skip


@dataclass(slots=True)
class TaxRow:
    """A row of the tax breakdown, given or reckoned."""

    category: str
    rate: Decimal | None
    taxable: Money
    tax: Money
    written: WrittenTax | None = None


@dataclass(slots=True)
class Sums:
    """What was reckoned. totals: by the names of `WrittenTotals`; faults and warnings: code, message, field."""

    currency: str
    tolerance: Money
    nets: list[Money] = field(default_factory=list)
    taxes: list[TaxRow] = field(default_factory=list)
    totals: dict[str, Money] = field(default_factory=dict)
    faults: list[dict[str, str]] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def fault(self, rule: str, place: str, sentence: str) -> None:
        self.faults.append({"code": rule, "field": place, "message": sentence})

    def warn(self, rule: str, place: str, sentence: str) -> None:
        self.warnings.append({"rule": rule, "path": place, "message": sentence})


def reckon(new: NewInvoice) -> Sums:
    """Reckon the document's sums; raises Refusal 422 with every fault, each naming its rule and field."""
    sums = Sums(new.currency, Money(max(1, len(new.lines)), new.currency))
    with localcontext() as context:
        context.prec = 80
        sums.nets = [_net(sums, line, f"lines[{index}]") for index, line in enumerate(new.lines)]
        _add_up(sums, new)
        sums.taxes = _given_taxes(sums, new.taxes) if new.taxes is not None else _reckoned_taxes(sums, new)
        _tax_up(sums, new)
    if sums.faults:
        first = sums.faults[0]
        raise Refusal("totals_differ" if first["code"].startswith("BR-CO") else "invalid_content", first["message"],
                      status=422, errors=sums.faults)  # fmt: skip
    return sums


def category_of(category: str, rate: Decimal | None) -> str:
    """The tax category, inferred from the rate where none is written."""
    return category or ("O" if rate is None else "S" if rate else "Z")


def rate_of(written: str | None, place: str) -> Decimal | None:
    return None if written is None else shapes.number(written, f"{place}.tax_rate")


def _net(sums: Sums, line: WrittenLine, place: str) -> Money:
    quantity, price = (
        shapes.number(line.quantity, f"{place}.quantity"),
        shapes.number(line.unit_price, f"{place}.unit_price"),
    )
    base = Decimal(1) if line.base_quantity is None else shapes.number(line.base_quantity, f"{place}.base_quantity")
    if price < 0:
        sums.fault("BR-27", f"{place}.unit_price", "A price is not negative: give the quantity the minus.")
    if base <= 0:
        sums.fault("EIPP-BASE-QUANTITY", f"{place}.base_quantity", "The base quantity is more than zero.")
        base = Decimal(1)
    less = _sum(sums, line.allowances, f"{place}.allowances")
    more = _sum(sums, line.charges, f"{place}.charges")
    net = _bounded(sums, Money.of(quantity * price / base, sums.currency) - less + more, place)
    if line.net_amount is None:
        return net
    stated = shapes.amount(line.net_amount, sums.currency, f"{place}.net_amount")
    if abs(stated.minor - net.minor) > 1:
        sums.fault(
            "EIPP-LINE-NET", f"{place}.net_amount", f"The net amount is {stated}, but quantity and price give {net}."
        )
    return stated


def _add_up(sums: Sums, new: NewInvoice) -> None:
    totals = sums.totals
    totals["line_total"] = total(sums.nets, sums.currency)
    totals["allowance_total"] = _sum(sums, new.allowances, "allowances")
    totals["charge_total"] = _sum(sums, new.charges, "charges")
    totals["total_without_tax"] = totals["line_total"] - totals["allowance_total"] + totals["charge_total"]
    for name in ("line_total", "allowance_total", "charge_total", "total_without_tax"):
        _hold_against(sums, name, _stated(new, name))


def _tax_up(sums: Sums, new: NewInvoice) -> None:
    totals, zero = sums.totals, Money.zero(sums.currency)
    totals["tax"] = total((row.tax for row in sums.taxes), sums.currency)
    totals["total_with_tax"] = totals["total_without_tax"] + totals["tax"]
    totals["prepaid"] = _stated(new, "prepaid") or zero
    totals["rounding"] = _stated(new, "rounding") or zero
    reckoned = totals["total_with_tax"] - totals["prepaid"] + totals["rounding"]
    totals["payable"] = _bounded(sums, reckoned, "totals.payable")
    for name in ("tax", "total_with_tax", "payable"):
        _hold_against(sums, name, _stated(new, name))
    asked = _asked_for(sums, new, reckoned)
    totals["rounding"] += asked - reckoned
    totals["payable"] = asked
    if asked.minor < 0:
        sums.fault("EIPP-NEGATIVE", "totals.payable", f"It asks for {asked}: what is given back is a credit note.")


def _asked_for(sums: Sums, new: NewInvoice, reckoned: Money) -> Money:
    """What the document asks for by its own words, or as reckoned where it does not say."""
    payable, with_tax = _stated(new, "payable"), _stated(new, "total_with_tax")
    if payable is None and with_tax is not None:
        return with_tax - sums.totals["prepaid"] + sums.totals["rounding"]
    return reckoned if payable is None else payable


def _given_taxes(sums: Sums, written: Sequence[WrittenTax]) -> list[TaxRow]:
    rows = []
    for index, tax in enumerate(written):
        place = f"taxes[{index}]"
        rate = None if tax.rate is None else shapes.number(tax.rate, f"{place}.rate")
        taxable = shapes.amount(tax.taxable, sums.currency, f"{place}.taxable")
        amount = shapes.amount(tax.tax, sums.currency, f"{place}.tax")
        _check_rate(sums, tax.category, rate, f"{place}.rate")
        due = Money.of(taxable.amount * (rate or 0) / 100, sums.currency)
        if abs(due.minor - amount.minor) > sums.tolerance.minor:
            sums.fault("BR-CO-17", f"{place}.tax", f"The tax is {amount}, but {rate or 0} % of {taxable} is {due}.")
        rows.append(TaxRow(tax.category, rate, taxable, amount, tax))
    taxed = total((row.taxable for row in rows), sums.currency)
    without = sums.totals["total_without_tax"]
    if abs(taxed.minor - without.minor) > sums.tolerance.minor:
        sums.fault("EIPP-TAXABLE", "taxes", f"The taxable amounts add up to {taxed}, but the lines to {without}.")
    return rows


def _reckoned_taxes(sums: Sums, new: NewInvoice) -> list[TaxRow]:
    zero = Money.zero(sums.currency)
    taxable: dict[tuple[str, Decimal | None], Money] = {}
    parts: list[tuple[Any, Money, str]] = [
        (line, net, f"lines[{index}]") for index, (line, net) in enumerate(zip(new.lines, sums.nets, strict=True))
    ]
    for name, written, sign in (("allowances", new.allowances, -1), ("charges", new.charges, 1)):
        for index, part in enumerate(written):
            place = f"{name}[{index}]"
            parts.append((part, shapes.amount(part.amount, sums.currency, f"{place}.amount") * sign, place))
    for part, amount, place in parts:
        rate = rate_of(part.tax_rate, place)
        category = category_of(part.tax_category, rate)
        _check_rate(sums, category, rate, f"{place}.tax_rate")
        key = (category, None if rate is None else rate.normalize())
        taxable[key] = taxable.get(key, zero) + amount
    return [
        TaxRow(category, rate, amount, Money.of(amount.amount * (rate or 0) / 100, sums.currency))
        for (category, rate), amount in taxable.items()
    ]


def _check_rate(sums: Sums, category: str, rate: Decimal | None, place: str) -> None:
    if category not in (*_TAXED, "Z", "E", "AE", "K", "G", "O"):
        sums.fault("BR-CL-18", place, f"{category!r} is not a tax category of UNCL5305.")
    elif rate is not None and not 0 <= rate <= 100:
        sums.fault("EIPP-RATE", place, "A tax rate lies between 0 and 100 percent.")
    elif category not in _TAXED and rate:
        sums.fault(f"BR-{category}-05", place, f"In tax category {category} the rate is zero.")
    elif category == "S" and not rate:
        sums.fault("BR-S-05", place, "In tax category S the rate is above zero.")


def _hold_against(sums: Sums, name: str, stated: Money | None) -> None:
    reckoned = sums.totals[name]
    if stated is None or stated == reckoned:
        return
    sentence = f"{name} is {stated}, but the lines give {reckoned}."
    if abs(stated.minor - reckoned.minor) > sums.tolerance.minor:
        sums.fault(_RULES[name], f"totals.{name}", sentence)
    else:
        sums.warn(_RULES[name], f"totals.{name}", f"{sentence} The difference is taken as rounding.")


def _stated(new: NewInvoice, name: str) -> Money | None:
    text = getattr(new.totals, name) if new.totals else None
    return None if text is None else shapes.amount(text, new.currency, f"totals.{name}")


def _sum(sums: Sums, written: Sequence[WrittenAllowance], place: str) -> Money:
    amounts = [shapes.amount(one.amount, sums.currency, f"{place}[{i}].amount") for i, one in enumerate(written)]
    return total(amounts, sums.currency)


def _bounded(sums: Sums, amount: Money, place: str) -> Money:
    if abs(amount.minor) < LARGEST_MINOR:
        return amount
    sums.fault("EIPP-TOO-LARGE", place, "The amount is larger than this service can keep.")
    return Money.zero(sums.currency)
