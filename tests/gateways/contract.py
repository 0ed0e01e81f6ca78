"""The contract's tests, for every gateway: subclass, say how its payer behaves, and inherit them."""

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

import pytest

from eipp.gateways.failures import FAILURES
from eipp.gateways.gateway import (
    CAPABILITIES,
    Checkout,
    Evidence,
    ForgedCallback,
    Gateway,
    Intent,
    Means,
    RefundOrder,
    Setup,
)
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal

AMOUNT, HOME = Money(12_345, "EUR"), "http://127.0.0.1:8000/"


class GatewayContract:
    """What is asked of each provider. `charges` says how often it has really charged for a reference.

    page_stays_open: whoever was declined, or has left, may pay on its page after all, until we close it.
    """

    page_stays_open = False

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

    def test_a_declined_payment_failed_for_a_reason_we_have_words_for_or_can_be_tried_again(
        self, reference: UUID
    ) -> None:
        self.payer_is_declined(reference)
        look = self.provider().look(reference)
        assert (look.status, self.charges(reference)) == ("open" if self.page_stays_open else "failed", 0)
        assert self.page_stays_open or look.failure in FAILURES

    def test_a_payer_who_gives_up_pays_nothing_and_it_can_be_closed(self, reference: UUID) -> None:
        self.payer_gives_up(reference)
        assert self.provider().look(reference).status == ("open" if self.page_stays_open else "cancelled")
        look = self.provider().cancel(reference)
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


class CapabilityContract:
    """What is asked of each provider beside its page: what it `can`, it does once; what it cannot, it refuses."""

    def provider(self) -> Gateway:
        raise AssertionError("a gateway's tests name their provider")

    def owner_gives_a_card(self, reference: UUID) -> None:
        raise AssertionError("a gateway that keeps cards has its owner give one on its page")

    def test_it_names_only_capabilities_that_there_are(self) -> None:
        assert self.provider().can <= CAPABILITIES

    def test_what_it_cannot_it_refuses(self, db: None) -> None:
        provider, intent = self.provider(), _intent(uuid4())
        setup = Setup(uuid4(), "card", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME)
        asked: dict[str, Callable[[], object]] = {
            "setup": lambda: provider.open_setup(setup), "charge": lambda: provider.charge(intent, "token"),
            "verify": lambda: provider.verify(uuid4(), [1, 2]),
            "contest": lambda: provider.contest(uuid4(), Evidence("")),
            "refund": lambda: provider.refund(RefundOrder(uuid4(), uuid4(), AMOUNT)),
            "transactions": lambda: provider.transactions(clock.now().date()),
            "payouts": lambda: provider.payouts(clock.now().date()),
        }  # fmt: skip
        for capability in CAPABILITIES - provider.can:
            with pytest.raises(Refusal) as refused:
                asked[capability]()
            assert refused.value.code == "gateway_cannot"

    def test_of_what_it_never_heard_of_it_knows_nothing(self, db: None) -> None:
        assert self.provider().look_setup(uuid4()).status == "missing"
        assert self.provider().look_refund(uuid4()).status == "missing"

    def test_a_kept_card_is_charged_once_and_what_is_forgotten_never(self, db: None) -> None:
        provider = self.provider()
        if not {"setup", "charge"} <= provider.can:
            return
        means = self._kept()
        assert (means.status, means.last_digits, bool(means.expires_on)) == ("saved", "4242", True)
        intent = _intent(uuid4())
        looks = [provider.charge(intent, means.token) for _ in range(3)]
        assert {(look.status, look.amount) for look in looks} == {("succeeded", AMOUNT)}
        assert provider.look(intent.reference).status == "succeeded"
        for _ in range(2):
            provider.forget(means.token)
        gone = provider.charge(_intent(uuid4()), means.token)
        assert (gone.status, gone.failure) == ("failed", "means_gone")
        assert provider.charge(_intent(uuid4()), "nobody's").status == "failed"

    def test_a_setup_is_opened_once(self, db: None) -> None:
        if "setup" not in self.provider().can:
            return
        reference = uuid4()
        pages = {self._open(reference) for _ in range(2)}
        assert (len(pages), self.provider().look_setup(reference).status) == (1, "open")

    def test_a_refund_is_sent_once_and_both_stand_in_its_books(self, db: None) -> None:
        provider = self.provider()
        if not {"setup", "charge", "refund", "transactions"} <= provider.can:
            return
        intent = _intent(uuid4())
        provider.charge(intent, self._kept().token)
        order = RefundOrder(uuid4(), intent.reference, Money(345, "EUR"))
        assert {provider.refund(order).status for _ in range(3)} == {"succeeded"}
        assert provider.look_refund(order.reference).status == "succeeded"
        lines = {(line.kind, line.reference, line.amount.minor) for line in provider.transactions(clock.real().date())}
        assert lines == {("charge", intent.reference, 12_345), ("refund", order.reference, -345)}
        assert provider.refund(RefundOrder(uuid4(), uuid4(), AMOUNT)).failure == "nothing_to_refund"

    def _kept(self) -> Means:
        reference = uuid4()
        self._open(reference)
        self.owner_gives_a_card(reference)
        return self.provider().look_setup(reference)

    def _open(self, reference: UUID) -> Checkout:
        return self.provider().open_setup(
            Setup(reference, "card", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME)
        )


def _intent(reference: UUID, amount: Money = AMOUNT) -> Intent:
    return Intent(reference, amount, "Nordwind Handels GmbH", "P-000001: invoice 4711", HOME, HOME)
