"""Disputes at Stripe: whether a payment's money was taken back, and the supplier's answer to it."""

from collections.abc import Mapping
from typing import Any

import stripe

from eipp.gateways.evidence import Evidence
from eipp.gateways.stripe_client import answering, listed
from eipp.gateways.stripe_reference import StripeReference

_ANSWERABLE = ("needs_response", "warning_needs_response")
#: Where the files go, in order; Stripe takes one in each.
_PLACES = ("service_documentation", "shipping_documentation", "receipt", "customer_communication", "uncategorized_file")


def of_intent(client: stripe.StripeClient, intent: Mapping[str, Any]) -> dict[str, Any] | None:
    """The latest dispute of a payment, where its charge says that there is one."""
    charge = intent.get("latest_charge")
    if not isinstance(charge, Mapping) or not charge.get("disputed"):
        return None
    asked: Any = {"payment_intent": intent["id"], "limit": 1}
    return next(listed(lambda: client.v1.disputes.list(asked)), None)


def contest(client: stripe.StripeClient, row: StripeReference, evidence: Evidence) -> None:
    """Send what the supplier sets against it; once it is sent, Stripe takes no second answer."""
    asked: Any = {"payment_intent": row.intent_id, "limit": 1}
    dispute = next(listed(lambda: client.v1.disputes.list(asked)), None) if row.intent_id else None
    if dispute is None or dispute["status"] not in _ANSWERABLE:
        return
    said: dict[str, Any] = {"uncategorized_text": evidence.text[:20_000]}
    with answering():
        for place, file in zip(_PLACES, evidence.files, strict=False):
            sent: Any = {"purpose": "dispute_evidence", "file": (file.name, file.content, file.content_type)}
            said[place] = client.v1.files.create(sent, {"idempotency_key": f"file-{row.reference}-{place}"}).id
        answer: Any = {"evidence": said, "submit": True}
        client.v1.disputes.update(dispute["id"], answer, {"idempotency_key": f"contest-{row.reference}"})
