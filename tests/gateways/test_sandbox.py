"""The sandbox keeps the contract, and knows what a card number looks like."""

import json
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings

from eipp.gateways import sandbox, sandbox_means
from eipp.gateways.gateway import ForgedCallback, Gateway, gateway
from eipp.gateways.sandbox import CALLBACK_AGE, CHECKOUT_LIFE, Sandbox, SandboxCharge, SandboxMeans
from eipp.kernel.refusal import Refusal
from tests.gateways.contract import CapabilityContract, GatewayContract

GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"


class TestSandbox(GatewayContract, CapabilityContract):
    def provider(self) -> Gateway:
        return gateway("sandbox")

    def payer_pays(self, reference: UUID) -> None:
        sandbox.pay(_charge(reference).pk, card=GOOD)

    def payer_is_declined(self, reference: UUID) -> None:
        sandbox.pay(_charge(reference).pk, card=DECLINED)

    def payer_gives_up(self, reference: UUID) -> None:
        sandbox.give_up(_charge(reference).pk)

    def callback_about(self, reference: UUID) -> tuple[Mapping[str, str], bytes]:
        return sandbox.callback(_charge(reference))

    def an_old_callback_about(self, reference: UUID) -> tuple[Mapping[str, str], bytes]:
        _, body = self.callback_about(reference)
        return _signed(body, seconds_ago=CALLBACK_AGE + 5), body

    def owner_gives_a_card(self, reference: UUID) -> None:
        sandbox_means.give_card(SandboxMeans.objects.get(reference=reference).pk, card=GOOD)

    def charges(self, reference: UUID) -> int:
        return _charge(reference).charged

    @pytest.mark.parametrize("card", ["", "4242", "4" * 20, "four two four two"])
    def test_what_is_no_card_number_is_refused_and_nothing_happens(self, reference: UUID, card: str) -> None:
        with pytest.raises(Refusal) as refused:
            sandbox.pay(_charge(reference).pk, card=card)
        assert (refused.value.code, _charge(reference).status) == ("card_number", "open")

    @pytest.mark.parametrize(
        ("card", "failure"), [("4000 0000 0000 9995", "insufficient_funds"), ("4000 0000 0000 0069", "expired_card")]
    )
    def test_each_test_card_fails_in_its_own_way(self, reference: UUID, card: str, failure: str) -> None:
        sandbox.pay(_charge(reference).pk, card=card)
        assert (self.provider().look(reference).failure, self.charges(reference)) == (failure, 0)

    def test_a_page_left_open_too_long_charges_nothing(self, reference: UUID) -> None:
        charge = _charge(reference)
        charge.created_at -= CHECKOUT_LIFE + timedelta(seconds=1)
        charge.save()
        self.payer_pays(reference)
        assert (self.provider().look(reference).failure, self.charges(reference)) == ("checkout_expired", 0)

    def test_without_a_secret_no_callback_is_believed(self, reference: UUID, settings: LazySettings) -> None:
        settings.SANDBOX_SECRET = ""
        headers, body = self.callback_about(reference)
        with pytest.raises(ForgedCallback):
            self.provider().read_callback(headers, body)

    @pytest.mark.parametrize("said", [[], {}, 7, None, {"reference": 7}, {"reference": "x"}, {"reference": None}])
    def test_a_signed_callback_about_nothing_is_refused_too(self, db: None, said: object) -> None:
        body = json.dumps(said).encode()
        with pytest.raises(ForgedCallback):
            self.provider().read_callback(_signed(body), body)

    def test_the_page_opens_to_its_own_token_alone(self, reference: UUID) -> None:
        charge, other = _charge(reference), SandboxCharge(pk=uuid4())
        token = sandbox.checkout_url(charge).split("/")[-2]
        assert sandbox.is_token_of(charge, token)
        for wrong in ("", token[:-1], token + "0", "\u00e9", "\udc80"):
            assert not sandbox.is_token_of(charge, wrong)
        assert not sandbox.is_token_of(other, token)

    def test_each_end_is_called_back_about_until_it_was_heard(self, reference: UUID) -> None:
        assert _charge(reference).callback_due_at is None
        self.payer_pays(reference)
        assert _charge(reference).callback_due_at is not None


def test_a_way_of_paying_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        gateway("wallet")
    assert (refused.value.code, refused.value.status) == ("unknown_gateway", 404)
    assert isinstance(gateway("sandbox"), Sandbox)


def _charge(reference: UUID) -> SandboxCharge:
    return SandboxCharge.objects.get(reference=reference)


def _signed(body: bytes, *, seconds_ago: int = 0) -> dict[str, str]:
    stamp = str(sandbox.stamp() - seconds_ago)
    return {"Sandbox-Timestamp": stamp, "Sandbox-Signature": sandbox.signature(stamp, body)}
