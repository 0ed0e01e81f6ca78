"""The workflows' rows."""

from workflows.approval import ApprovalDecision, ApprovalRule, ApprovalRun
from workflows.authority import AuthorityRequest
from workflows.authority_limit import AuthorityLimit
from workflows.bank_statement import BankEntry, BankStatement, LeftOnAccount
from workflows.booking import Booking
from workflows.claim import Claim, ClaimLine
from workflows.disputable import DisputeLine
from workflows.dispute import Dispute
from workflows.payment import Payment, PaymentShare
from workflows.presentment import Presentment
from workflows.remittance_advice import RemittanceAdvice, RemittanceLine

__all__ = [
    "ApprovalDecision",
    "ApprovalRule",
    "ApprovalRun",
    "AuthorityLimit",
    "AuthorityRequest",
    "BankEntry",
    "BankStatement",
    "Booking",
    "Claim",
    "ClaimLine",
    "Dispute",
    "DisputeLine",
    "LeftOnAccount",
    "Payment",
    "PaymentShare",
    "Presentment",
    "RemittanceAdvice",
    "RemittanceLine",
]
