"""Applying cash and credit to invoices, and undoing it: the one place where an invoice's open amount falls or rises."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting import discounts
from eipp.ledger.posting.book import KEPT, Book
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.planned import give_way
from eipp.ledger.posting.shares import merged, refuse_more_than_open, type_of_shares

type_of_source = CashReceipt | CreditNote


def apply(actor: Actor, source: type_of_source, shares: type_of_shares, *, now: datetime | None) -> list[Application]:
    """Use a cash receipt or credit note for invoices of the same payee, each at most by what is free."""
    given = merged(shares)
    if not given:
        return []
    invoices, accounts = lock_invoices([invoice for invoice, _ in given], accounts=[source.account_id])
    fresh = source.__class__.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    pairs = [(invoice, amount) for invoice, (_, amount) in zip(invoices, given, strict=True)]
    refuse_unfit(fresh, pairs)
    book = Book(accounts, now=now or clock.now())
    made = enter(book, fresh, pairs)
    book.save(invoices)
    book.write()
    record(actor, "application.made", made, book)
    show([(source, fresh), *zip([invoice for invoice, _ in given], invoices, strict=True)])
    return made


def enter(book: Book, source: type_of_source, pairs: type_of_shares) -> list[Application]:
    """The applications of locked and checked rows; the caller saves the invoices and writes the book."""
    made = draw(book, source, pairs)
    use(source, -sum(amount.minor for _, amount in pairs))
    return Application.objects.bulk_create(made)


def draw(book: Book, source: type_of_source, pairs: type_of_shares) -> list[Application]:
    """The same, with nothing written yet: for sets, of which the caller writes each kind in one statement."""
    book.take_up(invoice for invoice, _ in pairs)
    give_way(book, pairs)
    column = "paid_minor" if isinstance(source, CashReceipt) else "credited_minor"
    made = []
    for invoice, amount in pairs:
        made.append(_row(book, source, invoice, amount.minor))
        _move(book, source, invoice, amount, back=False)
        _change(invoice, column, amount.minor)
    discounts.earn(book, source, pairs)
    return made


def reverse_applications(
    actor: Actor, applications: Sequence[Application], *, now: datetime | None = None
) -> list[Application]:
    """Undo applications of one receipt or credit note: its money is unapplied again, the invoices reopen."""
    chosen = Application.objects.filter(pk__in=[application.pk for application in applications])
    applications = list(chosen.select_related("invoice", "receipt", "credit_note").order_by("pk"))
    if not applications:
        return []
    source = applications[0].source
    rows = [application.invoice for application in applications]
    invoices, accounts = lock_invoices(rows, accounts=[source.account_id])
    fresh = source.__class__.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    book = Book(accounts, now=now or clock.now())
    undone = undo(book, fresh, list(zip(applications, invoices, strict=True)))
    book.save(invoices)
    book.write()
    record(actor, "application.reversed", undone, book)
    show([(source, fresh), *zip(rows, invoices, strict=True)])
    return undone


def undo(book: Book, source: type_of_source, pairs: Sequence[tuple[Application, Invoice]]) -> list[Application]:
    """The reversing rows of applications to locked invoices. Raises Refusal (409) for one that is undone already."""
    ids = [application.pk for application, _ in pairs]
    if Application.objects.filter(reverses__in=ids).exists() or any(row.reverses_id for row, _ in pairs):
        raise Refusal("already_reversed", "This application was undone before. Reload to see where it stands.")
    book.take_up(invoice for _, invoice in pairs)
    column = "paid_minor" if isinstance(source, CashReceipt) else "credited_minor"
    undone = []
    for application, invoice in pairs:
        undone.append(_row(book, source, invoice, -application.amount_minor, reverses=application))
        _move(book, source, invoice, application.amount, back=True)
        _change(invoice, column, -application.amount_minor)
    discounts.take_back(book, source, [invoice for _, invoice in pairs])
    use(source, sum(application.amount_minor for application, _ in pairs))
    return Application.objects.bulk_create(undone)


def record(actor: Actor, name: str, applications: Sequence[Application], book: Book) -> None:
    """One event per application, in the timelines of the invoice and of what was used."""
    events.record_all([*drafts_of(name, applications), *book.told()], actor, now=book.now)


def drafts_of(name: str, applications: Sequence[Application]) -> list[events.Draft]:
    return [
        events.Draft(
            name,
            row,
            concerns=[row.invoice, row.source],
            data={
                "amount": Money(abs(row.amount_minor), row.currency).text,
                "currency": row.currency,
                "invoice": row.invoice.number,
                "open": row.invoice.open.text,
                "source": events.kind_of(row.source),
                "number": getattr(row.source, "number", "") or getattr(row.source, "reference", ""),
            },
        )
        for row in applications
    ]


def show(pairs: Sequence[tuple[Any, Any]]) -> None:
    """Let the caller's rows show what the locked ones became, without another query."""
    for given, fresh in pairs:
        columns = KEPT if isinstance(given, Invoice) else _USABLE
        for column in columns:
            if hasattr(fresh, column):
                setattr(given, column, getattr(fresh, column))


