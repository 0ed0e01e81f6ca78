"""Bank transfer: waited for by its reference, settled by what the bank statement says came, given up in the end."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as current

from eipp.gateways.creditor_reference import creditor_reference, is_structured, normalised, printed
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt, Invoice
from tests.workflows.doing import approve, assert_sound, enter, eur, paid, posted, refused, told
from tests.world import World
from workflows import gateway_talk
from workflows.bank_transfer import payment_for, settle_transfer
from workflows.gateway_talk import request_cancel, to_be_asked
from workflows.payment import Payment

TODAY = date(2026, 3, 2)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


def transfer(world: World, *invoices: Any, who: str = "tom") -> Payment:
    return enter(world, who, *invoices, gateway="bank_transfer", method="bank_transfer")


def arrives(world: World, payment: Payment, amount: Money, **facts: Any) -> list[CashReceipt]:
    """The supplier's bank statement says so."""
    return settle_transfer(world.erp("nordwind"), payment, amount=amount, received_on=TODAY, **facts)


# --- the reference


def test_a_reference_has_the_check_digits_of_iso_11649() -> None:
    assert creditor_reference("539007547034") == "RF18539007547034"
    made = creditor_reference("P-000123")
    assert (is_structured(made), printed(made)) == (True, "RF89 P000 123")


@pytest.mark.parametrize("written", ["RF89P000123", "rf89 p000 123", " RF89-P000-123 ", "Rf89P000123"])
def test_a_reference_is_read_however_it_is_written(written: str) -> None:
    assert (normalised(written), is_structured(written)) == ("RF89P000123", True)


@pytest.mark.parametrize("written", ["RF88P000123", "RF89P000132", "P000123", "", "RF", "4711"])
def test_a_mistyped_reference_is_none(written: str) -> None:
    assert not is_structured(written)


