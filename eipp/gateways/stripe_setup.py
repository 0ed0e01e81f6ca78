"""Cards and accounts kept at Stripe: a hosted page in setup mode, small amounts to verify, and forgetting."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import stripe

from eipp.accounts.models import LegalEntity
from eipp.gateways.intent import Checkout
from eipp.gateways.means import Means, Setup
from eipp.gateways.stripe_client import answering, error_of, plain
from eipp.gateways.stripe_reference import StripeReference, known, noted, remember
from eipp.gateways.stripe_words import failure_of
from eipp.kernel.refusal import Refusal

_TYPES = {"card": ["card"], "bank_debit": ["us_bank_account", "sepa_debit"]}
_WRONG = "payment_method_microdeposit_verification_amounts_mismatch"
_OVER = ("payment_method_microdeposit_verification_attempts_exceeded",
         "payment_method_microdeposit_verification_timeout")  # fmt: skip


def open_setup(client: stripe.StripeClient, payee: LegalEntity, setup: Setup) -> Checkout:
    """The hosted page on which an owner gives what is kept, for a customer of the payee's Stripe account."""
    row = noted(setup.reference, payee, "setup")
    if not row.stripe_id:
        told = {"eipp_reference": str(setup.reference), "eipp_kind": "setup"}
        with answering():
            if not row.customer_id:
                new: Any = {"name": setup.holder[:250], "metadata": told}
                made = client.v1.customers.create(new, {"idempotency_key": f"customer-{setup.reference}"})
                remember(row, customer_id=str(made.id))
            page: Any = {
                "mode": "setup", "customer": row.customer_id, "payment_method_types": _TYPES[setup.method],
                "client_reference_id": str(setup.reference), "metadata": told,
                "setup_intent_data": {"metadata": told}, "success_url": setup.return_url,
                "cancel_url": setup.cancel_url,
            }  # fmt: skip
            key: Any = {"idempotency_key": f"setup-{setup.reference}"}
            session = plain(client.v1.checkout.sessions.create(page, key))
        remember(row, stripe_id=session["id"], url=str(session.get("url") or ""))
    return Checkout(url=row.url, gateway_reference=row.stripe_id)


def look_setup(client: stripe.StripeClient, payee: LegalEntity, reference: UUID) -> Means:
    """What became of a setup, by its page and its SetupIntent."""
    row = known(reference, payee)
    if row is None or row.kind != "setup" or not row.stripe_id:
        return Means("missing")
    with answering():
        expand: Any = {"expand": ["setup_intent.payment_method"]}
        session = plain(client.v1.checkout.sessions.retrieve(row.stripe_id, expand))
    intent = session.get("setup_intent")
    if isinstance(intent, Mapping) and intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        remember(row, intent_id=intent["id"])
        return _means(row, intent)
    if session["status"] == "expired":
        return Means("failed", failure="checkout_expired")
    return Means("open")


def verify(client: stripe.StripeClient, payee: LegalEntity, reference: UUID, amounts_minor: Sequence[int]) -> Means:
    """Hand the two small amounts to Stripe, which counts the tries."""
    row = known(reference, payee)
    before = look_setup(client, payee, reference)
    if row is None or before.status != "verifying":
        return before
    try:
        with answering():
            client.v1.setup_intents.verify_microdeposits(row.intent_id, {"amounts": list(amounts_minor)})
    except stripe.StripeError as error:
        code = str(error_of(error).get("code") or "")
        if code == _WRONG:
            return Means("verifying", "", before.label, before.last_digits, None, "wrong_amounts")
        if code in _OVER:
            return Means("failed", "", before.label, before.last_digits, None, "verification_failed")
        raise Refusal("amounts_not_there_yet", "The two amounts are not there yet: try again later.") from error
    return look_setup(client, payee, reference)


def forget(client: stripe.StripeClient, token: str) -> None:
    """Take it from its customer, which Stripe lets nobody undo."""
    means, _, _ = token.partition("/")
    if not means.startswith(("pm_", "card_", "src_", "ba_")):
        return
    try:
        with answering():
            client.v1.payment_methods.detach(means)
    except stripe.InvalidRequestError:  # it is gone already
        return


def _means(row: StripeReference, intent: Mapping[str, Any]) -> Means:
    found = intent.get("payment_method")
    kept: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    kind = str(kept.get("type") or "card")
    details: Mapping[str, Any] = kept.get(kind) or {}
    digits = str(details.get("last4") or "")
    label = f"{'card' if kind == 'card' else 'bank account'} ending {digits}" if digits else ""
    match intent["status"]:
        case "succeeded" if kept.get("customer"):
            token = f"{kept['id']}/{_id_of(kept['customer'])}"
            return Means("saved", token, label, digits, _expires(details))
        case "succeeded":
            return Means("gone", "", label, digits, failure="means_gone")
        case "processing":
            return Means("verifying", "", label, digits)
        case "requires_action":
            is_small = (intent.get("next_action") or {}).get("type") == "verify_with_microdeposits"
            return Means("verifying" if is_small else "open", "", label, digits)
    failure = failure_of(intent.get("last_setup_error") or {})
    return Means("failed", "", label, digits, failure=failure)


def _id_of(customer: Any) -> str:
    return str(customer["id"] if isinstance(customer, Mapping) else customer)


def _expires(details: Mapping[str, Any]) -> date | None:
    """The last day of a card's last month."""
    if not details.get("exp_year"):
        return None
    year, month = int(details["exp_year"]), int(details["exp_month"])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
