"""Posting invoices: any number in a constant number of statements."""

from collections.abc import Sequence
from datetime import date, datetime

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.ledger import terms
from eipp.ledger.draft import InvoiceDraft
from eipp.ledger.invoice import Invoice, InvoiceAllowanceCharge, InvoiceLine, InvoiceTax
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting import numbers
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.discounts import Terms
from eipp.ledger.posting.locks import lock_accounts
from eipp.ledger.posting.periods import refuse_closed
from eipp.ledger.posting.rows import Parts, head, refuse_wrong_sums


def post_invoices(actor: Actor, drafts: Sequence[InvoiceDraft], *, now: datetime) -> list[Invoice]:
    """Post invoices; each counts in its account's balances at once and is presented as of now.

    Raises Refusal, and then posts none: `number_taken`, `external_id_taken` (409); `totals_differ`,
    `negative_payable`, `due_before_issue`, `too_long`, `wrong_currency` (422). The event, `invoice.presented`, is
    presentment's.
    """
    for draft in drafts:
        refuse_wrong_sums(draft)
    book = Book(lock_accounts({draft.account.pk for draft in drafts}), now=now)
    parts, discounts = invoice_parts(), Terms()
    invoices = []
    for draft in drafts:
        invoice = _invoice(draft, book.accounts[draft.account.pk], now)
        if not invoice.is_finance_charge:
            refuse_closed(book.accounts[draft.account.pk], draft.issue_date, f"Invoice {draft.number}")
        discounts.give(invoice, draft, book.accounts[draft.account.pk])
        parts.add(invoice, draft)
        post_amount(book, invoice)
        invoices.append(invoice)
    numbers.insert(Invoice, invoices, parts.write)
    book.take_up(invoices, new=True)
    book.write()
    return invoices


def invoice_parts() -> Parts:
    return Parts("invoice", InvoiceLine, InvoiceAllowanceCharge, InvoiceTax)


def post_amount(book: Book, invoice: Invoice) -> None:
    """What the invoice asks for becomes receivable."""
    book.post(
        str(invoice.kind), LedgerAccount.SALES, LedgerAccount.RECEIVABLE, invoice.payable,
        account_id=invoice.account_id, document_date=invoice.issue_date, invoice=invoice,
    )  # fmt: skip


def _invoice(draft: InvoiceDraft, account: CustomerAccount, now: datetime) -> Invoice:
    plan = terms.due_plan(draft)
    stated = date.fromisoformat(plan[0]["on"]) if plan else draft.due_date
    due = terms.due_date(account, issued=draft.issue_date, stated=stated)
    closed = None if draft.payable else now
    payee = terms.payee_name(draft, draft.legal_entity or account.legal_entity)
    return head(
        Invoice, draft, account, now=now, due_date=due, kind=draft.kind, presented_at=now, closed_at=closed,
        payee_name=payee, due_plan=plan, due_count=len(plan) or 1,
    )  # fmt: skip
