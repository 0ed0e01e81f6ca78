"""What stands on an invoice or a credit note, in words: sides, lines and sums, the same on screen and paper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.written import amount_text, day_text, number_text, price_text
from eipp.kernel.money import Money
from eipp.ledger.discount import discount_of, steps_of, without_skonto
from eipp.ledger.document import DocumentLine, TradeDocument
from eipp.ledger.instalment import dues
from eipp.ledger.invoice import Invoice

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


#: What a document is called, by its type (UNTDID 1001); everything else is an invoice.
KINDS = {"381": words("Credit note"), "383": words("Debit note")}


@dataclass(frozen=True, slots=True)
class Side:
    """A party with its address and its marks ("VAT DE123456789"), line by line."""

    role: str
    name: str
    address: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A word and its amount; a total has a line above."""

    label: str
    amount: Money
    total: bool = False


def kind(document: TradeDocument) -> str:
    """What the document is, as it stands in its head."""
    if isinstance(document, Invoice) and document.is_finance_charge:
        return str(document.get_kind_display())
    return str(KINDS.get(document.type_code) or _("Invoice"))


def sides(document: TradeDocument) -> tuple[Side, Side]:
    """Seller and buyer as the document names them; what it does not say is taken from the account."""
    seller = _side(_("From"), document.seller, document.supplier.name)
    buyer = _side(_("To"), document.buyer_party, document.account.name)
    number = _("Customer number %(number)s") % {"number": document.account.number}
    return seller, Side(buyer.role, buyer.name, buyer.address, (*buyer.marks, number))


def facts(document: TradeDocument) -> list[tuple[str, str | date]]:
    """Dates and references, those that it has."""
    found = (
        (_("Issued"), document.issue_date), *_due(document),
        (_("Your order"), document.order_reference), (_("Your reference"), document.buyer_reference),
        (_("Terms"), without_skonto(document.payment_terms)), *_early_payment(document),
        (_("To be paid to"), getattr(document, "payee_name", "")), (_("Payment reference"), document.payment_reference),
    )  # fmt: skip
    return [(label, value) for label, value in found if value]


def _due(document: TradeDocument) -> list[tuple[str, Any]]:
    several = due_words(document) if isinstance(document, Invoice) else []
    return several or [(_("Due"), getattr(document, "due_date", None))]


def due_words(invoice: Invoice) -> list[tuple[str, str]]:
    """Each of several due dates with its amount; what is kept back until then is said so."""
    return [
        (_("Kept back until") if due.is_retention else _("Due"),
         f"{day_text(due.on)}: {amount_text(Money(due.amount, invoice.currency))}")
        for due in (dues(invoice) if invoice.due_plan else ())
    ]  # fmt: skip


def _early_payment(document: TradeDocument) -> Iterable[tuple[str, str]]:
    """What each step of the early-payment discount lets pay, and until when."""
    if not isinstance(document, Invoice):
        return
    for step in steps_of(document):
        off = discount_of(document, step)
        left = amount_text(document.payable - off)
        told = {"rate": rate(step.percent), "day": day_text(step.until), "left": left}
        yield _("Early payment"), _("%(left)s until %(day)s (%(rate)s off)") % told


def detail(line: DocumentLine, parts: Iterable[Any]) -> str:
    """What stands under an item: its number, its description, its allowances and charges."""
    said = [_("Item %(id)s") % {"id": line.seller_item_id}] if line.seller_item_id else []
    return " · ".join(filter(None, [*said, line.description, *map(_part, parts)]))


def quantity(line: DocumentLine) -> str:
    unit = UNITS.get(line.unit, line.unit)
    return f"{number_text(line.quantity)} {unit}".strip()


def price(line: DocumentLine) -> str:
    """The unit price, and for how many units it is, where that is not one."""
    figure = price_text(line.unit_price, line.currency)
    base = line.base_quantity
    return figure if base is None or base == Decimal(1) else f"{figure} / {number_text(base)}"


def rate(percent: Decimal | None) -> str:
    return "" if percent is None else f"{number_text(percent)}%"


def sums(document: Any, parts: Sequence[Any]) -> Iterable[Sum]:
    """From the lines to what is to be paid; `parts` are the document's own allowances and charges."""
    yield Sum(_("Lines"), document.line_total)
    for part in parts:
        yield Sum(_word(part), part.amount if part.is_charge else -part.amount)
    taxes = list(document.taxes.all())
    for tax in taxes:
        yield Sum(_("Tax %(rate)s on %(base)s") % {"rate": rate(tax.rate), "base": amount_text(tax.taxable)}, tax.tax)
    if not taxes and document.tax_minor:
        yield Sum(_("Tax"), document.tax)
    yield Sum(_("Total"), document.tax_inclusive, total=True)
    yield from _after_the_total(document)


def _after_the_total(document: TradeDocument) -> Iterable[Sum]:
    if not (document.prepaid_minor or document.rounding_minor):
        return
    if document.prepaid_minor:
        yield Sum(_("Paid before"), Money(-document.prepaid_minor, document.currency))
    if document.rounding_minor:
        yield Sum(_("Rounding"), document.rounding)
    yield Sum(_("To pay"), document.payable, total=True)


def _side(role: str, said: Mapping[str, Any], name: str) -> Side:
    address = said.get("address") or {}
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    lines = (address.get("line1"), address.get("line2"), address.get("line3"), town, address.get("country"))
    marks = [(_("VAT"), said.get("vat_id")), (_("Registered"), said.get("legal_id"))]
    return Side(
        role, said.get("name") or said.get("trading_name") or name, tuple(line for line in lines if line),
        tuple(f"{word} {value}" for word, value in marks if value),
    )  # fmt: skip


def _part(part: Any) -> str:
    return f"{_word(part)} {amount_text(part.amount if part.is_charge else -part.amount)}"


def _word(part: Any) -> str:
    return part.reason or (_("Charge") if part.is_charge else _("Allowance"))
