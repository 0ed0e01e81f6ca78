"""The ledger's rows."""

from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.closed_period import ClosedPeriod
from eipp.ledger.credit_note import CreditNote, CreditNoteAllowanceCharge, CreditNoteLine, CreditNoteTax
from eipp.ledger.discount_rule import DiscountRule
from eipp.ledger.expectation import Expectation
from eipp.ledger.finance_charge import FinanceCharge, FinanceChargeBookmark
from eipp.ledger.finance_charge_rule import FinanceChargeRule
from eipp.ledger.hold import Hold
from eipp.ledger.instalment import Instalment
from eipp.ledger.invoice import Invoice, InvoiceAllowanceCharge, InvoiceLine, InvoiceTax
from eipp.ledger.journal import Posting
from eipp.ledger.statement_seal import SealedStatement

__all__ = [
    "AccountBalance",
    "Application",
    "CashReceipt",
    "ClosedPeriod",
    "CreditNote",
    "CreditNoteAllowanceCharge",
    "CreditNoteLine",
    "CreditNoteTax",
    "DiscountRule",
    "DueBalance",
    "Expectation",
    "FinanceCharge",
    "FinanceChargeBookmark",
    "FinanceChargeRule",
    "Hold",
    "Instalment",
    "Invoice",
    "InvoiceAllowanceCharge",
    "InvoiceLine",
    "InvoiceTax",
    "Posting",
    "SealedStatement",
]
