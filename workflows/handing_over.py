"""Handing over: with the first sign-in for an account, what was posted for it before becomes the buyer's to see."""

from collections.abc import Sequence
from typing import Any

from documents.models import FileLink
from eipp.accounts.models import CustomerAccount
from eipp.kernel.events import Event
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from workflows.dispute import Dispute

#: Rows that copy the account's buyer, so that each list is one index.
COPIES: tuple[Any, ...] = (Invoice, CreditNote, CashReceipt, Dispute, FileLink)


def hand_over(events: Sequence[Event]) -> None:
    """Of each account connected, whatever had no buyer gets it."""
    for account in CustomerAccount.objects.filter(pk__in={event.subject_id for event in events}):
        for model in COPIES:
            model.objects.filter(account_id=account.pk, buyer_id=None).update(buyer_id=account.buyer_id)
