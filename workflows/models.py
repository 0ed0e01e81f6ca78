"""The workflows' rows."""

from workflows.approval import ApprovalDecision, ApprovalRule, ApprovalRun
from workflows.disputable import DisputeLine
from workflows.dispute import Dispute
from workflows.payment import Payment, PaymentShare
from workflows.presentment import Presentment
from workflows.remittance_advice import RemittanceAdvice, RemittanceLine

__all__ = [
    "ApprovalDecision",
    "ApprovalRule",
    "ApprovalRun",
    "Dispute",
    "DisputeLine",
    "Payment",
    "PaymentShare",
    "Presentment",
    "RemittanceAdvice",
    "RemittanceLine",
]
