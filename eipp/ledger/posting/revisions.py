"""The next version of an invoice, and an invoice taken back (feature C8)."""

from datetime import date, datetime

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit, terms
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.draft import InvoiceDraft
from eipp.ledger.invoice import Invoice, InvoiceAllowanceCharge, InvoiceLine, InvoiceTax
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting import numbers
from eipp.ledger.posting.applications import show
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.credits import post_credit_note
from eipp.ledger.posting.discounts import Terms
from eipp.ledger.posting.invoices import invoice_parts, post_amount
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.planned import give_all_way
from eipp.ledger.posting.rows import HEAD, head_values, line_values, refuse_overlong, refuse_wrong_sums


def money_differs(invoice: Invoice, draft: InvoiceDraft) -> bool:
    """Whether the draft asks for other money than the invoice: currency, totals, or a line's number or amount."""
    totals = ("line_total", "tax_exclusive", "tax", "tax_inclusive", "payable")
    if invoice.currency != draft.currency or any(getattr(invoice, name) != getattr(draft, name) for name in totals):
        return True
    lines = [(line.line_number, line.net_minor, line.quantity) for line in invoice.lines.all()]
    return lines != [(line.line_number, line.net.minor, line.quantity) for line in draft.lines]


def revise_invoice(actor: Actor, invoice: Invoice, draft: InvoiceDraft, *, now: datetime | None = None) -> Invoice:
    """Take the next version: other references, dates and texts at any time, other money by `reverse_invoice`."""
    if money_differs(invoice, draft):
        return reverse_invoice(actor, invoice, draft, now=now)
    fresh, book = _begin(invoice, draft, now)
    changed = []
    for row, line in zip(fresh.lines.order_by("position"), draft.lines, strict=True):
        for name, value in line_values(draft, line).items():
            setattr(row, name, value)
        refuse_overlong(row)
        changed.append(row)
    columns = list(line_values(draft, draft.lines[0])) if draft.lines else []
    if changed:
        InvoiceLine.objects.bulk_update(changed, columns)
    _finish(invoice, fresh, book)
    return invoice


def reverse_invoice(actor: Actor, invoice: Invoice, draft: InvoiceDraft, *, now: datetime | None = None) -> Invoice:
    """Other money: a reversing posting and a new one, under the same id; earlier lines are kept, no longer current.

    Raises Refusal (409, `credit_and_rebill`) once anything is paid, credited, disputed or on the way.
    """
    fresh, book = _begin(invoice, draft, now, money=True)
    for model in (InvoiceLine, InvoiceAllowanceCharge, InvoiceTax):
        model.objects.filter(invoice=fresh).update(is_current=False)
    parts = invoice_parts()
    parts.add(fresh, draft)
    parts.write()
    fresh.open_minor = fresh.payable_minor
    post_amount(book, fresh)
    _finish(invoice, fresh, book)
    return invoice


def withdraw_invoice(actor: Actor, invoice: Invoice, *, reason: str, now: datetime | None = None) -> CreditNote:
    """Take an invoice back by a credit note over all of it that is not credited yet.

    Raises Refusal (409, `not_withdrawable`) once anything is paid, disputed or on the way.
    """
    moment = now or clock.now()
    (fresh,), _ = lock_invoices([invoice])
    refuse_unwithdrawable(fresh)
    issued = clock.today(fresh.supplier.time_zone, at=moment)
    draft = credit.credit_rest(fresh, issue_date=issued, reason=reason)
    mark_withdrawn(fresh, now=moment)  # before the credit is used: whoever hears of that can tell
    invoice.withdrawn_at = moment
    note = post_credit_note(actor, draft, now=moment, apply_to=fresh)
    show([(invoice, fresh)])
    return note


def refuse_unwithdrawable(fresh: Invoice) -> None:
    """Raise Refusal (409, `not_withdrawable`) for a locked invoice that has gone too far to be taken back."""
    if fresh.withdrawn_at or fresh.paid_minor or _is_held(fresh) or not fresh.open_minor:
        raise Refusal("not_withdrawable", _why_not_withdrawable(fresh))