_USABLE = ("unapplied_minor", "set_aside_minor", "given_back_minor", "open_minor", "reversed_at", "reversal_reason")


def use(source: type_of_source, difference: int) -> None:
    """Change what is left of a locked receipt or credit note."""
    column = "unapplied_minor" if isinstance(source, CashReceipt) else "open_minor"
    setattr(source, column, getattr(source, column) + difference)
    source.save(update_fields=[column])


def refuse_unfit(source: type_of_source, pairs: type_of_shares) -> None:
    """Raise Refusal when an invoice is of another currency, payee or buyer, or more is asked than there is."""
    left = source.unapplied if isinstance(source, CashReceipt) else source.open
    for invoice, _ in pairs:
        if invoice.currency != source.currency:
            raise Refusal(
                "wrong_currency", f"{invoice.number} is in {invoice.currency}, not {source.currency}.", status=422
            )
        if invoice.legal_entity_id != source.legal_entity_id:
            raise Refusal("other_payee", f"{invoice.number} is owed to another company than was paid.", status=422)
        if invoice.account_id != source.account_id and (not source.buyer_id or invoice.buyer_id != source.buyer_id):
            raise Refusal("other_buyer", f"Invoice {invoice.number} belongs to another customer.", status=422)
    asked = total((amount for _, amount in pairs), source.currency)
    if asked > left:
        raise Refusal("more_than_left", f"Only {left} is left to apply, not {asked}.", status=409)
    refuse_more_than_open(pairs, over_planned=True)


def _row(book: Book, source: type_of_source, invoice: Invoice, minor: int, **more: Any) -> Application:
    return Application(
        invoice=invoice, amount_minor=minor, currency=invoice.currency, applied_on=book.day(invoice.account_id),
        recorded_at=book.now, **_document(source), **more,
    )  # fmt: skip


def _move(book: Book, source: type_of_source, invoice: Invoice, amount: Money, *, back: bool) -> None:
    """From the invoice's receivable to what is used, or back; over `transfer` when the accounts differ."""
    used = LedgerAccount.UNAPPLIED if isinstance(source, CashReceipt) else LedgerAccount.CREDIT_NOTES
    kind = "application_reversal" if back else "application"
    steps = [(invoice.account_id, LedgerAccount.RECEIVABLE, used)]
    if invoice.account_id != source.account_id:
        steps = [
            (invoice.account_id, LedgerAccount.RECEIVABLE, LedgerAccount.TRANSFER),
            (source.account_id, LedgerAccount.TRANSFER, used),
        ]
    for account_id, one, other in steps:
        ends = (other, one) if back else (one, other)
        book.post(
            kind, *ends, amount, account_id=account_id, document_date=book.day(account_id), invoice=invoice,
            **_document(source),
        )  # fmt: skip


def _change(invoice: Invoice, column: str, difference: int) -> None:
    setattr(invoice, column, getattr(invoice, column) + difference)
    invoice.open_minor -= difference


def _document(source: type_of_source) -> dict[str, Any]:
    return {"receipt": source} if isinstance(source, CashReceipt) else {"credit_note": source}
