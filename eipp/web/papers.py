"""Papers: an invoice of the ledger as the paper on the screen (`eipp.web.paper`), line by line and sum by sum."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel.money import Money
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.web.paper import Fact, Line, LineNote, Paper, Party
from eipp.web.pieces import Attachment, Move
from eipp.web.tags.values import amount_text, number_text

UNITS = {
    "C62": "",
    "EA": "",
    "H87": "",
    "XPP": "",
    "HUR": "h",
    "KGM": "kg",
    "MTR": "m",
    "LTR": "l",
    "DAY": words("days"),
}


def paper_of(
    invoice: Invoice,
    *,
    files: Sequence[Attachment] = (),
    notes: Mapping[UUID, Sequence[LineNote]] | None = None,
    moves: Mapping[UUID, Sequence[Move]] | None = None,
) -> Paper:
    """The invoice as it was issued: 3 queries. notes, moves: by line id, what is said and can be done about it."""
    parts = list(invoice.allowances_charges.all())
    notes, moves = notes or {}, moves or {}
    return Paper(
        kind=_("Invoice"), number=invoice.number, issuer=invoice.seller.get("name") or invoice.supplier.name,
        currency=invoice.currency, parties=_parties(invoice), facts=_facts(invoice),
        lines=tuple(
            _line(line, [part for part in parts if part.line_id == line.pk], notes.get(line.pk, ()),
                  moves.get(line.pk, ()))
            for line in invoice.lines.all()
        ),
        sums=tuple(_sums(invoice, [part for part in parts if part.line_id is None])), note=invoice.note,
        files=tuple(files),
    )  # fmt: skip


def _parties(invoice: Invoice) -> tuple[Party, Party]:
    seller = _party(_("From"), invoice.seller, invoice.supplier.name)
    buyer = _party(_("To"), invoice.buyer_party, invoice.account.name)
    number = _("Customer number %(number)s") % {"number": invoice.account.number}
    return seller, Party(buyer.role, buyer.name, buyer.address, (*buyer.identifiers, number))


def _party(role: str, said: Mapping[str, Any], name: str) -> Party:
    address = said.get("address") or {}
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    lines = (address.get("line1"), address.get("line2"), address.get("line3"), town, address.get("country"))
    identifiers = [(_("VAT"), said.get("vat_id")), (_("Registered"), said.get("legal_id"))]
    return Party(
        role, said.get("name") or said.get("trading_name") or name, tuple(line for line in lines if line),
        tuple(f"{word} {value}" for word, value in identifiers if value),
    )  # fmt: skip


def _facts(invoice: Invoice) -> tuple[Fact, ...]:
    facts = (
        Fact(_("Issued"), invoice.issue_date), Fact(_("Due"), invoice.due_date),
        Fact(_("Your order"), invoice.order_reference), Fact(_("Your reference"), invoice.buyer_reference),
        Fact(_("Terms"), invoice.payment_terms), Fact(_("Payment reference"), invoice.payment_reference),
    )  # fmt: skip
    return tuple(fact for fact in facts if fact.value)


def _line(line: InvoiceLine, parts: Iterable[Any], notes: Sequence[LineNote], moves: Sequence[Move]) -> Line:
    detail = [line.description, *(_part(part) for part in parts)]
    if line.seller_item_id:
        detail.insert(0, _("Item %(id)s") % {"id": line.seller_item_id})
    return Line(
        key=f"line-{line.pk}", number=line.line_number, what=line.item_name, quantity=_quantity(line),
        price=_price(line), tax=_rate(line.tax_rate), amount=line.net, detail=" · ".join(filter(None, detail)),
        notes=tuple(notes), moves=tuple(moves),
    )  # fmt: skip


def _quantity(line: InvoiceLine) -> str:
    unit = UNITS.get(line.unit, line.unit)
    return f"{number_text(line.quantity)} {unit}".strip()


def _price(line: InvoiceLine) -> str:
    price = number_text(line.unit_price)
    return f"{price} / {number_text(line.base_quantity)}" if line.base_quantity not in (None, Decimal(1)) else price


def _rate(rate: Decimal | None) -> str:
    return "" if rate is None else f"{number_text(rate)}%"


def _part(part: Any) -> str:
    word = part.reason or (_("Charge") if part.is_charge else _("Allowance"))
    return f"{word} {amount_text(part.amount if part.is_charge else -part.amount)}"


def _sums(invoice: Invoice, parts: Iterable[Any]) -> Iterable[Fact]:
    yield Fact(_("Lines"), invoice.line_total)
    for part in parts:
        word = part.reason or (_("Charge") if part.is_charge else _("Allowance"))
        yield Fact(word, part.amount if part.is_charge else -part.amount)
    taxes = list(invoice.taxes.all())
    for tax in taxes:
        yield Fact(_("Tax %(rate)s on %(base)s") % {"rate": _rate(tax.rate), "base": amount_text(tax.taxable)}, tax.tax)
    if not taxes and invoice.tax_minor:
        yield Fact(_("Tax"), invoice.tax)
    yield Fact(_("Total"), invoice.tax_inclusive, total=True)
    yield from _after_the_total(invoice)


def _after_the_total(invoice: Invoice) -> Iterable[Fact]:
    if not (invoice.prepaid_minor or invoice.rounding_minor):
        return
    if invoice.prepaid_minor:
        yield Fact(_("Paid before"), Money(-invoice.prepaid_minor, invoice.currency))
    if invoice.rounding_minor:
        yield Fact(_("Rounding"), invoice.rounding)
    yield Fact(_("To pay"), invoice.payable, total=True)
