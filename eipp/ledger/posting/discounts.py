"""Early-payment discounts: granted with the payment that earned them, and taken back when that money comes back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from eipp.accounts.discount_terms import discount_steps
from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger import discount
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.discount_rule import DiscountRule
from eipp.ledger.draft import InvoiceDraft
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.shares import refuse_more_than_open


class Terms:
    """The discount terms of invoices that are about to be posted: the draft's own, else the account's; the supplier's
    rule is read once, and only where there are any."""

    def __init__(self) -> None:
        self._rules: dict[UUID, DiscountRule] = {}

    def give(self, invoice: Invoice, draft: InvoiceDraft, account: CustomerAccount) -> None:
        agreed = invoice.discount_terms.get("agreed")  # it outlasts a correction
        steps = discount.in_terms(draft.payment_terms, issued=draft.issue_date, currency=draft.currency)
        if not steps and account.discount_terms and not invoice.is_finance_charge:
            text = discount.skonto(discount_steps(account.discount_terms))
            steps = discount.in_terms(text, issued=draft.issue_date, currency=draft.currency)
        invoice.discount_terms = self.fact(steps, account) if (steps or agreed) and invoice.payable_minor else {}
        if agreed and invoice.discount_terms:
            invoice.discount_terms["agreed"] = agreed
        invoice.discount_best_minor = discount.best(invoice).minor
        invoice.discount_ends_on = discount.ends_on(invoice)

    def fact(self, steps: Sequence[discount.Step], account: CustomerAccount) -> dict[str, Any]:
        """The terms with these steps by the supplier's rule as it stands."""
        supplier = account.supplier_id
        if supplier not in self._rules:
            self._rules[supplier] = DiscountRule.objects.filter(supplier=supplier).first() or DiscountRule()
        rule = self._rules[supplier]
        buyers = rule.zone == DiscountRule.Zone.BUYER and account.buyer is not None
        zone = account.buyer.time_zone if buyers and account.buyer else account.supplier.time_zone
        return discount.as_fact(
            steps, counts=str(rule.counts), zone=zone, in_part=rule.in_part, waits=rule.waits_for_disputes
        )


def grant_discount(
    actor: Actor, invoice: Invoice, amount: Money, *, receipt: CashReceipt | None = None, now: datetime | None = None
) -> None:
    """Close so much of an invoice as a discount, whatever its terms say: AR's own decision.

    What a payment has earned is granted of itself when it is applied. Event: `discount.granted`. Raises Refusal (409,
    `more_than_open`).
    """
    (fresh,), accounts = lock_invoices([invoice])
    refuse_more_than_open([(fresh, amount)])
    book = Book(accounts, now=now or clock.now())
    book.take_up([fresh])
    grant(book, fresh, amount, receipt)
    book.save([fresh])
    book.write()
    events.record_all(book.told(), actor, now=book.now)
    for column in ("open_minor", "discounted_minor", "closed_at"):
        setattr(invoice, column, getattr(fresh, column))


def earn(book: Book, source: Any, pairs: Sequence[tuple[Invoice, Money]]) -> None:
    """Grant what money just applied to locked invoices has earned; the caller saves them and writes the book."""
    chosen = [pair for pair in pairs if pair[0].discount_terms and pair[0].open_minor]
    if not chosen or not isinstance(source, CashReceipt):
        return
    earlier = _days([invoice for invoice, _ in chosen])
    for invoice, amount in chosen:
        day = discount.day_that_counts(invoice, received_on=source.received_on, sent_at=source.sent_at)
        won = discount.earned(invoice, amount, days=[*earlier[invoice.pk], day])
        if won:
            grant(book, invoice, won, source)


def grant(book: Book, invoice: Invoice, amount: Money, receipt: CashReceipt | None) -> None:
    invoice.discounted_minor += amount.minor
    invoice.open_minor -= amount.minor
    _post(book, invoice, amount, receipt, back=False)
    book.tell(_record("discount.granted", invoice, amount))


def take_back(book: Book, source: Any, invoices: Iterable[Invoice]) -> None:
    """Money of locked invoices comes back: what it had earned is owed again. All of it, where all had to be paid."""
    chosen = {invoice.pk: invoice for invoice in invoices if invoice.discounted_minor}
    if not chosen or not isinstance(source, CashReceipt):
        return
    standing: dict[tuple[Any, Any], int] = defaultdict(int)
    rows = Posting.objects.filter(invoice__in=chosen).filter(kind__in=("discount", "discount_reversal"))
    receipts: dict[Any, CashReceipt | None] = {}
    for row in rows.select_related("receipt"):
        standing[row.invoice_id, row.receipt_id] += row.amount_minor * (1 if row.kind == "discount" else -1)
        receipts[row.receipt_id] = row.receipt
    for (key, receipt_id), minor in standing.items():
        invoice = chosen[key]
        if minor and (receipt_id == source.pk or (receipt_id and not invoice.discount_terms.get("in_part"))):
            amount = Money(minor, invoice.currency)
            invoice.discounted_minor -= minor
            invoice.open_minor += minor
            _post(book, invoice, amount, receipts[receipt_id], back=True)
            book.tell(_record("discount.reversed", invoice, amount))


def extend_discount(actor: Actor, invoice: Invoice, amount: Money, *, days: int) -> None:
    """The deadline waited so many days for a part of the invoice that was in dispute and is to be paid after all."""
    (fresh,), _ = lock_invoices([invoice])
    if not fresh.discount_terms.get("waits") or not discount.steps_of(fresh) or days < 1 or not amount:
        return
    fresh.discount_terms["waited"] = {"minor": amount.minor, "days": days}
    fresh.discount_ends_on = discount.ends_on(fresh)
    fresh.save(update_fields=["discount_terms", "discount_ends_on"])
    invoice.discount_terms, invoice.discount_ends_on = fresh.discount_terms, fresh.discount_ends_on


def _days(invoices: Sequence[Invoice]) -> Mapping[UUID, list[date]]:
    """On which days the money came that pays each so far, by the invoice's rule: one query."""
    by_id = {invoice.pk: invoice for invoice in invoices}
    rows = Application.objects.filter(invoice__in=by_id, receipt__isnull=False, reverses=None, reversed_by=None)
    found: dict[UUID, list[date]] = defaultdict(list)
    for row in rows.select_related("receipt").order_by("recorded_at", "pk"):
        if row.receipt:
            invoice, receipt = by_id[row.invoice_id], row.receipt
            day = discount.day_that_counts(invoice, received_on=receipt.received_on, sent_at=receipt.sent_at)
            found[row.invoice_id].append(day)
    return found


def _post(book: Book, invoice: Invoice, amount: Money, receipt: CashReceipt | None, *, back: bool) -> None:
    ends = (LedgerAccount.RECEIVABLE, LedgerAccount.DISCOUNTS)
    one, other = reversed(ends) if back else ends
    book.post(
        "discount_reversal" if back else "discount", one, other, amount, account_id=invoice.account_id,
        document_date=book.day(invoice.account_id), invoice=invoice, receipt=receipt,
    )  # fmt: skip


def _record(name: str, invoice: Invoice, amount: Money) -> events.Draft:
    data = {"amount": amount.text, "currency": amount.currency, "number": invoice.number, "open": invoice.open.text}
    return events.Draft(name, invoice, data=data)
