"""Posting cash receipts, applying them, and taking them back."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.account_balance import AccountBalance
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting import applications
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_accounts, lock_invoices
from eipp.ledger.posting.shares import type_of_shares


def post_receipt(
    actor: Actor,
    *,
    account: CustomerAccount,
    amount: Money,
    received_on: date,
    kind: str,
    reference: str = "",
    payment_id: UUID | None = None,
    external_id: str = "",
    legal_entity: LegalEntity | None = None,
    sent_at: datetime | None = None,
    surcharge: Money | None = None,
    now: datetime | None = None,
) -> CashReceipt:
    """Post money that came; all of it is unapplied at first. Event: `cash_receipt.posted`.

    legal_entity: who was paid, the account's own when None; surcharge: what came on top, as the
    price of paying this way. Raises Refusal: `amount_not_positive` (422),
    `receipt_known` (409) when the payment or the external id was posted already.
    """
    if amount.minor <= 0:
        raise Refusal("amount_not_positive", f"A cash receipt is more than zero, not {amount}.", status=422)
    accounts = lock_accounts([account.pk])
    _refuse_known(account, payment_id, external_id)
    book = Book(accounts, now=now or clock.now())
    receipt = CashReceipt.objects.create(
        supplier_id=account.supplier_id, buyer_id=accounts[account.pk].buyer_id, account=account,
        legal_entity_id=legal_entity.pk if legal_entity else account.legal_entity_id, amount_minor=amount.minor,
        unapplied_minor=amount.minor, currency=amount.currency, received_on=received_on, kind=kind,
        reference=reference, payment_id=payment_id, external_id=external_id, posted_at=book.now,
        sent_at=sent_at, surcharge_minor=surcharge.minor if surcharge else 0,
    )  # fmt: skip
    book.post(
        "receipt", LedgerAccount.UNAPPLIED, LedgerAccount.CASH, amount,
        account_id=account.pk, document_date=received_on, receipt=receipt,
    )  # fmt: skip
    if surcharge:
        book.post(
            "surcharge", LedgerAccount.SURCHARGES, LedgerAccount.CASH, surcharge,
            account_id=account.pk, document_date=received_on, receipt=receipt,
        )  # fmt: skip
    book.write()
    _note_last_payment(account.pk, amount.currency)
    events.record("cash_receipt.posted", receipt, actor, data=_facts(receipt), occurred_at=book.now)
    return receipt


def apply_receipt(
    actor: Actor, receipt: CashReceipt, shares: type_of_shares, *, now: datetime | None = None
) -> list[Application]:
    """Apply a receipt to invoices, each at most by what is free. Events: `application.made`.

    Raises Refusal: `more_than_open` (409), `more_than_left` (409), `wrong_currency`, `other_payee` (422).
    """
    return applications.apply(actor, receipt, shares, now=now)


def reverse_receipt(
    actor: Actor, receipt: CashReceipt, *, reason: str, now: datetime | None = None
) -> list[Application]:
    """Take a receipt back (return, charge-back, mistake): its applications are undone, the invoices reopen.

    Events: `application.reversed` for each, `cash_receipt.reversed`, which concerns the reopened invoices.
    Raises Refusal (409, `already_reversed`).
    """
    standing = _standing(receipt)
    invoices, accounts = lock_invoices([row.invoice for row in standing], accounts=[receipt.account_id])
    fresh = CashReceipt.objects.select_for_update(of=("self",), no_key=True).get(pk=receipt.pk)
    if fresh.reversed_at:
        raise Refusal("already_reversed", f"The receipt over {fresh.amount} was taken back before.")
    if {row.pk for row in _standing(receipt)} != {row.pk for row in standing}:
        raise Refusal("changed_meanwhile", "The receipt was applied a moment ago. Try again.", retry_after=1)
    book = Book(accounts, now=now or clock.now())
    undone = applications.undo(book, fresh, list(zip(standing, invoices, strict=True))) if standing else []
    book.post(
        "receipt_reversal", LedgerAccount.CASH, LedgerAccount.UNAPPLIED,
        fresh.amount - fresh.set_aside - fresh.given_back, account_id=fresh.account_id,
        document_date=book.day(fresh.account_id), receipt=fresh,
    )  # fmt: skip
    if fresh.surcharge_minor:
        book.post(
            "surcharge_reversal", LedgerAccount.CASH, LedgerAccount.SURCHARGES, fresh.surcharge,
            account_id=fresh.account_id, document_date=book.day(fresh.account_id), receipt=fresh,
        )  # fmt: skip
    fresh.unapplied_minor, fresh.reversed_at, fresh.reversal_reason = 0, book.now, reason
    fresh.save(update_fields=["unapplied_minor", "reversed_at", "reversal_reason"])
    book.save(invoices)
    book.write()
    _note_last_payment(fresh.account_id, fresh.currency)
    applications.record(actor, "application.reversed", undone, book)
    data = {**_facts(fresh), "reason": reason}
    events.record("cash_receipt.reversed", fresh, actor, concerns=invoices, data=data, occurred_at=book.now)
    applications.show([(receipt, fresh), *zip((row.invoice for row in standing), invoices, strict=True)])
    return undone


def _standing(receipt: CashReceipt) -> list[Application]:
    rows = Application.objects.filter(receipt=receipt, reverses__isnull=True, reversed_by__isnull=True)
    return list(rows.select_related("invoice", "receipt").order_by("pk"))


def _refuse_known(account: CustomerAccount, payment_id: UUID | None, external_id: str) -> None:
    known: Iterable[CashReceipt] = CashReceipt.objects.none()
    if payment_id:
        known = CashReceipt.objects.filter(payment_id=payment_id, account=account, reversed_at__isnull=True)
    if external_id and not known:
        known = CashReceipt.objects.filter(supplier_id=account.supplier_id, external_id=external_id)
    for receipt in known:
        raise Refusal("receipt_known", f"This money was posted already: {receipt.amount} on {receipt.received_on}.")


def _note_last_payment(account_id: UUID, currency: str) -> None:
    last = (
        CashReceipt.objects.filter(account=account_id, currency=currency, reversed_at__isnull=True)
        .order_by("-received_on", "-id")
        .first()
    )
    AccountBalance.objects.filter(account=account_id, currency=currency).update(
        last_payment_on=last.received_on if last else None, last_payment_minor=last.amount_minor if last else None
    )


def _facts(receipt: CashReceipt) -> dict[str, str]:
    return {
        "amount": receipt.amount.text,
        "currency": receipt.currency,
        "received_on": receipt.received_on.isoformat(),
        "kind": receipt.kind,
        "reference": receipt.reference,
    }
