"""Stripe's adapter keeps the contract against localstripe (with Checkout Sessions of ours, `stripe_stand_in`)."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from eipp.accounts.models import LegalEntity
from eipp.gateways.gateway import (
    ForgedCallback,
    Gateway,
    NoAnswer,
    RefundOrder,
    Setup,
    of,
)
from eipp.kernel.money import Money
from tests.gateways.contract import AMOUNT, HOME, CapabilityContract, GatewayContract
from tests.gateways.stripe_doing import (
    a_kept_card,
    an_event,
    an_intent,
    card,
    connected,
    kept_methods,
    signed,
)
from tests.servers.stripe_stand_in import StandIn


class TestStripeOnLocalstripe(GatewayContract, CapabilityContract):
    page_stays_open = True

    @pytest.fixture(autouse=True)
    def _meet(self, stand_in: StandIn, payee: LegalEntity) -> None:
        self.stand_in, self.payee = stand_in, payee

    def provider(self) -> Gateway:
        return of("stripe", self.payee)

    def payer_pays(self, reference: UUID) -> None:
        self.stand_in.session_of(reference)._pay(card("4242424242424242"))

    def payer_is_declined(self, reference: UUID) -> None:
        self.stand_in.session_of(reference)._pay(card("4000000000000341"))

    def payer_gives_up(self, reference: UUID) -> None:
        """Who leaves Stripe's page leaves it open; we close it."""

    def owner_gives_a_card(self, reference: UUID) -> None:
        self.stand_in.session_of(reference)._keep(card("4242424242424242"))

    def callback_about(self, reference: UUID) -> tuple[Mapping[str, str], bytes]:
        return signed(an_event(reference=reference))

    def an_old_callback_about(self, reference: UUID) -> tuple[Mapping[str, str], bytes]:
        return signed(an_event(reference=reference), seconds_ago=305)

    def charges(self, reference: UUID) -> int:
        return self.stand_in.charges_of(reference)


# --- on localstripe: answers that got lost, keys, and what we send


def test_on_localstripe_a_charge_whose_answer_was_lost_is_found_and_never_made_twice(
    provider: Gateway, stand_in: StandIn
) -> None:
    token, intent = a_kept_card(provider, stand_in).token, an_intent()
    stand_in.silent.add("POST /v1/payment_intents")
    with pytest.raises(NoAnswer):
        provider.charge(intent, token)
    stand_in.silent.clear()
    assert (provider.look(intent.reference).status, stand_in.charges_of(intent.reference)) == ("succeeded", 1)
    assert provider.charge(intent, token).status == "succeeded"
    assert stand_in.charges_of(intent.reference) == 1


def test_on_localstripe_a_page_whose_answer_was_lost_is_found_again(provider: Gateway, stand_in: StandIn) -> None:
    intent = an_intent()
    stand_in.silent.add("POST /v1/checkout/sessions")
    with pytest.raises(NoAnswer):
        provider.open_checkout(intent)
    stand_in.silent.clear()
    assert provider.look(intent.reference).status == "open"
    assert provider.open_checkout(intent).url == stand_in.session_of(intent.reference).url


def test_on_localstripe_a_refund_whose_answer_was_lost_is_found_and_never_sent_twice(
    provider: Gateway, stand_in: StandIn
) -> None:
    intent = an_intent()
    provider.charge(intent, a_kept_card(provider, stand_in).token)
    order = RefundOrder(uuid4(), intent.reference, Money(345, "EUR"))
    stand_in.silent.add("POST /v1/refunds")
    with pytest.raises(NoAnswer):
        provider.refund(order)
    stand_in.silent.clear()
    assert provider.look_refund(order.reference).status == "succeeded"
    assert provider.refund(order).status == "succeeded"
    assert len([call for call, _, _ in stand_in.calls if call == "POST /v1/refunds"]) == 1


def test_on_localstripe_what_never_arrived_is_missing(provider: Gateway, stand_in: StandIn) -> None:
    intent = an_intent()
    stand_in.fails.add("POST /v1/checkout/sessions")
    with pytest.raises(NoAnswer):
        provider.open_checkout(intent)
    assert provider.look(intent.reference).status == "missing"


def test_on_localstripe_each_call_that_moves_money_carries_our_reference_and_key(
    provider: Gateway, stand_in: StandIn
) -> None:
    intent = an_intent(Money(5_000, "JPY"))
    provider.charge(intent, a_kept_card(provider, stand_in).token)
    _, sent, headers = next(call for call in stand_in.calls if call[0] == "POST /v1/payment_intents")
    assert headers["Idempotency-Key"] == f"charge-{intent.reference}"
    assert (sent["metadata[eipp_reference]"], sent["amount"], sent["currency"], sent["off_session"]) == (
        str(intent.reference), "5000", "jpy", "true")  # fmt: skip


@pytest.mark.parametrize("number", ["4000000000000341", "4000000000003220"], ids=["declined", "asks its owner"])
def test_on_localstripe_a_card_that_says_no_when_nobody_is_there_has_failed(
    provider: Gateway, stand_in: StandIn, number: str
) -> None:
    reference = uuid4()
    provider.open_setup(Setup(reference, "card", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME))
    stand_in.session_of(reference)._keep(card("4242424242424242"))
    means, intent = provider.look_setup(reference), an_intent()
    kept = next(each for each in kept_methods() if each.id == means.token.partition("/")[0])
    kept._card_number = number
    look = provider.charge(intent, means.token)
    expected = "card_declined" if number.endswith("0341") else "authentication_required"
    assert (look.status, look.failure, stand_in.charges_of(intent.reference)) == ("failed", expected, 0)
    assert provider.look(intent.reference).status == "failed"


def test_on_localstripe_each_payee_sees_its_own_alone(provider: Gateway, stand_in: StandIn) -> None:
    other, intent = of("stripe", connected("Somebody Else Inc.")), an_intent()
    provider.open_checkout(intent)
    stand_in.session_of(intent.reference)._pay(card("4242424242424242"))
    assert provider.look(intent.reference).status == "succeeded"
    assert other.look(intent.reference).status == other.cancel(intent.reference).status == "missing"
    assert other.refund(RefundOrder(uuid4(), intent.reference, AMOUNT)).failure == "nothing_to_refund"
    headers, body = signed(an_event(reference=intent.reference), secret="whsec_somebody_elses")
    with pytest.raises(ForgedCallback):
        provider.read_callback(headers, body)
