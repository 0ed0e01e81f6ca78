"""ERP receipt: money that the supplier's ERP booked, posted here once by its id, with the invoices it was booked to."""

from datetime import datetime
from typing import Any

from django.db import transaction as database

from eipp.accounts.roles import require
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Application, CashReceipt
from eipp.ledger.posting import Deposit
from eipp.ledger.posting.shares import merged
from workflows.deposit import open_for, use_what_is_certain


@database.atomic
def take_receipt(actor: Actor, deposit: Deposit, *, now: datetime | None = None) -> tuple[CashReceipt, bool]:
    """The receipt, and whether it is new: the same `external_id` with the same content changes nothing.

    Events: `cash_receipt.posted`, `application.made`. Refused: 403 without the right; 409 `receipt_known` for other
    content under a known id; what `post_receipt` and `apply_receipt` refuse.
    """
    require(actor, "receipt.post")
    posting.lock_accounts([deposit.account.pk])
    known = _known(deposit)
    if known is None:
        receipt = posting.post_deposits(actor, [deposit], now=now or clock.now())[0]
        use_what_is_certain(actor, open_for(actor, receipt), now=now)
        return receipt, True
    if _content(_as_posted(known)) != _content(deposit):
        raise Refusal(
            "receipt_known",
            f"Your id {deposit.external_id} stands for {known.amount} of {known.received_on}, and money is not "
            "changed: reverse that receipt, and post another one under an id of its own.",
        )
    return known, False


@database.atomic
def reverse_receipt(actor: Actor, receipt: CashReceipt, *, reason: str, now: datetime | None = None) -> None:
    """Take a receipt back that the ERP booked by mistake, or that bounced. Events as of `posting.reverse_receipt`."""
    require(actor, "receipt.post")
    if receipt.payment_id:
        raise Refusal("payment_of_ours", "This money came by a payment here: it is taken back where it was made.")
    posting.reverse_receipt(actor, receipt, reason=reason, now=now or clock.now())


def _known(deposit: Deposit) -> CashReceipt | None:
    if not deposit.external_id:
        return None
    rows = CashReceipt.objects.filter(supplier_id=deposit.account.supplier_id, external_id=deposit.external_id)
    return rows.select_related("account", "legal_entity").first()


def _as_posted(receipt: CashReceipt) -> Deposit:
    """What was posted at that time, whatever has been applied or undone since."""
    made = Application.objects.filter(receipt=receipt, recorded_at=receipt.posted_at, reverses=None)
    shares = [(row.invoice, row.amount) for row in made.select_related("invoice")]
    return Deposit(
        account=receipt.account, amount=receipt.amount, received_on=receipt.received_on, kind=receipt.kind,
        reference=receipt.reference, external_id=receipt.external_id, legal_entity=receipt.legal_entity, shares=shares,
    )  # fmt: skip


def _content(deposit: Deposit) -> tuple[Any, ...]:
    """What makes two deposits the same."""
    entity_id = deposit.legal_entity.pk if deposit.legal_entity else deposit.account.legal_entity_id
    shares = {invoice.pk: amount for invoice, amount in merged(deposit.shares)}
    return (deposit.account.pk, entity_id, deposit.amount, deposit.received_on, deposit.kind, deposit.reference, shares)
