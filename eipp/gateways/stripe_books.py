"""Stripe's own books of a day: its balance transactions, with their fees apart, and its payouts to the bank."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe

from eipp.accounts.models import LegalEntity
from eipp.gateways.stripe_client import listed
from eipp.gateways.stripe_reference import of_intent
from eipp.gateways.transaction import Kind, Payout, Transaction
from eipp.kernel.money import Money

_KINDS: Mapping[str, Kind] = {
    "charge": "charge", "payment": "charge", "refund": "refund", "payment_refund": "refund",
    "refund_failure": "refund", "payment_failure_refund": "return", "payment_reversal": "return",
}  # fmt: skip


def lines(client: stripe.StripeClient, payee: LegalEntity, begin: datetime, end: datetime) -> list[Transaction]:
    """Those between two moments that are about something of ours."""
    span: Any = {
        "created": {"gte": int(begin.timestamp()), "lt": int(end.timestamp())}, "limit": 100, "expand": ["data.source"],
    }  # fmt: skip
    return list(_read(listed(lambda: client.v1.balance_transactions.list(span)), payee))


def _read(found: Iterator[dict[str, Any]], payee: LegalEntity) -> Iterator[Transaction]:
    for one in found:
        source = one.get("source")
        about: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
        kind = _KINDS.get(str(one["type"])) or _of_dispute(about)
        reference = _reference(about, kind, payee) if kind else None
        if kind and reference:
            on = datetime.fromtimestamp(int(one["created"]), tz=UTC).date()
            yield Transaction(reference, kind, _amount(one, about), on, str(one["id"]), _fee(one, about))


def payouts(client: stripe.StripeClient, begin: datetime, end: datetime) -> list[Payout]:
    """What went to the bank between two moments, and what of it came back; a payout leaves the balance as a minus."""
    span: Any = {"created": {"gte": int(begin.timestamp()), "lt": int(end.timestamp())}, "limit": 100}
    found = listed(lambda: client.v1.balance_transactions.list(span))
    return [
        Payout(str(one.get("source") or one["id"]), Money(-int(one["amount"]), str(one["currency"]).upper()),
               datetime.fromtimestamp(int(one["created"]), tz=UTC).date())
        for one in found if one["type"] in ("payout", "payout_failure", "payout_cancel")
    ]  # fmt: skip


def _fee(one: Mapping[str, Any], about: Mapping[str, Any]) -> Money | None:
    """In the balance's currency; where that is another than the payer's, Stripe's rate would have to be guessed."""
    if str(about.get("currency", one["currency"])).upper() != str(one["currency"]).upper():
        return None
    return Money(int(one.get("fee") or 0), str(one["currency"]).upper())


def _of_dispute(about: Mapping[str, Any]) -> Kind | None:
    """What was taken back, or given back, in a dispute: of a card a charge-back, of an account a return."""
    if about.get("object") != "dispute":
        return None
    details = about.get("payment_method_details") or {}
    return "chargeback" if details.get("type", "card") == "card" else "return"


def _reference(about: Mapping[str, Any], kind: Kind, payee: LegalEntity) -> UUID | None:
    told = (about.get("metadata") or {}).get("eipp_reference")
    try:
        if told and (kind == "refund" or about.get("object") == "charge"):
            return UUID(str(told))
    except ValueError:
        return None
    return of_intent(str(about.get("payment_intent") or ""), payee)


def _amount(one: Mapping[str, Any], about: Mapping[str, Any]) -> Money:
    """In the currency that the payer paid; the balance may be kept in another, at Stripe's rate."""
    sign = -1 if int(one["amount"]) < 0 else 1
    amount, currency = about.get("amount", abs(int(one["amount"]))), about.get("currency", one["currency"])
    return Money(sign * int(amount), str(currency).upper())
