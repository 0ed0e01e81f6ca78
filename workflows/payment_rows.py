"""Payment rows: invoice numbers and amounts as somebody pasted or sent them, each looked up and judged, by row.

Nothing is guessed and nothing moves here: a row with a fault says so, and the others can be paid.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents import figures
from documents.payment_sheet import PaymentRow
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.refusal import Refusal
from eipp.ledger import discount
from eipp.ledger.document import fold
from eipp.ledger.models import Invoice

MOST = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with the invoice it means and the amount to pay on it, or with its fault (a code and a sentence)."""

    row: PaymentRow
    invoice: Invoice | None = None
    amount: Money | None = None
    code: str = ""
    fault: str = ""


def judge(actor: Actor, rows: Sequence[PaymentRow], *, on: date) -> list[Judged]:
    """Each row with its invoice and amount, or its fault. A constant number of queries for any number of rows.

    Faults: `invalid_row`, `unknown_invoice` (not there, or not yours to see), `several_invoices`, `duplicate_row`,
    `withdrawn`, `wrong_currency`, `closed`, `invalid_amount`, `amount_not_positive`, `more_than_open`. Refusal (422)
    for none or over 500.
    """
    if not rows:
        raise Refusal("no_rows", "Name at least one invoice, each on a line of its own.", status=422, field="rows")
    if len(rows) > MOST:
        sentence = f"These are {len(rows):,} rows; pay at most {MOST} invoices at a time."
        raise Refusal("too_many_rows", sentence, status=422, field="rows")
    found: dict[str, list[Invoice]] = defaultdict(list)
    wanted = {fold(row.number) for row in rows if row.number}
    invoices = Invoice.objects.visible_to(actor).filter(number_folded__in=wanted)
    for invoice in invoices.select_related("account", "legal_entity__organisation", "supplier"):
        found[invoice.number_folded].append(invoice)
    mark = figures.decimal_mark(row.amount for row in rows if not row.exact)
    times = Counter(fold(row.number) for row in rows)
    return [_judged(row, found[fold(row.number)], times[fold(row.number)], mark, on) for row in rows]


def _judged(row: PaymentRow, found: list[Invoice], times: int, mark: str, on: date) -> Judged:
    if row.fault:
        return Judged(row, code="invalid_row", fault=row.fault)
    if len(found) > 1:
        found = [invoice for invoice in found if invoice.open_minor] or found
    if len(found) > 1:
        return Judged(row, code="several_invoices", fault="Several invoices have this number: choose it in the list.")
    if not found:
        return Judged(row, code="unknown_invoice", fault="There is no such invoice that you can see.")
    invoice = found[0]
    if times > 1:
        return Judged(row, invoice, code="duplicate_row", fault="This invoice stands in several rows: leave one.")
    if invoice.withdrawn_at:
        return Judged(row, invoice, code="withdrawn", fault="The invoice was withdrawn: nothing is to be paid.")
    if row.currency and row.currency != invoice.currency:
        sentence = f"The invoice is in {invoice.currency}, not in {row.currency}."
        return Judged(row, invoice, code="wrong_currency", fault=sentence)
    if not invoice.open_minor:
        return Judged(row, invoice, code="closed", fault="The invoice is closed: nothing is open.")
    return _with_amount(row, invoice, mark, on)


def _with_amount(row: PaymentRow, invoice: Invoice, mark: str, on: date) -> Judged:
    if not row.amount:
        offer = discount.offer(invoice, on=on)
        amount = offer.to_pay if offer else invoice.free
    else:
        read = _read(row, invoice.currency, mark)
        if read is None:
            sentence = f"This is no amount in {invoice.currency}: write it as {Money(123456, invoice.currency).text}."
            return Judged(row, invoice, code="invalid_amount", fault=sentence)
        amount = read
        if amount.minor <= 0:
            return Judged(row, invoice, code="amount_not_positive", fault="Pay more than zero.")
    if amount > invoice.free or not amount:
        sentence = f"Of it, {invoice.free} is left to pay: {amount} is too much."
        return Judged(row, invoice, code="more_than_open", fault=sentence)
    return Judged(row, invoice, amount)


def _read(row: PaymentRow, currency: str, mark: str) -> Money | None:
    """The amount, where it can be read in one way alone; as many decimals as the currency has are its own."""
    try:
        return Money.parse(row.amount, currency)
    except Refusal:
        number = Decimal(row.amount) if row.exact else figures.amount(row.amount, mark)
    if number is None or number != round(number, decimals(currency)) or abs(number) >= 10**12:
        return None
    return Money.of(number, currency)
