"""The contract's tests, for every gateway: subclass, say how its payer behaves, and inherit them."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from eipp.gateways.failures import FAILURES
from eipp.gateways.gateway import ForgedCallback, Gateway, Intent
from eipp.kernel.money import Money

AMOUNT = Money(12_345, "EUR")


class GatewayContract:
    """What is asked of each provider. `charges` says how often it has really charged for a reference."""

    def provider(self) -> Gateway:
        raise AssertionError("a gateway's tests name their provider")

    def payer_pays(self, reference: UUID) -> None:
        raise AssertionError("a gateway's tests let its payer pay")

    def payer_is_declined(self, reference: UUID) -> None:
        raise AssertionError("a gateway's tests let its payer be declined")

    def payer_gives_up(self, reference: UUID) -> None:
        raise AssertionError("a gateway's tests let its payer give up")

    def callback_about(self, reference: UUID) -> tuple[Mapping[str, str], bytes]:
        raise AssertionError("a gateway's tests have it call back")

    def an_old_callback_about(self, reference: UUID) -> tuple[Mapping[str, str], bytes]:
        raise AssertionError("a gateway's tests have it call back too late")

    def charges(self, reference: UUID) -> int:
        raise AssertionError("a gateway's tests count its charges")

    @pytest.fixture
    def reference(self, db: None) -> UUID:
        """An intent whose page was opened."""
        reference = uuid4()
        self.provider().open_checkout(_intent(reference))
        return reference

    def test_what_it_never_heard_of_is_missing(self, db: None) -> None:
        assert self.provider().look(uuid4()).status == "missing"
        assert self.provider().cancel(uuid4()).status == "missing"

    def test_an_opened_intent_is_open_and_nothing_is_charged(self, reference: UUID) -> None:
        look = self.provider().look(reference)
        assert (look.status, look.amount, self.charges(reference)) == ("open", AMOUNT, 0)

    def test_opening_again_finds_the_same_page(self, reference: UUID) -> None:
        first, second = (self.provider().open_checkout(_intent(reference)) for _ in range(2))
        assert first == second

    def test_an_intent_keeps_the_amount_with_which_it_was_opened(self, reference: UUID) -> None:
        self.provider().open_checkout(_intent(reference, Money(1, "EUR")))
        assert self.provider().look(reference).amount == AMOUNT

    def test_paying_charges_once_however_often_it_is_pressed(self, reference: UUID) -> None:
        for _ in range(3):
            self.payer_pays(reference)
        look = self.provider().look(reference)
        assert (look.status, look.amount, self.charges(reference)) == ("succeeded", AMOUNT, 1)
        assert look.gateway_reference

    def test_opening_again_after_it_was_paid_charges_nothing(self, reference: UUID) -> None:
        self.payer_pays(reference)
        self.provider().open_checkout(_intent(reference))
        assert (self.provider().look(reference).status, self.charges(reference)) == ("succeeded", 1)

    def test_a_declined_payment_failed_for_a_reason_we_have_words_for(self, reference: UUID) -> None:
        self.payer_is_declined(reference)
        look = self.provider().look(reference)
        assert (look.status, self.charges(reference)) == ("failed", 0)
        assert look.failure in FAILURES

    def test_a_payer_who_gives_up_cancels(self, reference: UUID) -> None:
        self.payer_gives_up(reference)
        look = self.provider().look(reference)
        assert (look.status, self.charges(reference)) == ("cancelled", 0)
        assert look.failure in FAILURES

    def test_what_we_cancel_can_no_longer_be_paid(self, reference: UUID) -> None:
        assert self.provider().cancel(reference).status == "cancelled"
        self.payer_pays(reference)
        assert (self.provider().look(reference).status, self.charges(reference)) == ("cancelled", 0)

    def test_what_is_paid_can_no_longer_be_cancelled(self, reference: UUID) -> None:
        self.payer_pays(reference)
        assert self.provider().cancel(reference).status == "succeeded"

    def test_a_callback_names_the_intent(self, reference: UUID) -> None:
        self.payer_pays(reference)
        headers, body = self.callback_about(reference)
        assert self.provider().read_callback(headers, body).reference == reference

    def test_another_body_under_the_same_signature_is_forged(self, reference: UUID) -> None:
        headers, body = self.callback_about(reference)
        other = body.replace(str(reference).encode(), str(uuid4()).encode())
        assert other != body
        self._is_forged(headers, other)
        self._is_forged(headers, b"")

    def test_a_callback_without_its_signature_is_forged(self, reference: UUID) -> None:
        headers, body = self.callback_about(reference)
        self._is_forged({}, body)
        for left_out in headers:
            if left_out != "Content-Type":
                self._is_forged({name: value for name, value in headers.items() if name != left_out}, body)

    @pytest.mark.parametrize("written", ["", "0", "x" * 64, "\u00e9" * 64, "\u0660", "None"])
    def test_any_other_signature_or_time_is_forged(self, reference: UUID, written: str) -> None:
        headers, body = self.callback_about(reference)
        for name in headers:
            if name != "Content-Type":
                self._is_forged({**headers, name: written}, body)

    def test_an_old_callback_is_not_believed(self, reference: UUID) -> None:
        headers, body = self.an_old_callback_about(reference)
        self._is_forged(headers, body)

    def _is_forged(self, headers: Mapping[str, str], body: bytes) -> None:
        with pytest.raises(ForgedCallback):
            self.provider().read_callback(headers, body)


def _intent(reference: UUID, amount: Money = AMOUNT) -> Intent:
    home = "http://127.0.0.1:8000/"
    return Intent(reference, amount, "Nordwind Handels GmbH", "P-000001: invoice 4711", home, home)
