"""The dry run of a claim: each row with its invoice, reason and worth, or why it cannot be filed; nothing is done.

Filing does the same check under lock, so what is shown before is what happens, unless somebody was quicker.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from documents.claim_sheet import SheetRow
from documents.columns import folded
from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CreditNote, Invoice, InvoiceLine
from workflows.disputable import units_left, worth_of
from workflows.dispute import REASONS
from workflows.remittance_matching import Finder

MOST_ROWS = 500
#: Words by which people name a reason -> our code, beside the codes and their own words.
SYNONYMS = {
    "quantity": ("short", "shortage", "short shipment", "short delivery", "missing", "fehlmenge", "menge", "overage"),
    "not_received": ("not delivered", "lost", "nicht erhalten", "nicht geliefert"),
    "damaged": ("damage", "broken", "defect", "defective", "beschadigt", "defekt", "bruch", "quality"),
    "price": ("pricing", "price difference", "wrong price", "preis", "preisabweichung", "prix"),
    "promotion": ("promo", "rebate", "bonus", "discount", "programme", "program", "rabatt", "aktion", "remise"),
    "duplicate": ("double", "twice", "doppelt"),
    "freight": ("shipping", "fracht", "transport"),
    "tax": ("vat", "sales tax", "steuer", "mwst", "exemption"),
    "order_number": ("order number", "po number", "purchase order", "bestellnummer"),
    "bill_to": ("bill to", "wrong address"),
    "proof_of_delivery": ("proof of delivery", "pod"),
    "terms": ("payment terms", "zahlungsziel"),
}
_CODES = {
    folded(name): code
    for code, word in REASONS.items()
    for name in (code.replace("_", " "), word, *SYNONYMS.get(code, ()))
}


@dataclass(slots=True)
class CheckedRow:
    """A row and what it comes to. fault: why it cannot be filed; note: what should be seen before it is."""

    sheet: SheetRow
    reason: str = ""
    invoice: Invoice | None = None
    line: InvoiceLine | None = None
    amount: Money | None = None
    fault: str = ""
    note: str = ""

    @property
    def said(self) -> str:
        """The row's words, as they go into the dispute."""
        about = f"Line {self.sheet.line}: " if self.sheet.line and not self.line else ""
        return f"{about}{self.sheet.comment}".strip() if self.sheet.comment or about else ""


@dataclass(slots=True)
class Group:
    """Rows that become one dispute: those of one invoice and reason, by units or by amount."""

    invoice: Invoice | None
    reason: str
    currency: str
    rows: list[CheckedRow] = field(default_factory=list)

    @property
    def units(self) -> list[tuple[InvoiceLine, Decimal]]:
        wanted: dict[UUID, Decimal] = defaultdict(Decimal)
        lines = {row.line.pk: row.line for row in self.rows if row.line}
        for row in self.rows:
            if row.line and row.sheet.quantity:
                wanted[row.line.pk] += row.sheet.quantity
        return [(lines[pk], quantity) for pk, quantity in wanted.items()]

    @property
    def amount(self) -> Money:
        return total([row.amount for row in self.rows if row.amount], self.currency)


def check(actor: Actor, account: CustomerAccount, rows: Sequence[SheetRow]) -> list[CheckedRow]:
    """All rows, in their order. Refusal 422 for more than 500 of them; otherwise what is wrong stands in the rows."""
    if len(rows) > MOST_ROWS:
        sentence = f"At most {MOST_ROWS} rows are filed at once, not {len(rows):,}; send the sheet in parts."
        raise Refusal("too_many_rows", sentence, status=422, field="rows")
    checked = [CheckedRow(row, fault=row.fault) for row in rows]
    _find_reasons(checked)
    _find_invoices(checked, actor, account)
    _find_lines(checked)
    _read_amounts(checked, account)
    _reckon(checked)
    return checked


def groups_of(rows: Iterable[CheckedRow]) -> list[Group]:
    """The disputes that the faultless rows become."""
    found: dict[tuple[UUID | None, str, bool], Group] = {}
    for row in rows:
        if row.fault:
            continue
        key = (row.invoice.pk if row.invoice else None, row.reason, row.line is not None)
        currency = row.invoice.currency if row.invoice else row.amount.currency if row.amount else ""
        found.setdefault(key, Group(row.invoice, row.reason, currency)).rows.append(row)
    return list(found.values())


def reason_of(text: str) -> str:
    """The reason's code that a text means; empty where it means none."""
    plain = folded(text)
    if plain in _CODES:
        return _CODES[plain]
    found = [name for name in _CODES if f" {name} " in f" {plain} "]
    return _CODES[max(found, key=len)] if found else ""


def _find_reasons(rows: Sequence[CheckedRow]) -> None:
    for row in _whole(rows):
        row.reason = reason_of(row.sheet.reason)
        if not row.reason:
            said = f"“{row.sheet.reason[:40]}” is no reason that we know" if row.sheet.reason else "No reason is given"
            row.fault = f"{said}; write one of: {', '.join(REASONS.values())}."


