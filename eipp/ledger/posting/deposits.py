"""Deposits: what came in on one day, each with the invoices that it is for; posted and applied as a set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel import clock, events, rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.account_balance import AccountBalance
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.document import fold
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting import applications
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.shares import merged, type_of_shares


@dataclass(frozen=True, slots=True)
class Deposit:
    """One amount that came for one account; what the shares leave of it is unapplied cash, kept for an order where one
    is said."""

    account: CustomerAccount
    amount: Money
    received_on: date
    kind: str
    reference: str = ""
    external_id: str = ""
    legal_entity: LegalEntity | None = None
    shares: type_of_shares = ()
    order_reference: str = ""


def post_deposits(actor: Actor, deposits: Sequence[Deposit], *, now: datetime | None = None) -> list[CashReceipt]:
    """Post each as a cash receipt and apply it to its shares: a constant number of statements for any number.

    All or nothing. Events: `cash_receipt.posted`, `application.made`. Raises Refusal as `post_receipt` and
    `apply_receipt` do.
    """
    if not deposits:
        return []
    given = [merged(deposit.shares) for deposit in deposits]
    wanted = {invoice.pk: invoice for shares in given for invoice, _ in shares}
    locked, accounts = lock_invoices(list(wanted.values()), accounts=[each.account.pk for each in deposits])
    fresh = dict(zip(wanted, locked, strict=True))
    _refuse_known(deposits)
    book = Book(accounts, now=now or clock.now())
    receipts, made, drafts = [], [], []
    for deposit, shares in zip(deposits, given, strict=True):
        receipt = _receipt(deposit, accounts[deposit.account.pk], book)
        pairs = [(fresh[invoice.pk], amount) for invoice, amount in shares]
        applications.refuse_unfit(receipt, pairs)
        drawn = applications.draw(book, receipt, pairs)
        receipt.unapplied_minor -= sum(amount.minor for _, amount in pairs)
        receipts.append(receipt)
        made += drawn
        drafts += [_draft(receipt), *applications.drafts_of("application.made", drawn), *book.told()]
    rows.insert(receipts)
    Application.objects.bulk_create(made)
    book.save(locked)
    book.write()
    note_last_payments(receipts)
    events.record_all(drafts, actor, now=book.now)
    return receipts


def note_last_payments(receipts: Sequence[CashReceipt]) -> None:
    """Keep on the accounts' balances when and how much was paid last: one statement."""
    own = {"account": OuterRef("account"), "currency": OuterRef("currency"), "reversed_at__isnull": True}
    last = CashReceipt.objects.filter(**own).order_by("-received_on", "-id")
    balances = AccountBalance.objects.filter(account__in={receipt.account_id for receipt in receipts})
    balances.filter(currency__in={receipt.currency for receipt in receipts}).update(
        last_payment_on=Subquery(last.values("received_on")[:1]),
        last_payment_minor=Subquery(last.values("amount_minor")[:1]),
    )


def _receipt(deposit: Deposit, account: CustomerAccount, book: Book) -> CashReceipt:
    amount = deposit.amount
    if amount.minor <= 0:
        raise Refusal("amount_not_positive", f"A cash receipt is more than zero, not {amount}.", status=422)
    receipt = CashReceipt(
        supplier_id=account.supplier_id, buyer_id=account.buyer_id, account=account,
        legal_entity_id=deposit.legal_entity.pk if deposit.legal_entity else account.legal_entity_id,
        amount_minor=amount.minor, unapplied_minor=amount.minor, currency=amount.currency,
        received_on=deposit.received_on, kind=deposit.kind, reference=deposit.reference[:200],
        external_id=deposit.external_id, posted_at=book.now,
        order_reference=deposit.order_reference, order_folded=fold(deposit.order_reference),
    )  # fmt: skip
    book.post(
        "receipt", LedgerAccount.UNAPPLIED, LedgerAccount.CASH, amount,
        account_id=account.pk, document_date=deposit.received_on, receipt=receipt,
    )  # fmt: skip
    return receipt


def _refuse_known(deposits: Sequence[Deposit]) -> None:
    ids = [deposit.external_id for deposit in deposits if deposit.external_id]
    suppliers = {deposit.account.supplier_id for deposit in deposits}
    known = CashReceipt.objects.filter(supplier__in=suppliers, external_id__in=ids).first() if ids else None
    if known or len(set(ids)) < len(ids):
        told = f"{known.amount} on {known.received_on}" if known else "twice in one set"
        raise Refusal("receipt_known", f"This money was posted already: {told}.")


def _draft(receipt: CashReceipt) -> events.Draft:
    data = {
        "amount": receipt.amount.text, "currency": receipt.currency, "received_on": receipt.received_on.isoformat(),
        "kind": receipt.kind, "reference": receipt.reference,
    }  # fmt: skip
    return events.Draft("cash_receipt.posted", receipt, data=data)
