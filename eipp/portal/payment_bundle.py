"""Payment bundle: what becomes one payment on the pay page: invoices of one payee in one currency, and how to pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger import discount
from eipp.ledger.discount import Offer
from eipp.ledger.instalment import due_by
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.ledger.worth import worths
from eipp.web.ways import Choice

type_of_key = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line that can be paid by itself: what it comes to with its share of tax and allowances."""

    line: InvoiceLine
    amount: Money
    ticked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An invoice with the amount to pay on it, as typed or filled in; offer: the discount that it includes."""

    invoice: Invoice
    text: str
    offer: Offer | None
    lines: Sequence[LineChoice]


@dataclass(frozen=True, slots=True)
class Bundle:
    """One payment to be. key names its fields; amount: what is to be paid, without the price of the way; quoted: the
    signed prices; approves: how many invoices are approved by paying them; refusal: why it cannot be paid."""

    key: str
    payee: LegalEntity
    currency: str
    rows: Sequence[Row]
    accounts: Sequence[CustomerAccount]
    amount: Money
    ways: Sequence[Choice]
    quoted: str
    approves: int
    refusal: Refusal | None
    on_account: str
    total_text: str
    way_field: str

    @property
    def costs(self) -> bool:
        """Whether some way costs something."""
        return any(way.surcharge for way in self.ways)

    @property
    def in_all(self) -> Money:
        """What the chosen way costs, all in."""
        return next((way.in_all for way in self.ways if way.chosen and way.in_all), self.amount)


def key_of(payee_id: UUID, currency: str) -> str:
    return f"{currency}-{payee_id}"


def parted(invoices: Sequence[Invoice]) -> dict[type_of_key, list[Invoice]]:
    """By payee and currency, in the order in which they come."""
    groups: dict[type_of_key, list[Invoice]] = {}
    for invoice in invoices:
        groups.setdefault((invoice.legal_entity_id, invoice.currency), []).append(invoice)
    return groups


def to_pay(invoice: Invoice, *, on: Any) -> Money:
    """What is filled in: all that is free, less the discount that paying it today earns; of several due dates
    what is due."""
    offer = discount.offer(invoice, on=on)
    if offer:
        return offer.to_pay
    return (due_by(invoice, on) or invoice.free) if invoice.due_plan else invoice.free


def oldest_first(invoices: Sequence[Invoice], whole: Money, *, on: Any) -> tuple[dict[UUID, Money], Money]:
    """A total over invoices, what is due first being paid first and with its discount; and what is left over."""
    parts: dict[UUID, Money] = {}
    rest = whole
    for invoice in sorted(invoices, key=lambda row: (row.due_date, row.issue_date, row.number)):
        part = min(rest, to_pay(invoice, on=on))
        if part.minor > 0:
            parts[invoice.pk] = part
            rest -= part
    return parts, rest


def by_line(invoice: Invoice, ticked: set[str]) -> list[LineChoice]:
    """The lines of an invoice with what each comes to, exactly adding up to it."""
    lines = list(invoice.lines.order_by("position"))
    worth = worths(invoice, lines)
    return [LineChoice(line, Money(worth[line.pk].gross, invoice.currency), str(line.pk) in ticked) for line in lines]


def sum_of(texts: Mapping[UUID, str], invoices: Sequence[Invoice], on_account: str, currency: str) -> Money:
    """What the typed amounts come to; what cannot be read counts nothing until it is refused at its field."""
    amounts = [readable(texts[invoice.pk], currency) for invoice in invoices]
    return total([*amounts, readable(on_account, currency)], currency)


def readable(text: str, currency: str) -> Money:
    try:
        amount = Money.parse(text.replace(",", "."), currency)
    except Refusal:
        return Money.zero(currency)
    return max(amount, Money.zero(currency))
