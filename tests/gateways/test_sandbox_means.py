"""The sandbox keeps cards and accounts, charges them off-session, sends money back, and writes its books."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from eipp.gateways import sandbox, sandbox_means, sandbox_refund
from eipp.gateways.evidence import Evidence
from eipp.gateways.gateway import Gateway, Intent, Means, RefundLook, RefundOrder, Setup, gateway
from eipp.gateways.sandbox import Sandbox, SandboxCharge, SandboxMeans, SandboxRefund
from eipp.gateways.sandbox_accounts import bank_day
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal

AMOUNT, HOME = Money(12_345, "EUR"), "http://127.0.0.1:8000/"
ACCEPTED, ACCOUNT = "4242 4242 4242 4242", "000123456789"
pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Gateway:
    return gateway("sandbox")


def kept(provider: Gateway, *, card: str = ACCEPTED) -> Means:
    reference = uuid4()
    provider.open_setup(Setup(reference, "card", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME))
    sandbox_means.give_card(row_of(reference).pk, card=card)
    return provider.look_setup(reference)


def kept_account(provider: Gateway, *, account: str = ACCOUNT) -> Means:
    reference = account_setup(provider)
    sandbox_means.give_account(row_of(reference).pk, account=account, signs_in=True)
    return provider.look_setup(reference)


def account_setup(provider: Gateway) -> UUID:
    reference = uuid4()
    provider.open_setup(Setup(reference, "bank_debit", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME))
    return reference


def row_of(reference: UUID) -> SandboxMeans:
    return SandboxMeans.objects.get(reference=reference)


def intent(method: str = "card", amount: Money = AMOUNT) -> Intent:
    return Intent(uuid4(), amount, "Nordwind Handels GmbH", "P-000001: invoice 4711", HOME, HOME, method)


def booked(provider: Gateway, day: date | None = None) -> list[tuple[str, int]]:
    return [(line.kind, line.amount.minor) for line in provider.transactions(day or clock.now().date())]


def test_a_kept_card_is_charged_once_however_often_it_is_asked_for(provider: Gateway) -> None:
    means, wanted = kept(provider), intent()
    looks = {provider.charge(wanted, means.token) for _ in range(3)}
    assert (means.status, means.label, [look.status for look in looks]) == ("saved", "card ending 4242", ["succeeded"])
    assert means.expires_on
    assert SandboxCharge.objects.get().charged == 1
    assert booked(provider) == [("charge", 12_345)]


def test_a_token_that_is_wrong_forgotten_or_anothers_charges_nothing(provider: Gateway) -> None:
    one, other = Sandbox(uuid4()), Sandbox(uuid4())
    means = kept(one)
    for payee, token in ((one, "sandbox_x"), (one, ""), (other, means.token)):
        look = payee.charge(intent(), token)
        assert (look.status, look.failure) == ("failed", "means_gone")
    for _ in range(2):
        one.forget(means.token)
    assert (one.charge(intent(), means.token).failure, booked(provider)) == ("means_gone", [])
    other.forget("")
    assert SandboxMeans.objects.get().status == "gone"


@pytest.mark.parametrize(
    ("card", "failure"),
    [("4000 0000 0000 3220", "authentication_required"), ("4000 0000 0000 0341", "card_declined")],
)
def test_a_card_that_was_accepted_may_be_declined_when_nobody_is_there(
    provider: Gateway, card: str, failure: str
) -> None:
    means = kept(provider, card=card)
    if means.status == "open":
        sandbox_means.confirm_owner(SandboxMeans.objects.get().pk, is_owner=True)
        means = provider.look_setup(SandboxMeans.objects.get().reference)
    assert (means.status, provider.charge(intent(), means.token).failure) == ("saved", failure)


def test_an_account_is_proved_by_two_small_amounts_that_come_the_next_bank_day(provider: Gateway) -> None:
    reference = account_setup(provider)
    row = sandbox_means.give_account(row_of(reference).pk, account=ACCOUNT)
    assert (provider.look_setup(reference).status, provider.look_setup(reference).token) == ("verifying", "")
    with pytest.raises(Refusal) as refused:
        provider.verify(reference, sandbox_means.small_amounts(row))
    assert refused.value.code == "amounts_not_there_yet"
    SandboxMeans.objects.update(amounts_at=clock.now())
    assert provider.verify(reference, [0, 0]).failure == "wrong_amounts"
    means = provider.verify(reference, reversed(sandbox_means.small_amounts(row)))
    assert (means.status, means.label, means.failure) == ("saved", "bank account ending 6789", "")
    assert provider.charge(intent("bank_debit"), means.token).status == "pending"
    assert provider.charge(intent("card"), means.token).failure == "means_gone"


def test_three_wrong_tries_and_the_right_amounts_come_too_late(provider: Gateway) -> None:
    reference = account_setup(provider)
    row = sandbox_means.give_account(row_of(reference).pk, account=ACCOUNT)
    SandboxMeans.objects.update(amounts_at=clock.now())
    assert [provider.verify(reference, [0, 0]).status for _ in range(3)] == ["verifying", "verifying", "failed"]
    means = provider.verify(reference, sandbox_means.small_amounts(row))
    assert (means.status, means.token, means.failure) == ("failed", "", "verification_failed")


def test_what_it_never_heard_of_is_missing(provider: Gateway) -> None:
    assert provider.look_setup(uuid4()).status == provider.verify(uuid4(), [1, 2]).status == "missing"
    assert provider.look_refund(uuid4()).status == "missing"
    provider.forget("nothing")


def test_refunds_never_send_back_more_than_was_charged(provider: Gateway) -> None:
    wanted = intent()
    provider.charge(wanted, kept(provider).token)
    first = RefundOrder(uuid4(), wanted.reference, Money(10_000, "EUR"))
    assert {provider.refund(first) for _ in range(3)} == {RefundLook("succeeded")}
    too_much = provider.refund(RefundOrder(uuid4(), wanted.reference, Money(2_346, "EUR")))
    assert (too_much.status, too_much.failure) == ("failed", "more_than_charged")
    assert provider.refund(RefundOrder(uuid4(), wanted.reference, Money(1, "USD"))).failure == "wrong_currency"
    assert provider.refund(RefundOrder(uuid4(), uuid4(), Money(1, "EUR"))).failure == "nothing_to_refund"
    assert provider.refund(RefundOrder(uuid4(), wanted.reference, Money(2_345, "EUR"))).status == "succeeded"
    assert booked(provider) == [("charge", 12_345), ("refund", -10_000), ("refund", -2_345)]


@pytest.mark.parametrize(
    ("card", "end", "lines"),
    [
        ("4000 0000 0000 7726", RefundLook("succeeded"), []),
        ("4000 0000 0000 5126", RefundLook("failed", "refund_refused"), [("refund", 100)]),
    ],
)
def test_a_slow_refund_is_pending_for_a_bank_day(
    provider: Gateway, card: str, end: RefundLook, lines: list[tuple[str, int]]
) -> None:
    wanted = intent()
    provider.charge(wanted, kept(provider, card=card).token)
    order = RefundOrder(uuid4(), wanted.reference, Money(100, "EUR"))
    assert provider.refund(order) == RefundLook("pending")
    row = SandboxRefund.objects.get()
    assert row.turns_at
    sandbox_refund.turn_due(now=row.turns_at)
    assert provider.look_refund(order.reference) == end
    assert booked(provider, row.turns_at.date()) == lines


def test_a_charge_back_is_booked_and_one_that_is_won_comes_back(provider: Gateway) -> None:
    wanted, friday = intent(), datetime(2026, 1, 2, 15, tzinfo=UTC)
    provider.open_checkout(wanted)
    charge = sandbox.pay(SandboxCharge.objects.get().pk, card="4000 0000 0000 2685", now=friday)
    sandbox.turn_due(now=bank_day(friday, 3))
    assert (provider.look(wanted.reference).status, provider.look(wanted.reference).failure) == (
        "charged_back", "not_delivered")  # fmt: skip
    assert booked(provider, date(2026, 1, 7)) == [("chargeback", -12_345)]
    provider.contest(wanted.reference, Evidence("winning_evidence: the proof of delivery"))
    provider.contest(wanted.reference, Evidence("a second answer counts no more"))
    charge.refresh_from_db()
    assert charge.turns_at
    sandbox.turn_due(now=charge.turns_at)
    assert provider.look(wanted.reference).status == "succeeded"
    assert booked(provider, charge.turns_at.date()) == [("chargeback", 12_345)]


def test_a_charge_back_that_is_answered_badly_stays(provider: Gateway) -> None:
    wanted = intent()
    provider.open_checkout(wanted)
    charge = sandbox.pay(SandboxCharge.objects.get().pk, card=ACCEPTED)
    sandbox.become(charge.pk, "charged_back", failure="not_delivered")
    provider.contest(wanted.reference, Evidence("we do not agree"))
    sandbox.turn_due(now=clock.now() + timedelta(days=30))
    assert (provider.look(wanted.reference).status, booked(provider)) == (
        "charged_back", [("charge", 12_345), ("chargeback", -12_345)])  # fmt: skip


def test_each_payee_sees_its_own_money_alone(provider: Gateway) -> None:
    one, other, wanted = Sandbox(uuid4()), Sandbox(uuid4()), intent()
    one.charge(wanted, kept(one).token)
    order = RefundOrder(uuid4(), wanted.reference, Money(1, "EUR"))
    assert (other.look(wanted.reference).status, other.refund(order).failure) == ("missing", "nothing_to_refund")
    assert (booked(other), booked(one), booked(provider)) == ([], [("charge", 12_345)], [("charge", 12_345)])


def test_a_debit_is_booked_when_it_settles_and_again_when_it_comes_back(provider: Gateway) -> None:
    wanted, friday = intent("bank_debit"), datetime(2026, 1, 2, 15, tzinfo=UTC)
    provider.open_checkout(wanted)
    sandbox.debit(SandboxCharge.objects.get().pk, account="000555555559", now=friday)
    sandbox.turn_due(now=bank_day(friday, 9))
    assert (provider.look(wanted.reference).status, SandboxCharge.objects.get().turned) == ("returned", 2)
    assert booked(provider, date(2026, 1, 2)) == []
    assert booked(provider, date(2026, 1, 6)) == [("charge", 12_345)]
    assert booked(provider, date(2026, 1, 7)) == [("return", -12_345)]