def _find_invoices(rows: Sequence[CheckedRow], actor: Actor, account: CustomerAccount) -> None:
    """The invoice of each row; a row that names none is about the account alone."""
    finder = Finder(account, [row.sheet.invoice for row in rows])
    found = [(row, *finder.find(row.sheet.invoice)) for row in _whole(rows) if row.sheet.invoice]
    ids = {document.pk for _, document, _ in found if isinstance(document, Invoice)}
    seen = set(Invoice.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    for row, document, fault in found:
        if isinstance(document, CreditNote):
            row.fault = f"{document.number} is a credit note; name the invoice."
        elif document is None or document.pk not in seen:
            row.fault = fault or f"No invoice has the number {row.sheet.invoice[:60]} in account {account.number}."
        elif document.currency != account.currency:
            row.fault = f"Invoice {document.number} is in {document.currency}, the account in {account.currency}."
        elif document.withdrawn_at or not document.open_minor:
            row.fault = f"Nothing of invoice {document.number} is open, so nothing of it can be kept back."
        else:
            row.invoice = document


def _find_lines(rows: Sequence[CheckedRow]) -> None:
    """Units are claimed of lines; a quantity without a line means the only one that the invoice has."""
    wanted = [row for row in _whole(rows) if row.sheet.quantity is not None]
    lines: dict[UUID, list[InvoiceLine]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(invoice__in={row.invoice.pk for row in wanted if row.invoice}):
        lines[line.invoice_id].append(line)
    left = units_left([line for each in lines.values() for line in each])
    for row in wanted:
        if row.invoice is None:
            row.fault = "A quantity needs the invoice and the line that it is of."
            continue
        row.fault = _choose_line(row, lines[row.invoice.pk], left)


def _choose_line(row: CheckedRow, lines: Sequence[InvoiceLine], left: dict[UUID, Decimal]) -> str:
    assert row.invoice and row.sheet.quantity is not None
    number = folded(row.sheet.line)
    fitting = [line for line in lines if folded(line.line_number) == number] if number else list(lines)
    if len(fitting) != 1:
        known = ", ".join(line.line_number for line in lines[:20])
        return f"Invoice {row.invoice.number} has no one line “{row.sheet.line}”; its lines are {known}."
    line, quantity = fitting[0], row.sheet.quantity
    if not 0 < quantity <= left[line.pk]:
        return f"Of line {line.line_number}, between 0 and {left[line.pk].normalize():f} units can be disputed."
    left[line.pk] -= quantity
    row.line = line
    return ""


def _read_amounts(rows: Sequence[CheckedRow], account: CustomerAccount) -> None:
    for row in _whole(rows):
        if row.line:
            continue
        currency, amount = row.invoice.currency if row.invoice else account.currency, row.sheet.amount
        if amount is None:
            row.fault = "Give an amount, or a line with a quantity."
        elif not 0 < amount < 10**12 or amount != round(amount, decimals(currency)):
            row.fault = f"{amount:f} is no amount in {currency} that can be claimed."
        else:
            row.amount = Money.of(amount, currency)


def _reckon(rows: Sequence[CheckedRow]) -> None:
    """What the rows are worth, and whether so much is free of their invoices, all rows together."""
    free: dict[UUID, Money] = {}
    for group in groups_of(rows):
        if group.invoice is None:
            continue
        left = free.get(group.invoice.pk, group.invoice.free)
        if not group.units:
            free[group.invoice.pk] = _take_amounts(group, left)
            continue
        try:
            worth = _worth_of_units(group)
        except Refusal as refusal:
            _blame(group.rows, refusal.sentence)
            continue
        if worth > left:
            _blame(group.rows, _too_much(group.invoice, left, worth))
            continue
        free[group.invoice.pk] = left - worth


def _take_amounts(group: Group, left: Money) -> Money:
    """What is left of the invoice behind the rows that it has room for."""
    assert group.invoice
    for row in group.rows:
        assert row.amount
        if row.amount > left:
            row.fault = _too_much(group.invoice, left, row.amount)
        else:
            left -= row.amount
    return left


def _too_much(invoice: Invoice, left: Money, claimed: Money) -> str:
    return f"Of invoice {invoice.number}, {left} are free; {claimed} are claimed."


def _worth_of_units(group: Group) -> Money:
    """The worth of a group's units with tax, parted among its rows so that no cent is lost."""
    assert group.invoice
    worth = worth_of(group.invoice, group.units)
    weights = [
        abs(row.line.net_minor * (row.sheet.quantity or 0) / row.line.quantity) for row in group.rows if row.line
    ]
    shares = worth.split(weights) if sum(weights) else [worth, *[Money.zero(worth.currency)] * (len(weights) - 1)]
    for row, share in zip(group.rows, shares, strict=True):
        row.amount = share
        said = row.sheet.amount
        if said is not None and said != share.amount:
            row.note = f"The sheet says {said:f}; the units are worth {share} with tax."
    return worth


def _blame(rows: Iterable[CheckedRow], fault: str) -> None:
    for row in rows:
        row.fault = fault


def _whole(rows: Iterable[CheckedRow]) -> list[CheckedRow]:
    return [row for row in rows if not row.fault]
