"""Bank debit: on its way for days, never shown as paid before it is, and sent back by the bank before or after."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from eipp.gateways import sandbox
from eipp.gateways.failures import RETURNS
from eipp.gateways.sandbox import SandboxCharge
from eipp.gateways.sandbox_accounts import TEST_ACCOUNTS, bank_day
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt, Invoice
from tests.workflows.doing import approve, assert_sound, enter, eur, hear, paid, posted, refused, told
from tests.world import World
from workflows import gateway_talk
from workflows.headline import headline
from workflows.jobs import ask_gateways
from workflows.payment import Payment
from workflows.presentment import Presentment

SETTLES, NO_MONEY, CLOSED = "000123456789", "000111111116", "000222222227"
SETTLES_THEN_NO_MONEY = "000555555559"
FRIDAY = datetime(2026, 1, 2, 15, tzinfo=UTC)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


def debited(world: World, *invoices: Invoice, account: str = SETTLES) -> Payment:
    """Entered, and the account given on the provider's page; the platform has heard of it."""
    entered = enter(world, "tom", *invoices, method="bank_debit")
    sandbox.debit(SandboxCharge.objects.get(reference=entered.pk).pk, account=account)
    return hear(entered)


def days_later(payment: Payment, days: int) -> Payment:
    """The provider has heard from the bank on the banking day so many after the debit; the platform looks."""
    charge = SandboxCharge.objects.get(reference=payment.pk)
    assert charge.debited_at
    sandbox.turn_due(now=bank_day(charge.debited_at, days))
    return hear(payment)


def at_the_provider(payment: Payment) -> Money:
    """The money that the provider holds for us."""
    charge = SandboxCharge.objects.get(reference=payment.pk)
    return charge.amount if charge.status == "succeeded" else Money.zero(charge.currency)


def call_back(payment: Payment, *, claims: str = "") -> int:
    """The provider's signed callback arrives over HTTP."""
    charge = SandboxCharge.objects.get(reference=payment.pk)
    charge.status = claims or charge.status
    headers, body = sandbox.callback(charge)
    headers.pop("Content-Type")
    url = "/api/v1/callbacks/sandbox"
    return Client().post(url, body, content_type="application/json", headers=headers).status_code


# --- on its way


def test_a_debit_is_on_its_way_at_once_and_paid_nowhere(world: World, invoice: Invoice) -> None:
    payment = debited(world, invoice)
    invoice.refresh_from_db()
    assert (payment.state, payment.means) == ("pending", "bank account ending 6789")
    assert (invoice.pending, invoice.open, invoice.paid_minor, invoice.free) == (
        eur("100.00"), eur("100.00"), 0, eur("0"))  # fmt: skip
    head = headline(invoice, world.actor("tom"), on=clock.today())
    assert (head.sentence, head.tone) == ("Payment on the way", "waiting")
    assert (posted(payment), CashReceipt.objects.count()) == (at_the_provider(payment), 0)
    assert told(payment) == ["payment.submitted", "payment.pending"]
    with refused("already_on_the_way", 409):
        enter(world, "tom", (invoice, eur("1.00")))
    assert_sound()


def test_it_settles_after_two_bank_days_and_not_before(world: World, invoice: Invoice) -> None:
    payment = debited(world, invoice)
    assert days_later(payment, 1).state == "pending"
    assert days_later(payment, 2).state == "settled"
    invoice.refresh_from_db()
    receipt = CashReceipt.objects.get()
    assert (receipt.kind, invoice.is_closed, invoice.held_minor) == ("direct_debit", True, 0)
    assert posted(payment) == at_the_provider(payment) == eur("100.00")
    assert_sound()


def test_bank_days_leave_out_the_weekend() -> None:
    assert bank_day(FRIDAY, 1) == datetime(2026, 1, 5, tzinfo=UTC)
    assert bank_day(FRIDAY + timedelta(days=1), 2) == datetime(2026, 1, 6, tzinfo=UTC)


def test_a_debit_is_not_given_up_while_the_bank_takes_its_time(world: World, invoice: Invoice) -> None:
    payment = debited(world, invoice)
    gateway_talk.ask(payment.pk, now=clock.now() + timedelta(days=1))
    payment.refresh_from_db()
    assert payment.state == "pending"
    with refused("not_now", 409):
        gateway_talk.request_cancel(world.actor("tom"), payment)


# --- it comes back


@pytest.mark.parametrize("account", [each for each in TEST_ACCOUNTS if each.turns[0].status == "returned"][:4])
def test_returned_before_it_settled_it_was_never_paid(world: World, invoice: Invoice, account: object) -> None:
    code = account.turns[0].failure  # type: ignore[attr-defined]
    payment = days_later(debited(world, invoice, account=account.number), 2)  # type: ignore[attr-defined]
    invoice.refresh_from_db()
    assert (payment.state, payment.failure, invoice.free) == ("returned", code, eur("100.00"))
    assert RETURNS[code].sentence in payment.failure_sentence
    assert (CashReceipt.objects.count(), posted(payment)) == (0, at_the_provider(payment))
    assert told(payment) == ["payment.submitted", "payment.pending", "payment.returned"]
    assert paid(world, "tom", invoice).state == "settled"
    assert_sound()


