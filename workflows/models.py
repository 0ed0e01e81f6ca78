"""The workflows' rows."""

from workflows.announced_payment import AnnouncedPayment, AnnouncedShare
from workflows.approval import ApprovalDecision, ApprovalRule, ApprovalRun
from workflows.authority import AuthorityRequest
from workflows.authority_limit import AuthorityLimit
from workflows.autopay import Autopay
from workflows.bank_details import BankDetails
from workflows.bank_statement import BankEntry, BankStatement, LeftOnAccount
from workflows.booking import Booking
from workflows.chargeback import Chargeback
from workflows.claim import Claim, ClaimLine
from workflows.credit_request import CreditRequest
from workflows.deduction import Deduction
from workflows.disputable import DisputeLine
from workflows.dispute import Dispute
from workflows.dispute_rule import DisputeRule
from workflows.offer import Offer
from workflows.offer_setting import OfferSetting
from workflows.offer_terms import OfferDecision, OfferShare, OfferTerms
from workflows.payment import Payment, PaymentOnAccount, PaymentShare
from workflows.plan import Plan
from workflows.plan_parts import PlanInstalment, PlanShare
from workflows.presentment import Presentment
from workflows.price import MethodPrice
from workflows.promise import Promise, PromiseShare
from workflows.refund import Refund, RefundPart
from workflows.remittance_advice import RemittanceAdvice, RemittanceLine
from workflows.return_watch import ReturnAlarm, ReturnDone
from workflows.saved_method import SavedMethod
from workflows.settlement_line import SettlementDay, SettlementLine
from workflows.settlement_payout import SettlementPayout
from workflows.verification import Verification, VerificationFinding

__all__ = [
    "AnnouncedPayment",
    "AnnouncedShare",
    "ApprovalDecision",
    "ApprovalRule",
    "ApprovalRun",
    "AuthorityLimit",
    "AuthorityRequest",
    "Autopay",
    "BankDetails",
    "BankEntry",
    "BankStatement",
    "Booking",
    "Chargeback",
    "Claim",
    "ClaimLine",
    "CreditRequest",
    "Deduction",
    "Dispute",
    "DisputeLine",
    "DisputeRule",
    "LeftOnAccount",
    "MethodPrice",
    "Offer",
    "OfferDecision",
    "OfferSetting",
    "OfferShare",
    "OfferTerms",
    "Payment",
    "PaymentOnAccount",
    "PaymentShare",
    "Plan",
    "PlanInstalment",
    "PlanShare",
    "Presentment",
    "Promise",
    "PromiseShare",
    "Refund",
    "RefundPart",
    "RemittanceAdvice",
    "RemittanceLine",
    "ReturnAlarm",
    "ReturnDone",
    "SavedMethod",
    "SettlementDay",
    "SettlementLine",
    "SettlementPayout",
    "Verification",
    "VerificationFinding",
]
