"""A customer account that finds its buyer: the documents' copied buyer follows, so that the buyer sees them."""

from eipp.accounts.models import CustomerAccount
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.invoice import Invoice
from eipp.ledger.posting.locks import lock_accounts


def follow_account(account: CustomerAccount) -> None:
    """Copy the account's buyer to its documents; to be called whenever an account's buyer changes."""
    fresh = lock_accounts([account.pk])[account.pk]
    for model in (Invoice, CreditNote, CashReceipt):
        model.objects.filter(account=fresh).exclude(buyer_id=fresh.buyer_id).update(buyer_id=fresh.buyer_id)
