"""Money of a cash receipt that goes back in whole or part: refunds, and charge-backs of a part.

What is to be refunded is set aside first, so that nobody applies it while it is on its way.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.posting.applications import reverse_applications, show
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_accounts
from eipp.ledger.posting.receipts import apply_receipt
from eipp.ledger.posting.shares import merged, type_of_shares

type_of_parts = Sequence[tuple[CashReceipt, Money]]

#: Where money of a receipt can stand, and the column that keeps how much of it does.
_COLUMNS: Mapping[LedgerAccount, str] = {
    LedgerAccount.UNAPPLIED: "unapplied_minor", LedgerAccount.REFUNDS: "set_aside_minor",
    LedgerAccount.CASH: "given_back_minor",
}  # fmt: skip


def free_receipt(
    actor: Actor, receipt: CashReceipt, shares: type_of_shares, *, now: datetime | None = None
) -> list[Application]:
    """Take so much of a receipt off invoices again: it is unapplied, and they are open by it.

    Events: `application.reversed`, and `application.made` for what an invoice keeps. Raises Refusal (409,
    `not_applied_there`) where less of the receipt is applied to an invoice.
    """
    given = merged(shares)
    lock_accounts({receipt.account_id, *(invoice.account_id for invoice, _ in given)})
    standing = Application.objects.filter(receipt=receipt, reverses=None, reversed_by=None)
    chosen, kept = [], []
    for invoice, amount in given:
        own = list(standing.filter(invoice=invoice).select_related("invoice"))
        applied = Money(sum(row.amount_minor for row in own), receipt.currency)
        if amount > applied:
            raise Refusal("not_applied_there", f"Of this money, {applied} stand on invoice {invoice.number}.")
        chosen += own
        if applied > amount:
            kept.append((invoice, applied - amount))
    reverse_applications(actor, chosen, now=now)
    receipt.refresh_from_db()
    if kept:
        apply_receipt(actor, receipt, kept, now=now)
    return chosen


def set_aside(actor: Actor, parts: type_of_parts, *, now: datetime | None = None) -> None:
    """Unapplied money is about to go back to the payer. Refused (409, `more_than_left`) where less is unapplied.

    The event is the workflow's that wants it; so is that of each function below.
    """
    _move(parts, "refund_set_aside", LedgerAccount.REFUNDS, LedgerAccount.UNAPPLIED, now)


def give_back(actor: Actor, parts: type_of_parts, *, now: datetime | None = None) -> None:
    """What was set aside is with the payer."""
    _move(parts, "refund", LedgerAccount.CASH, LedgerAccount.REFUNDS, now)


def keep_after_all(actor: Actor, parts: type_of_parts, *, now: datetime | None = None) -> None:
    """What was set aside did not go: it is unapplied again; of a receipt taken back meanwhile, it is gone with it."""
    gone = [(receipt, amount) for receipt, amount in parts if _fresh(receipt).reversed_at]
    kept = [pair for pair in parts if pair not in gone]
    _move(kept, "refund_kept", LedgerAccount.UNAPPLIED, LedgerAccount.REFUNDS, now)
    _move(gone, "refund", LedgerAccount.CASH, LedgerAccount.REFUNDS, now)


def take_away(actor: Actor, parts: type_of_parts, *, now: datetime | None = None) -> None:
    """The bank took unapplied money back: a charge-back of a part."""
    _move(parts, "charge_back", LedgerAccount.CASH, LedgerAccount.UNAPPLIED, now)


def bring_back(actor: Actor, parts: type_of_parts, *, now: datetime | None = None) -> None:
    """Money that had gone back came again: a charge-back that was won, a refund that the payer's bank sent back."""
    _move(parts, "receipt_again", LedgerAccount.UNAPPLIED, LedgerAccount.CASH, now)


def _move(parts: type_of_parts, kind: str, source: LedgerAccount, target: LedgerAccount, now: datetime | None) -> None:
    """A posting's target is debited, so less of the receipt stands there; its source is credited."""
    if not parts:
        return
    accounts = lock_accounts({receipt.account_id for receipt, _ in parts})
    book = Book(accounts, now=now or clock.now())
    for given, amount in sorted(parts, key=lambda part: part[0].pk):
        receipt = _fresh(given)
        _refuse_unfit(receipt, amount, source, target)
        setattr(receipt, _COLUMNS[target], getattr(receipt, _COLUMNS[target]) - amount.minor)
        setattr(receipt, _COLUMNS[source], getattr(receipt, _COLUMNS[source]) + amount.minor)
        receipt.save(update_fields=list(_COLUMNS.values()))
        book.post(
            kind, source, target, amount, account_id=receipt.account_id, document_date=book.day(receipt.account_id),
            receipt=receipt,
        )  # fmt: skip
        show([(given, receipt)])
    book.write()


def _refuse_unfit(receipt: CashReceipt, amount: Money, source: LedgerAccount, target: LedgerAccount) -> None:
    if amount.currency != receipt.currency or amount.minor <= 0:
        raise Refusal("amount_not_positive", f"Give back more than zero {receipt.currency}.", status=422)
    if receipt.reversed_at and LedgerAccount.UNAPPLIED in (source, target):
        raise Refusal("already_reversed", f"The receipt over {receipt.amount} was taken back: nothing of it is left.")
    left = Money(getattr(receipt, _COLUMNS[target]), receipt.currency)
    if amount > left:
        raise Refusal("more_than_left", f"Only {left} of the receipt over {receipt.amount} is left, not {amount}.")


def _fresh(receipt: CashReceipt) -> CashReceipt:
    return CashReceipt.objects.select_for_update(of=("self",), no_key=True).get(pk=receipt.pk)
