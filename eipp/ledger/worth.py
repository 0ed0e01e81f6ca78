"""Worth of a line: its net with its exact share of the document's allowances, charges and tax."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from eipp.ledger.credit_note import CreditNoteLine
from eipp.ledger.invoice import Invoice, InvoiceLine

type_of_group = tuple[str, Decimal | None]


@dataclass(slots=True)
class Worth:
    """Minor units; over all lines of an invoice they sum exactly to its totals. quantity: counted in units."""

    net: int = 0
    allowance: int = 0
    charge: int = 0
    tax: int = 0
    quantity: Decimal = Decimal(0)

    @property
    def taxable(self) -> int:
        return self.net - self.allowance + self.charge

    @property
    def gross(self) -> int:
        return self.taxable + self.tax


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def shared_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts in proportion to the weights, which may be negative; they sum exactly to the whole."""
    total, run, given, parts = sum(weights), 0, 0, []
    if not total:
        return [whole, *[0] * (len(weights) - 1)]
    for weight in weights:
        run += weight
        parts.append(half_up(Fraction(whole * run, total)) - given)
        given += parts[-1]
    return parts


def groups(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[UUID, type_of_group]:
    """The tax category and rate of each line; a line that names none has the invoice's, where there is only one."""
    taxes = [(row.category, row.rate) for row in invoice.taxes.all()]
    sole = taxes[0] if len(taxes) == 1 else ("", None)
    return {line.pk: (line.tax_category, line.tax_rate) if line.tax_category else sole for line in lines}


def worths(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[UUID, Worth]:
    """What each line of the invoice is worth."""
    group = groups(invoice, lines)
    result = {line.pk: Worth(net=line.net_minor, quantity=line.quantity) for line in lines}
    allowances: dict[type_of_group, int] = defaultdict(int)
    charges: dict[type_of_group, int] = defaultdict(int)
    taxes: dict[type_of_group, int] = defaultdict(int)
    for row in invoice.allowances_charges.filter(line__isnull=True):
        (charges if row.is_charge else allowances)[row.tax_category, row.tax_rate] += row.amount_minor
    for tax in invoice.taxes.all():
        taxes[tax.category, tax.rate] += tax.tax_minor
    _share(result, group, "allowance", allowances, invoice.allowance_total_minor)
    _share(result, group, "charge", charges, invoice.charge_total_minor)
    _share(result, group, "tax", taxes, invoice.tax_minor)
    return result


def credited(invoice: Invoice) -> dict[UUID, Worth]:
    """What of each line was credited before, as the credit notes' lines say."""
    result: dict[UUID, Worth] = defaultdict(Worth)
    for row in CreditNoteLine.objects.filter(invoice_line__invoice=invoice):
        before = result[row.invoice_line_id]
        before.net += row.net_minor
        before.allowance += row.allowance_minor
        before.charge += row.charge_minor
        before.tax += row.tax_minor
        before.quantity += Decimal(row.facts.get("units", "0"))
    return result


def _share(
    result: dict[UUID, Worth],
    group: Mapping[UUID, type_of_group],
    name: str,
    amounts: Mapping[type_of_group, int],
    whole: int,
) -> None:
    """By category first; what belongs to no line's category goes over all lines."""
    spread = 0
    for key, amount in amounts.items():
        members = [result[pk] for pk, of in group.items() if of == key]
        spread += _give(members, name, amount)
    _give(list(result.values()), name, whole - spread)


def _give(members: Sequence[Worth], name: str, amount: int) -> int:
    """Add each member's part to its field; how much was given."""
    if not members or not amount:
        return 0
    weights = [worth.net if name != "tax" else worth.taxable for worth in members]
    for worth, part in zip(members, shared_out(amount, weights), strict=True):
        setattr(worth, name, getattr(worth, name) + part)
    return amount
