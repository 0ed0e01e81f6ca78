"""What the tests of Stripe do: connect a payee, keep a card, have Stripe call back."""

import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import stripe

from eipp.accounts.models import LegalEntity, Organisation
from eipp.gateways.gateway import Gateway, Intent, Means, Setup, gateway
from eipp.gateways.gateway_account import connect
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from tests.gateways.contract import AMOUNT, HOME
from tests.servers import stripe_stand_in
from tests.servers.stripe_stand_in import DOCUMENTS, StandIn

SECRET = "whsec_only_for_these_tests"
ADMINISTRATOR = Actor(kind="person", side="supplier", rights=frozenset({"gateway.administer"}), name="Ada", via="web")


def a_payee(name: str) -> LegalEntity:
    organisation = Organisation.objects.create(name=name, side="supplier", slug=name.split()[0].lower())
    return LegalEntity.objects.create(organisation=organisation, name=name, code="1", country="DE")


def connected(name: str) -> LegalEntity:
    payee = a_payee(name)
    connect_to_stripe(payee, {"secret_key": "sk_test_12345", "webhook_secret": SECRET})
    return payee


def connect_to_stripe(payee: LegalEntity, credentials: Mapping[str, str]) -> None:
    connect(ADMINISTRATOR, payee, gateway="stripe", wanted=gateway("stripe").wants, credentials=credentials)


def an_intent(amount: Money = AMOUNT, *, method: str = "card") -> Intent:
    return Intent(uuid4(), amount, "Nordwind Handels GmbH", "P-000001: invoice 4711", HOME, HOME, method)


def a_kept_card(provider: Gateway, stand_in: StandIn) -> Means:
    reference = uuid4()
    provider.open_setup(Setup(reference, "card", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME))
    stand_in.session_of(reference)._keep(card("4242424242424242"))
    return provider.look_setup(reference)


def disputed(provider: Gateway, stand_in: StandIn, **words: str) -> Intent:
    intent = an_intent()
    session = provider.open_checkout(intent).gateway_reference
    stand_in.lay_down(f"GET /v1/checkout/sessions/{session}", "checkout_session_disputed", session=session,
                      reference=str(intent.reference))  # fmt: skip
    stand_in.lay_down("GET /v1/disputes", "disputes", **words)
    return intent


def kept_methods() -> list[Any]:
    kept = stripe_stand_in.resources.store.values()
    return [each for each in kept if each.object == "payment_method"]


def card(number: str) -> dict[str, Any]:
    return {"type": "card", "card": {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}}


def an_event(*, reference: object, **words: str) -> bytes:
    text = json.dumps(json.loads((DOCUMENTS / "event.json").read_text())["answer"])
    filled = {"event": "1", "type": "any", "object": "payment_intent", "mode": "", "intent": "", **words}
    for word, value in {**filled, "reference": str(reference)}.items():
        text = text.replace("{{" + word + "}}", value)
    return text.encode()


def signed(body: bytes, *, secret: str = SECRET, seconds_ago: int = 0) -> tuple[dict[str, str], bytes]:
    said = int(time.time()) - seconds_ago
    given = stripe.WebhookSignature._compute_signature(f"{said}.{body.decode()}", secret)
    return {"Stripe-Signature": f"t={said},v1={given}", "Content-Type": "application/json"}, body
