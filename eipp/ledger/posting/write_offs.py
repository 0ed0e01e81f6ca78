"""Write-offs: closing what is left of an invoice and not worth asking for, and opening it again."""

from datetime import datetime

from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting.applications import show
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.planned import give_way
from eipp.ledger.posting.shares import merged, refuse_more_than_open


def write_off(actor: Actor, invoice: Invoice, amount: Money, *, reason: str = "", now: datetime | None = None) -> None:
    """Close so much of an invoice as a loss. Event: `invoice.written_off`. Raises Refusal (409, `more_than_open`)."""
    merged([(invoice, amount)])
    (fresh,), accounts = lock_invoices([invoice])
    refuse_more_than_open([(fresh, amount)], over_planned=True)
    book = Book(accounts, now=now or clock.now())
    book.take_up([fresh])
    give_way(book, [(fresh, amount)])
    _change(book, fresh, amount, back=False)
    _end(book, invoice, fresh)
    events.record("invoice.written_off", fresh, actor, data=_told(fresh, amount, reason), occurred_at=book.now)


def reverse_write_off(
    actor: Actor, invoice: Invoice, amount: Money, *, reason: str = "", now: datetime | None = None
) -> None:
    """Open so much of what was written off again. Event: `invoice.write_off_reversed`.

    Raises Refusal (409, `more_than_written_off`).
    """
    merged([(invoice, amount)])
    (fresh,), accounts = lock_invoices([invoice])
    if amount.minor > fresh.written_off_minor:
        raise Refusal("more_than_written_off", f"Of invoice {fresh.number}, {fresh.written_off} is written off.")
    book = Book(accounts, now=now or clock.now())
    book.take_up([fresh])
    _change(book, fresh, amount, back=True)
    _end(book, invoice, fresh)
    events.record("invoice.write_off_reversed", fresh, actor, data=_told(fresh, amount, reason), occurred_at=book.now)


def _change(book: Book, invoice: Invoice, amount: Money, *, back: bool) -> None:
    invoice.written_off_minor += -amount.minor if back else amount.minor
    invoice.open_minor += amount.minor if back else -amount.minor
    ends = (LedgerAccount.RECEIVABLE, LedgerAccount.WRITE_OFFS)
    one, other = reversed(ends) if back else ends
    book.post(
        "write_off_reversal" if back else "write_off", one, other, amount, account_id=invoice.account_id,
        document_date=book.day(invoice.account_id), invoice=invoice,
    )  # fmt: skip


def _end(book: Book, given: Invoice, fresh: Invoice) -> None:
    book.save([fresh])
    book.write()
    show([(given, fresh)])


def _told(invoice: Invoice, amount: Money, reason: str) -> dict[str, str]:
    return {
        "number": invoice.number, "amount": amount.text, "currency": amount.currency, "reason": reason,
        "open": invoice.open.text,
    }  # fmt: skip
