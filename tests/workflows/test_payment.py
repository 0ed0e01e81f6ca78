"""Payment: money moves once, whatever the gateway says, and what stands in our books is what it holds for us."""

from uuid import uuid4

import pytest

from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.membership import add_member
from eipp.accounts.person import create_person
from eipp.gateways.failures import FAILURES, in_words
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt, Invoice
from tests.workflows.doing import (
    DECLINED,
    approve,
    assert_sound,
    at_the_page,
    enter,
    eur,
    hear,
    paid,
    posted,
    refused,
    told,
)
from tests.world import World
from workflows.gateway_talk import request_cancel
from workflows.payment import Payment


@pytest.fixture
def invoice(world: World) -> Invoice:
    """One that Tom, whose company has no rules, can pay."""
    return world.invoice("100.00", account="tiny_account")


def test_a_card_that_is_accepted_pays_its_invoices(world: World, invoice: Invoice) -> None:
    second = world.invoice("50.00", account="tiny_account")
    entered = enter(world, "tom", invoice, (second, eur("20.00")))
    assert (entered.state, entered.amount, invoice.payable) == ("submitted", eur("120.00"), eur("100.00"))
    assert entered.checkout_url
    at_the_page(entered)
    hear(entered)
    invoice.refresh_from_db()
    second.refresh_from_db()
    assert (entered.state, posted(entered), invoice.open, second.open) == (
        "settled", eur("120.00"), eur("0"), eur("30.00"))  # fmt: skip
    assert (entered.means, entered.checkout_url) == ("card ending 4242", "")
    assert told(entered) == ["payment.submitted", "payment.settled"]
    assert_sound()


def test_a_declined_card_frees_the_invoice_and_another_try_pays_it(world: World, invoice: Invoice) -> None:
    entered = enter(world, "tom", invoice)
    at_the_page(entered, card=DECLINED)
    hear(entered)
    invoice.refresh_from_db()
    assert (entered.state, entered.failure, invoice.free) == ("failed", "card_declined", eur("100.00"))
    assert "Try another card" in entered.failure_sentence
    assert paid(world, "tom", invoice).state == "settled"
    assert_sound()


def test_who_gives_up_pays_nothing(world: World, invoice: Invoice) -> None:
    entered = enter(world, "tom", invoice)
    request_cancel(world.actor("tom"), entered)
    hear(entered)
    invoice.refresh_from_db()
    assert (entered.state, invoice.free) == ("cancelled", eur("100.00"))
    assert_sound()


def test_who_gives_up_too_late_has_paid(world: World, invoice: Invoice) -> None:
    entered = enter(world, "tom", invoice)
    at_the_page(entered)
    request_cancel(world.actor("tom"), entered)
    assert hear(entered).state == "settled"
    with refused("not_now", 409):
        request_cancel(world.actor("tom"), entered)
    assert_sound()


def test_a_second_payment_of_the_same_invoice_is_refused_with_what_is_on_the_way(
    world: World, invoice: Invoice
) -> None:
    enter(world, "tom", invoice)
    with refused("already_on_the_way", 409):
        enter(world, "tom", (invoice, eur("0.01")))
    assert Payment.objects.count() == 1


def test_the_same_attempt_is_the_same_payment(world: World, invoice: Invoice) -> None:
    attempt = uuid4()
    first = enter(world, "tom", (invoice, eur("60.00")), attempt=attempt)
    second = enter(world, "tom", (invoice, eur("60.00")), attempt=attempt)
    assert first.pk == second.pk
    assert (Payment.objects.count(), SandboxCharge.objects.count()) == (1, 1)
    with refused("other_payment", 422):
        enter(world, "tom", (invoice, eur("61.00")), attempt=attempt)
    with refused("other_payment", 422):
        enter(world, "tom", (world.invoice("60.00", account="tiny_account"), eur("60.00")), attempt=attempt)


def test_anothers_attempt_is_another_payment(world: World, invoice: Invoice) -> None:
    attempt = uuid4()
    theirs = world.invoice("60.00", account="elsewhere_account")
    assert enter(world, "tom", invoice, attempt=attempt).pk != enter(world, "sina", theirs, attempt=attempt).pk


def test_amounts_that_cannot_be_paid_are_refused(world: World, invoice: Invoice) -> None:
    for amount in (eur("0"), eur("-1.00"), Money(100, "USD")):
        with refused("invalid_amount", 422):
            enter(world, "tom", (invoice, amount))
    with refused("more_than_open", 409):
        enter(world, "tom", (invoice, eur("100.01")))
    with refused("chosen_twice", 422):
        enter(world, "tom", (invoice, eur("1.00")), (invoice, eur("1.00")))
    with refused("no_invoices", 422):
        enter(world, "tom")
    assert not Payment.objects.exists()


def test_one_payment_has_one_payee_one_currency_and_one_payer(world: World, invoice: Invoice) -> None:
    dollars = world.invoice("5.00", account="pacific_usd")
    yen = world.invoice("500", account="pacific_jpy")
    with refused("several_payees", 422):
        enter(world, "anna", dollars, yen)
    with refused("several_payers", 422):
        enter(world, "tom", invoice, world.invoice("5.00", account="elsewhere_account"))


def test_a_way_of_paying_that_does_not_exist_holds_nothing(world: World, invoice: Invoice) -> None:
    with refused("unknown_gateway", 404):
        enter(world, "tom", invoice, gateway="wallet")
    invoice.refresh_from_db()
    assert (Payment.objects.count(), invoice.free) == (0, eur("100.00"))


def test_a_viewer_pays_nothing(world: World) -> None:
    with refused("not_your_role", 403):
        enter(world, "vera", world.invoice("5.00"))


def test_one_payment_over_two_accounts_is_a_receipt_on_each(world: World) -> None:
    first, second = world.invoice("10.00"), world.invoice("5.00", account="branch")
    for each in (first, second):
        approve(world, "ben", each)
    entered = paid(world, "anna", first, second)
    receipts = {row.account_id: row.amount for row in CashReceipt.objects.all()}
    assert receipts == {world.main.pk: eur("10.00"), world.branch.pk: eur("5.00")}
    assert posted(entered) == eur("15.00")
    assert_sound()


# --- who sees it


def test_who_is_limited_to_an_account_sees_the_payments_over_no_other(world: World) -> None:
    main, branch, both = world.invoice("1.00"), world.invoice("1.00", account="branch"), world.invoice("1.00")
    for each in (main, branch, both):
        approve(world, "ben", each)
    own = enter(world, "anna", (branch, eur("0.50")))
    theirs = [enter(world, "anna", main), enter(world, "anna", both, (branch, eur("0.50")))]
    limited = _limited(world, world.branch)
    assert list(Payment.objects.visible_to(limited)) == [own]
    assert Payment.objects.visible_to(world.actor("anna")).count() == 1 + len(theirs)
    heard = Event.objects.visible_to(limited).filter(name="payment.submitted")
    assert [event.subject_id for event in heard] == [own.pk]


def _limited(world: World, account: CustomerAccount):
    person = create_person(username="lena", email="lena@brightwater.example", name="Lena", password="long enough 4711")
    add_member(person=person, organisation=world.brightwater, roles=["payer"], accounts=[account])
    world.people["lena"] = person
    return world.actor("lena")


def test_every_failure_has_words() -> None:
    assert all(in_words(code).endswith(".") for code in FAILURES)
    assert in_words("never heard of") and not in_words("")
