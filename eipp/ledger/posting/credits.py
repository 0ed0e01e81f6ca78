"""Posting credit notes and using them for invoices."""

from dataclasses import replace
from datetime import datetime

from eipp.accounts.models import LegalEntity
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.application import Application
from eipp.ledger.credit_note import CreditNote, CreditNoteAllowanceCharge, CreditNoteLine, CreditNoteTax
from eipp.ledger.draft import CreditNoteDraft
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting import applications, numbers
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.periods import refuse_closed
from eipp.ledger.posting.planned import within_reach
from eipp.ledger.posting.rows import Parts, head, refuse_wrong_sums
from eipp.ledger.posting.shares import type_of_shares


def post_credit_note(
    actor: Actor, draft: CreditNoteDraft, *, now: datetime | None = None, apply_to: Invoice | None = None
) -> CreditNote:
    """Post a credit note; `apply_to` takes of it what is free there, the rest stays usable credit.

    Without a number it takes the next of our own range. Release a dispute's hold before: what is held is not free.
    Events: `credit_note.posted`, `application.made`. Raises Refusal as `post_invoices` does.
    """
    refuse_wrong_sums(draft)
    if not draft.payable:
        raise Refusal("amount_not_positive", "A credit note gives back more than zero.", status=422, field="payable")
    invoices, accounts = lock_invoices([apply_to] if apply_to else [], accounts=[draft.account.pk])
    book = Book(accounts, now=now or clock.now())
    account = accounts[draft.account.pk]
    refuse_closed(account, draft.issue_date, "The credit note")
    draft = _numbered(draft, draft.legal_entity or account.legal_entity)
    note: CreditNote = head(
        CreditNote, draft, account, now=book.now, reason=draft.reason, corrects=draft.corrects,
        dispute_id=draft.dispute_id,
    )  # fmt: skip
    parts = Parts("credit_note", CreditNoteLine, CreditNoteAllowanceCharge, CreditNoteTax)
    parts.add(note, draft)
    numbers.insert(CreditNote, [note], parts.write)
    book.post(
        "credit_note", LedgerAccount.CREDIT_NOTES, LedgerAccount.SALES, note.payable,
        account_id=account.pk, document_date=note.issue_date, credit_note=note,
    )  # fmt: skip
    made = _use_at_once(book, note, invoices)
    book.save(invoices)
    book.write()
    _record(actor, note, invoices, book)
    applications.record(actor, "application.made", made, book)
    applications.show(list(zip([apply_to] if apply_to else [], invoices, strict=True)))
    return note


def apply_credit(
    actor: Actor, credit_note: CreditNote, shares: type_of_shares, *, now: datetime | None = None
) -> list[Application]:
    """Use a credit note for chosen invoices. Events: `application.made`. Refuses as `apply_receipt` does."""
    return applications.apply(actor, credit_note, shares, now=now)


def _numbered(draft: CreditNoteDraft, entity: LegalEntity) -> CreditNoteDraft:
    """`CN-<year>-<five digits>`, gapless per legal entity and year."""
    if draft.number:
        return draft
    year = draft.issue_date.year
    (number,) = numbering.take(f"credit_note:{entity.pk}:{year}")
    return replace(draft, number=f"CN-{year}-{number:05}")


def _use_at_once(book: Book, note: CreditNote, invoices: list[Invoice]) -> list[Application]:
    pairs = [(invoice, min(within_reach(invoice), note.open)) for invoice in invoices]
    pairs = [(invoice, amount) for invoice, amount in pairs if amount]
    applications.refuse_unfit(note, pairs)
    return applications.enter(book, note, pairs) if pairs else []


def _record(actor: Actor, note: CreditNote, invoices: list[Invoice], book: Book) -> None:
    concerned = [row for row in (note.corrects, *invoices) if row]
    events.record_all(
        [
            events.Draft(
                "credit_note.posted",
                note,
                concerns=concerned,
                data={
                    "amount": note.payable.text,
                    "currency": note.currency,
                    "number": note.number,
                    "invoice": concerned[0].number if concerned else "",
                    "dispute": str(note.dispute_id or ""),
                    "reason": note.reason,
                    "left": Money(note.open_minor, note.currency).text,
                },
            )
        ],
        actor,
        now=book.now,
    )