def _why_not_withdrawable(invoice: Invoice) -> str:
    """With what to do about it, by what stands in the way."""
    if invoice.withdrawn_at:
        return f"Invoice {invoice.number} is withdrawn already."
    if not invoice.open_minor and not invoice.paid_minor:
        return f"Nothing is left of invoice {invoice.number} to withdraw: {_how_far(invoice)}."
    ways = {
        "what was paid can be refunded": invoice.paid_minor,
        "answer the dispute: accepting it credits what it holds back": invoice.disputed_minor,
        "wait until the payment has come or failed": invoice.pending_minor,
    }
    to_do = [words for words, minor in ways.items() if minor] or ["the credit that is asked for takes it back"]
    free = invoice.free.minor > 0 and not invoice.paid_minor
    rest = f"; or credit the {invoice.free} that is left" if free else ""
    return f"Invoice {invoice.number} cannot be withdrawn: {_how_far(invoice)}. To go on, {', and '.join(to_do)}{rest}."


def mark_withdrawn(invoice: Invoice, *, now: datetime) -> None:
    """The credit note that follows takes the invoice back, so that it is withdrawn, not paid."""
    invoice.withdrawn_at = now
    invoice.save(update_fields=["withdrawn_at"])


def _begin(invoice: Invoice, draft: InvoiceDraft, now: datetime | None, *, money: bool = False) -> tuple[Invoice, Book]:
    """Lock, check, reverse the old posting where the money changes, and give the head its new values."""
    refuse_wrong_sums(draft)
    (fresh,), accounts = lock_invoices([invoice])
    entity_id = draft.legal_entity.pk if draft.legal_entity else draft.account.legal_entity_id
    untouched = fresh.open_minor == fresh.payable_minor and not _is_held(fresh) and not fresh.withdrawn_at
    if (draft.account.pk, entity_id) != (fresh.account_id, fresh.legal_entity_id) or (money and not untouched):
        raise Refusal(
            "credit_and_rebill",
            f"Invoice {fresh.number} cannot be changed so any more: {_how_far(fresh)}. "
            "Send a credit note for it, and a new invoice.",
        )
    book = Book(accounts, now=now or clock.now())
    book.take_up([fresh])
    if money:
        give_all_way(book, fresh)
        book.post(
            "invoice_reversal", LedgerAccount.RECEIVABLE, LedgerAccount.SALES, fresh.payable,
            account_id=fresh.account_id, document_date=fresh.issue_date, invoice=fresh,
        )  # fmt: skip
    account = accounts[fresh.account_id]
    fresh.due_plan = terms.due_plan(draft)
    fresh.due_count = len(fresh.due_plan) or 1
    stated = date.fromisoformat(fresh.due_plan[0]["on"]) if fresh.due_plan else draft.due_date
    fresh.due_date = terms.due_date(account, issued=draft.issue_date, stated=stated)
    for name, value in head_values(draft, account).items():
        setattr(fresh, name, value)
    fresh.payee_name = terms.payee_name(draft, draft.legal_entity or account.legal_entity)
    Terms().give(fresh, draft, account)
    fresh.version += 1
    refuse_overlong(fresh)
    return fresh, book


def _finish(invoice: Invoice, fresh: Invoice, book: Book) -> None:
    terms_of = ("due_date", "due_plan", "due_count", "payee_name", "discount_terms", "discount_ends_on")
    columns = (*HEAD, *terms_of, "version")
    numbers.refuse_taken(Invoice, [fresh])
    book.save([fresh], also=columns)
    book.write()
    for name in columns:
        setattr(invoice, name, getattr(fresh, name))
    show([(invoice, fresh)])


def _is_held(invoice: Invoice) -> bool:
    """Whether a part is disputed or on the way; what is merely planned gives way."""
    return invoice.held_minor > invoice.planned_minor


def _how_far(invoice: Invoice) -> str:
    parts = {
        "paid": invoice.paid,
        "credited": invoice.credited,
        "in dispute": invoice.disputed,
        "on the way": invoice.pending,
    }
    said = [f"{amount} is {words}" for words, amount in parts.items() if amount]
    if invoice.withdrawn_at:
        said.append("it is withdrawn")
    return ", ".join(said) or "it belongs to another account or company, or is closed"