def test_returned_after_it_settled_the_posting_is_reversed_and_the_invoice_reopens(
    world: World, invoice: Invoice
) -> None:
    payment = days_later(debited(world, invoice, account=SETTLES_THEN_NO_MONEY), 2)
    presentment = Presentment.objects.get(invoice=invoice)
    assert (payment.state, presentment.state) == ("settled", "closed")
    days_later(payment, 3)
    invoice.refresh_from_db()
    presentment.refresh_from_db()
    receipt = CashReceipt.objects.get()
    assert (payment.state, payment.failure, receipt.reversal_reason) == ("returned", "R01", "R01")
    assert (invoice.free, invoice.held_minor, invoice.is_closed) == (eur("100.00"), 0, False)
    assert presentment.state != "closed"
    assert posted(payment) == at_the_provider(payment) == eur("0")
    assert paid(world, "tom", invoice).state == "settled"
    assert_sound()


def test_both_ends_overslept_it_is_returned_and_was_never_shown_as_paid(world: World, invoice: Invoice) -> None:
    payment = days_later(debited(world, invoice, account=SETTLES_THEN_NO_MONEY), 9)
    assert (payment.state, posted(payment)) == ("returned", eur("0"))
    assert "payment.settled" not in told(payment)
    assert_sound()


def test_of_several_invoices_all_reopen(world: World) -> None:
    invoices = [world.invoice(f"{amount}.00", account="tiny_account") for amount in (10, 20, 30)]
    payment = days_later(debited(world, *invoices, account=SETTLES_THEN_NO_MONEY), 2)
    days_later(payment, 3)
    assert [Invoice.objects.get(pk=each.pk).free.minor for each in invoices] == [1000, 2000, 3000]
    assert_sound()


# --- callbacks


def test_callbacks_doubled_early_late_and_out_of_order_change_nothing_of_the_sum(
    world: World, invoice: Invoice
) -> None:
    payment = debited(world, invoice, account=SETTLES_THEN_NO_MONEY)
    for claims in ("returned", "succeeded", "returned", "", ""):  # early: the bank has not said so yet
        assert call_back(payment, claims=claims) == 200
        ask_gateways()
    payment.refresh_from_db()
    assert (payment.state, posted(payment)) == ("pending", at_the_provider(payment))
    days_later(payment, 2)
    for claims in ("pending", "open", ""):  # late and out of order
        assert call_back(payment, claims=claims) == 200
        ask_gateways()
    payment.refresh_from_db()
    assert (payment.state, posted(payment)) == ("settled", at_the_provider(payment))
    days_later(payment, 3)
    for claims in ("succeeded", "", "pending"):
        assert call_back(payment, claims=claims) == 200
        ask_gateways()
    payment.refresh_from_db()
    assert (payment.state, posted(payment)) == ("returned", at_the_provider(payment))
    assert told(payment) == ["payment.submitted", "payment.pending", "payment.settled", "payment.returned"]
    assert_sound()


def test_each_word_of_the_bank_is_called_back_about(world: World, invoice: Invoice) -> None:
    payment = debited(world, invoice, account=SETTLES_THEN_NO_MONEY)
    for days in (2, 3):
        SandboxCharge.objects.update(callback_due_at=None, callback_attempts=9)
        days_later(payment, days)
        charge = SandboxCharge.objects.get()
        assert (charge.callback_due_at is not None, charge.callback_attempts) == (True, 0)


# --- the provider's page


def test_pressing_the_button_often_debits_once(world: World, invoice: Invoice) -> None:
    entered = enter(world, "tom", invoice, method="bank_debit")
    charge = SandboxCharge.objects.get(reference=entered.pk)
    for account in (SETTLES, CLOSED, SETTLES):
        charge = sandbox.debit(charge.pk, account=account)
    assert (charge.charged, charge.status, charge.last_digits) == (1, "pending", "6789")


@pytest.mark.parametrize("account", ["", "12", "1" * 18, "account"])
def test_what_is_no_account_number_is_refused_and_nothing_happens(world: World, invoice: Invoice, account: str) -> None:
    entered = enter(world, "tom", invoice, method="bank_debit")
    charge = SandboxCharge.objects.get(reference=entered.pk)
    with refused("account_number", 422):
        sandbox.debit(charge.pk, account=account)
    charge.refresh_from_db()
    assert (charge.status, charge.charged) == ("open", 0)


def test_an_account_nobody_knows_does_not_exist(world: World, invoice: Invoice) -> None:
    assert days_later(debited(world, invoice, account="0009998887"), 2).failure == "R03"


def test_a_currency_that_is_not_debited_is_refused(world: World) -> None:
    yen = world.invoice("5000", account="pacific_jpy", currency="JPY")
    approve(world, "ben", yen)
    with refused("method_not_offered", 422):
        enter(world, "anna", yen, method="bank_debit")