def test_a_payment_is_found_by_its_reference_by_whom_it_concerns_alone(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    assert payment.reference == creditor_reference(payment.number)
    for erp, found in (("nordwind", payment), ("pacific", None)):
        assert payment_for(world.erp(erp), payment.printed_reference.lower()) == found
    assert payment_for(world.erp("nordwind"), "") is None
    assert payment_for(world.erp("nordwind"), payment.reference, currency="USD") is None


# --- waited for


def test_a_transfer_is_on_its_way_at_once_and_nobody_is_asked_about_it(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    invoice.refresh_from_db()
    assert (payment.state, payment.checkout_url) == ("pending", "")
    assert (invoice.pending, invoice.open, invoice.free) == (eur("100.00"), eur("100.00"), eur("0"))
    assert told(payment) == ["payment.submitted", "payment.pending"]
    assert to_be_asked(clock.now() + timedelta(days=1)) == []
    with refused("already_on_the_way", 409):
        transfer(world, (invoice, eur("1.00")))
    assert_sound()


def test_a_transfer_whose_request_died_is_waited_for_all_the_same(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    Payment.objects.filter(pk=payment.pk).update(looked_at=None)
    gateway_talk.ask(payment.pk)
    payment.refresh_from_db()
    assert payment.state == "pending"
    assert_sound()


def test_a_payee_without_a_verified_account_for_the_currency_is_not_paid_by_transfer(world: World) -> None:
    yen = world.invoice("5000", account="pacific_jpy", currency="JPY")
    approve(world, "ben", yen)
    with refused("no_bank_account", 409):
        transfer(world, (yen, yen.free), who="anna")
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("gateway", "method"), [("bank_transfer", "card"), ("sandbox", "bank_transfer"), ("sandbox", "cheque")]
)
def test_a_method_that_the_gateway_does_not_offer_is_refused(
    world: World, invoice: Invoice, gateway: str, method: str
) -> None:
    with refused("method_not_offered", 422):
        enter(world, "tom", invoice, gateway=gateway, method=method)


# --- it arrives


def test_the_amount_asked_for_settles_it(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    (receipt,) = arrives(world, payment, eur("100.00"), external_id="line 1", means="transfer from DE02")
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.received, payment.means) == ("settled", eur("100.00"), "transfer from DE02")
    assert (invoice.open_minor, invoice.held_minor, invoice.is_closed) == (0, 0, True)
    assert (receipt.kind, receipt.received_on, receipt.external_id) == ("transfer", TODAY, "line 1")
    assert told(payment)[-1] == "payment.settled"
    assert_sound()


def test_less_pays_what_is_due_first_and_leaves_the_rest_open(world: World) -> None:
    later = world.invoice("60.00", account="tiny_account", due=clock.today() + timedelta(days=30))
    first = world.invoice("60.00", account="tiny_account", due=clock.today() + timedelta(days=3))
    arrives(world, transfer(world, later, first), eur("80.00"))
    later.refresh_from_db()
    first.refresh_from_db()
    assert (first.open, later.open, later.free) == (eur("0"), eur("40.00"), eur("40.00"))
    assert paid(world, "tom", later).state == "settled"
    assert_sound()


def test_more_leaves_the_rest_on_the_account(world: World, invoice: Invoice) -> None:
    (receipt,) = arrives(world, transfer(world, invoice), eur("130.00"))
    invoice.refresh_from_db()
    assert (invoice.open, receipt.unapplied) == (eur("0"), eur("30.00"))
    assert_sound()


def test_it_is_never_more_than_open(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    request_cancel(world.actor("tom"), payment)
    paid(world, "tom", (invoice, eur("70.00")))
    (receipt,) = arrives(world, payment, eur("100.00"))
    invoice.refresh_from_db()
    assert (invoice.open, receipt.unapplied) == (eur("0"), eur("70.00"))
    assert_sound()


def test_over_two_accounts_each_gets_its_own_receipt(world: World) -> None:
    main, branch = world.invoice("10.00", account="main"), world.invoice("20.00", account="branch")
    for each in (main, branch):
        approve(world, "ben", each)
    payment = transfer(world, main, branch, who="anna")
    receipts = arrives(world, payment, eur("30.00"), external_id="line 7")
    assert sorted(each.amount.minor for each in receipts) == [1000, 2000]
    assert len({each.external_id for each in receipts}) == 2
    assert posted(payment) == eur("30.00")
    assert_sound()


def test_another_currency_stays_on_the_account(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    (receipt,) = arrives(world, payment, Money(10_000, "USD"))
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.failure, payment.received, receipt.unapplied) == ("wrong_currency", None, Money(10_000, "USD"))
    assert invoice.free == eur("100.00")
    assert_sound()


def test_the_same_reference_a_second_time_is_the_callers_to_post(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    arrives(world, payment, eur("40.00"), external_id="line 1")
    with refused("not_now", 409):
        arrives(world, payment, eur("60.00"), external_id="line 2")
    assert posted(payment) == eur("40.00")
    assert_sound()


def test_a_line_that_was_posted_settles_nothing_again(world: World, invoice: Invoice) -> None:
    arrives(world, transfer(world, invoice), eur("100.00"), external_id="line 1")
    other = transfer(world, world.invoice("100.00", account="tiny_account"))
    with refused("receipt_known", 409):
        arrives(world, other, eur("100.00"), external_id="line 1")
    other.refresh_from_db()
    assert other.state == "pending"
    assert_sound()


@pytest.mark.parametrize("amount", ["0.00", "-5.00"])
def test_nothing_settles_nothing(world: World, invoice: Invoice, amount: str) -> None:
    payment = transfer(world, invoice)
    with refused("amount_not_positive", 422):
        arrives(world, payment, eur(amount))
    payment.refresh_from_db()
    assert payment.state == "pending"


def test_another_suppliers_statement_and_a_card_payment_are_refused(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    with refused("unknown_payment", 404):
        settle_transfer(world.erp("pacific"), payment, amount=eur("100.00"), received_on=TODAY)
    with refused("not_a_transfer", 409):
        arrives(world, enter(world, "tom", world.invoice("1.00", account="tiny_account")), eur("1.00"))


# --- it does not arrive


def test_the_buyer_cancels_it_at_once(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    request_cancel(world.actor("tom"), payment)
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.failure, invoice.free) == ("cancelled", "cancelled_by_payer", eur("100.00"))
    with refused("not_now", 409):
        request_cancel(world.actor("tom"), payment)
    assert_sound()


def test_without_money_it_expires_and_arrives_all_the_same_later(world: World, invoice: Invoice) -> None:
    payment = transfer(world, invoice)
    days = timedelta(days=current.TRANSFER_DAYS)
    assert to_be_asked(payment.submitted_at + days) == []
    moment = payment.submitted_at + days + timedelta(seconds=1)
    assert to_be_asked(moment) == [payment.pk]
    gateway_talk.ask(payment.pk, now=moment)
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.failure, invoice.free) == ("cancelled", "transfer_expired", eur("100.00"))
    assert to_be_asked(moment) == []
    arrives(world, payment, eur("100.00"))
    payment.refresh_from_db()
    assert (payment.state, posted(payment)) == ("settled", eur("100.00"))
    assert_sound()
