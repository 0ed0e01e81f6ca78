"""Stripe's words in ours: codes of failures, reasons of disputes, and what an intent's status means.

As Stripe's API reference has them: "Decline codes", "ACH Direct Debit failures", "SEPA Direct Debit failures",
"Dispute categories".
"""

from collections.abc import Mapping
from typing import Any

from eipp.gateways.intent import Look, Status
from eipp.kernel.money import Money

METHODS: Mapping[tuple[str, str], str] = {
    ("bank_debit", "USD"): "us_bank_account", ("bank_debit", "EUR"): "sepa_debit",
}  # fmt: skip
_CARDS = {
    "expired_card": "expired_card", "insufficient_funds": "insufficient_funds", "lost_card": "lost_card",
    "stolen_card": "stolen_card", "pickup_card": "stolen_card", "processing_error": "processing_error",
    "issuer_not_available": "processing_error", "try_again_later": "processing_error", "fraudulent": "fraud_suspected",
    "authentication_required": "authentication_required", "authentication_not_handled": "authentication_failed",
    "payment_intent_authentication_failure": "authentication_failed",
    "setup_intent_authentication_failure": "authentication_failed",
    "payment_method_microdeposit_failed": "verification_failed",
    "payment_method_microdeposit_verification_attempts_exceeded": "verification_failed",
    "payment_method_microdeposit_verification_timeout": "verification_failed",
}  # fmt: skip
#: What Stripe says of a debit that came back, by the scheme's own codes.
_ACH = {
    "insufficient_funds": "R01", "account_closed": "R02", "no_account": "R03", "invalid_account_number": "R04",
    "incorrect_account_holder_name": "R03", "debit_not_authorized": "R10", "customer_initiated": "R10",
    "bank_ownership_changed": "R02", "account_frozen": "R16", "bank_account_restricted": "R16",
    "bank_account_unusable": "R20", "could_not_process": "R13", "bank_cannot_process": "R13",
    "incorrect_account_details": "R04",
}  # fmt: skip
_SEPA = {
    "insufficient_funds": "AM04", "account_closed": "AC04", "no_account": "AC01", "invalid_account_number": "AC01",
    "debit_not_authorized": "MD01", "customer_initiated": "MD06", "refer_to_customer": "MS03",
    "bank_account_restricted": "AC06", "could_not_process": "MS03", "bank_cannot_process": "MS03",
    "incorrect_account_details": "AC01", "generic_could_not_process": "MS03",
}  # fmt: skip
_DISPUTES = {"fraudulent": "not_authorised", "unrecognized": "not_authorised", "product_not_received": "not_delivered"}
#: A dispute that is only a question: no money has moved.
_QUESTIONS = ("warning_needs_response", "warning_under_review", "warning_closed")


def method(ours: str, currency: str) -> str:
    """Stripe's type for a method of ours in a currency."""
    return METHODS.get((ours, currency), "card")


def failure_of(error: Mapping[str, Any], kind: str = "card") -> str:
    """Our code for an error of Stripe's (`code`, `decline_code`); kind: the type of payment method."""
    said = [str(error.get(name) or "") for name in ("decline_code", "failure_code", "code")]
    table = {"us_bank_account": _ACH, "sepa_debit": _SEPA}.get(kind, _CARDS)
    fallback = {"us_bank_account": "R03", "sepa_debit": "MS03"}.get(kind, "card_declined")
    return next((table[code] for code in said if code in table), fallback)


def look_of(intent: Mapping[str, Any], dispute: Mapping[str, Any] | None) -> Look:
    """What a PaymentIntent, its latest charge and a dispute of it mean; `open` while its page can still be paid."""
    charge = _mapping(intent.get("latest_charge"))
    kind = _kind(intent, charge)
    amount = Money(int(intent["amount"]), str(intent["currency"]).upper())
    about: dict[str, Any] = {"amount": amount, "gateway_reference": str(intent["id"]), "means": means_of(charge)}
    match intent["status"]:
        case "succeeded" if dispute and dispute["status"] not in ("won", "prevented", *_QUESTIONS):
            return Look(_taken_back(kind), failure=_reason(dispute, kind), **about)
        case "succeeded":
            received = int(intent.get("amount_received") or amount.minor)
            return Look("succeeded", **about | {"amount": Money(received, amount.currency)})
        case "processing":
            return Look("pending", **about)
        case "canceled":
            return Look("cancelled", failure="checkout_expired", **about)
        case "requires_payment_method" if kind != "card" and charge:
            return Look("returned", failure=failure_of(charge, kind), **about)
        case "requires_payment_method" if intent.get("last_payment_error"):
            return Look("failed", failure=failure_of(intent["last_payment_error"], kind), **about)
    return Look("open", **about)


def means_of(charge: Mapping[str, Any]) -> str:
    """Card or account in words, by its last digits alone."""
    details = _mapping(charge.get("payment_method_details"))
    kind = str(details.get("type") or "")
    digits = str(_mapping(details.get(kind)).get("last4") or "")
    name = "card" if kind == "card" else "bank account"
    return f"{name} ending {digits}" if digits else ""


def _taken_back(kind: str) -> Status:
    """A debit's dispute is final, a return; a card's can be answered."""
    return "charged_back" if kind == "card" else "returned"


def _reason(dispute: Mapping[str, Any], kind: str) -> str:
    reason = str(dispute.get("reason") or "")
    return _DISPUTES.get(reason, "charged_back") if kind == "card" else failure_of({"code": reason}, kind)


def _kind(intent: Mapping[str, Any], charge: Mapping[str, Any]) -> str:
    """The type of payment method that was, or is to be, charged."""
    details = _mapping(charge.get("payment_method_details"))
    types = intent.get("payment_method_types") or ["card"]
    return str(details.get("type") or types[0])


def _mapping(value: Any) -> Mapping[str, Any]:
    """An object that was expanded; nothing for an id alone."""
    return value if isinstance(value, Mapping) else {}
