"""The sandbox provider's page: it charges once, tells what happened, keeps no card number, and needs no session."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from eipp.gateways import sandbox
from eipp.gateways.sandbox import SandboxCharge
from eipp.ledger.models import Invoice
from tests.world import World
from workflows import gateway_talk, intent
from workflows.models import Payment

Press = Callable[..., Any]
ACCEPTED, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("120.00", account="tiny_account")


@pytest.fixture
def entered(world: World, invoice: Invoice) -> Payment:
    """Tom, who needs no approval, is about to pay."""
    row = intent.enter(world.actor("tom"), [(invoice, invoice.free)], gateway="sandbox", attempt=uuid4())
    return gateway_talk.open_checkout(row)


@pytest.fixture
def press(entered: Payment) -> Press:
    """Press a button of the page with a client that is signed in nowhere."""
    address = address_of(entered)

    def pressed(**form: str) -> Any:
        return Client().post(address, form)

    return pressed


def address_of(entered: Payment) -> str:
    return sandbox.checkout_url(charge_of(entered)).removeprefix(settings.BASE_URL)


def page(entered: Payment) -> str:
    return Client().get(address_of(entered)).content.decode()


def charge_of(entered: Payment) -> SandboxCharge:
    return SandboxCharge.objects.get(reference=entered.pk)


def test_the_page_says_who_gets_what_and_for_what(entered: Payment) -> None:
    shown = page(entered)
    assert "120.00 EUR" in shown
    assert "Nordwind Handels GmbH" in shown
    assert entered.number in shown


def test_an_accepted_card_is_charged_and_leads_back(entered: Payment, invoice: Invoice, press: Press) -> None:
    response = press(card=ACCEPTED, pay="1")
    assert (response.status_code, response["Location"]) == (302, charge_of(entered).return_url)
    gateway_talk.ask(entered.pk)
    entered.refresh_from_db()
    invoice.refresh_from_db()
    assert (entered.state, invoice.open_minor, charge_of(entered).charged) == ("settled", 0, 1)
    assert "Paid" in page(entered)


@pytest.mark.parametrize(
    ("card", "failure"),
    [
        (DECLINED, "card_declined"),
        ("4000 0000 0000 9995", "insufficient_funds"),
        ("4000 0000 0000 0069", "expired_card"),
        ("4111 1111 1111 1111", "card_declined"),
    ],
)
def test_a_card_that_is_not_accepted_charges_nothing_and_says_why(
    entered: Payment, invoice: Invoice, press: Press, card: str, failure: str
) -> None:
    assert press(card=card, pay="1").status_code == 302
    gateway_talk.ask(entered.pk)
    entered.refresh_from_db()
    invoice.refresh_from_db()
    assert (entered.state, entered.failure, charge_of(entered).charged) == ("failed", failure, 0)
    assert invoice.free == invoice.payable
    assert entered.failure_sentence in page(entered)


def test_whoever_goes_back_without_paying_pays_nothing(entered: Payment, press: Press) -> None:
    response = press(back="1", card=ACCEPTED)
    assert (response.status_code, response["Location"]) == (302, charge_of(entered).cancel_url)
    gateway_talk.ask(entered.pk)
    entered.refresh_from_db()
    assert (entered.state, charge_of(entered).charged) == ("cancelled", 0)


def test_pressing_twice_charges_once(entered: Payment, press: Press) -> None:
    assert [press(card=ACCEPTED, pay="1").status_code for _ in range(3)] == [302, 302, 302]
    assert charge_of(entered).charged == 1


def test_going_back_after_paying_does_not_take_the_payment_back(entered: Payment, press: Press) -> None:
    press(card=ACCEPTED, pay="1")
    press(back="1")
    assert charge_of(entered).status == "succeeded"


@pytest.mark.parametrize("card", ["", "42", "not a card", "4" * 30])
def test_what_is_no_card_number_is_said_at_the_field(entered: Payment, press: Press, card: str) -> None:
    response = press(card=card, pay="1")
    assert response.status_code == 422
    assert "number-error" in response.content.decode()
    assert charge_of(entered).status == "open"


def test_a_wrong_token_finds_nothing(entered: Payment) -> None:
    charge = charge_of(entered)
    for token in ("0" * 32, "x", "é"):
        assert Client().get(f"/example/checkout/{charge.pk}/{token}/").status_code == 404
    assert Client().get(f"/example/checkout/{uuid4()}/{'0' * 32}/").status_code == 404


def test_of_the_card_number_only_four_digits_are_kept(entered: Payment, press: Press) -> None:
    press(card="4000 0566 5566 5556", pay="1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM gateways_sandboxcharge")
        kept = repr(cursor.fetchall())
    assert "5556" in kept
    assert not any(part in kept for part in ("40000566", "4000 0566", "55665556", "5566 5556"))


def test_the_page_is_neither_cached_nor_framed_nor_open_to_foreign_forms(entered: Payment) -> None:
    path = address_of(entered)
    response = Client().get(path)
    assert "no-store" in response["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post(path, {"card": ACCEPTED, "pay": "1"}).status_code == 403
    assert charge_of(entered).status == "open"
