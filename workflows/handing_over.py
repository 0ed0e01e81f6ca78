"""Handing over: with the first sign-in for an account, what was posted for it before becomes the buyer's to see."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from documents.models import FileLink
from eipp.accounts.models import CustomerAccount
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from workflows.dispute import Dispute

#: Rows that copy the account's buyer, so that each list is one index.
COPIES: tuple[Any, ...] = (Invoice, CreditNote, CashReceipt, Dispute, FileLink)


def to_the_buyer(accounts: Iterable[UUID]) -> None:
    """Whatever of these accounts has no buyer yet gets the account's."""
    for account in CustomerAccount.objects.filter(pk__in=set(accounts)):
        for model in COPIES:
            model.objects.filter(account_id=account.pk, buyer_id=None).update(buyer_id=account.buyer_id)
