"""The only door through which anything of the ledger is written.

Every function runs in the caller's transaction, locks the customer accounts by id, then the invoices by id, and keeps
open and held amounts and the balances in that same transaction. No other module writes the ledger's tables.
"""

from eipp.ledger.posting.accounts import follow_account
from eipp.ledger.posting.agreed_discounts import agree_discounts
from eipp.ledger.posting.applications import reverse_applications
from eipp.ledger.posting.credits import apply_credit, post_credit_note
from eipp.ledger.posting.deposits import Deposit, post_deposits
from eipp.ledger.posting.discounts import extend_discount, grant_discount
from eipp.ledger.posting.expectations import expect, release_expectations
from eipp.ledger.posting.finance_charges import post_finance_charges
from eipp.ledger.posting.holds import place_all_holds, place_holds, release_holds, shrink_hold
from eipp.ledger.posting.invoices import post_invoices
from eipp.ledger.posting.locks import lock_accounts, lock_invoices
from eipp.ledger.posting.orders import set_order
from eipp.ledger.posting.periods import close_period, set_discount_rule
from eipp.ledger.posting.receipts import apply_receipt, post_receipt, reverse_receipt
from eipp.ledger.posting.returns import bring_back, free_receipt, give_back, keep_after_all, set_aside, take_away
from eipp.ledger.posting.revisions import (
    mark_withdrawn,
    refuse_unwithdrawable,
    reverse_invoice,
    revise_invoice,
    withdraw_invoice,
)
from eipp.ledger.posting.shares import refuse_more_than_open, refuse_other_payee
from eipp.ledger.posting.write_offs import reverse_write_off, write_off

__all__ = [
    "Deposit",
    "agree_discounts",
    "apply_credit",
    "apply_receipt",
    "bring_back",
    "close_period",
    "expect",
    "extend_discount",
    "follow_account",
    "free_receipt",
    "give_back",
    "grant_discount",
    "keep_after_all",
    "lock_accounts",
    "lock_invoices",
    "mark_withdrawn",
    "place_all_holds",
    "place_holds",
    "post_credit_note",
    "post_deposits",
    "post_finance_charges",
    "post_invoices",
    "post_receipt",
    "refuse_more_than_open",
    "refuse_other_payee",
    "refuse_unwithdrawable",
    "release_expectations",
    "release_holds",
    "reverse_applications",
    "reverse_invoice",
    "reverse_receipt",
    "reverse_write_off",
    "revise_invoice",
    "set_aside",
    "set_discount_rule",
    "set_order",
    "shrink_hold",
    "take_away",
    "withdraw_invoice",
    "write_off",
]
