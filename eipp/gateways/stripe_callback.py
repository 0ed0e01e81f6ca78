"""Stripe's webhooks: signed with the payee's secret (HMAC-SHA256 over time and body), and not believed beyond that."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import stripe

from eipp.accounts.models import LegalEntity
from eipp.gateways.reported import ForgedCallback, Reported, ReportedKind, UnknownCallback
from eipp.gateways.stripe_reference import of_intent

TOLERANCE = 300  # seconds after which a signed callback is too old to be believed


def read(headers: Mapping[str, str], body: bytes, *, secret: str, payee: LegalEntity, is_live: bool) -> Reported:
    """What a webhook is about. Raises ForgedCallback for a wrong or old signature, UnknownCallback for others' news."""
    given = headers.get("Stripe-Signature", "")
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, given, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
        raise ForgedCallback(f"the signature does not fit, or is too old: {error}"[:200]) from error
    try:
        event = json.loads(text)
        event_id, about = str(event["id"]), event["data"]["object"]
        if bool(event["livemode"]) != is_live:
            raise UnknownCallback("it is about test money, or is about real money where the key is for tests")
        return Reported(_kind(about), _reference(about, payee), event_id[:100])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnknownCallback("it names nothing that we asked for") from error


def _kind(about: Mapping[str, Any]) -> ReportedKind:
    if about["object"] == "refund":
        return "refund"
    is_setup = about["object"] == "setup_intent" or about.get("mode") == "setup"
    return "setup" if is_setup else "payment"


def _reference(about: Mapping[str, Any], payee: LegalEntity) -> UUID:
    told = (about.get("metadata") or {}).get("eipp_reference")
    if told:
        return UUID(str(told))
    found = of_intent(str(about.get("payment_intent") or ""), payee)
    if found is None:
        raise ValueError("none of ours")
    return found
