"""The payer chooses how to pay and is told what that means; what is on its way is shown as paid nowhere."""

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from eipp.gateways import sandbox
from eipp.gateways.sandbox import SandboxCharge
from eipp.gateways.sandbox_accounts import bank_day
from eipp.ledger.models import Invoice
from tests.workflows.doing import assert_sound, hear
from tests.world import World
from workflows.payment import Payment


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


@pytest.fixture
def tom(world: World) -> Client:
    return world.client("tom")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def pay(tom: Client, invoice: Invoice, way: str | None) -> Payment:
    """As the payer does on the page: choose, and press the button."""
    form = {"invoice": str(invoice.pk), "attempt": "0199d0a0-0000-7000-8000-000000000001", "move": "pay"}
    response = tom.post(reverse("portal:pay"), {**form, "way": way} if way else form)
    assert response.status_code == 302, text(response)
    return Payment.objects.get()


def page_of(client: Client, payment: Payment, face: str = "portal") -> str:
    return text(client.get(reverse(f"{face}:payment", args=[payment.pk])))


def sent_back(payment: Payment, *, days: int) -> Payment:
    charge = SandboxCharge.objects.get()
    assert charge.debited_at
    sandbox.turn_due(now=bank_day(charge.debited_at, days))
    return hear(payment)


def test_each_way_stands_with_what_it_means_and_the_whole_price(tom: Client, invoice: Invoice) -> None:
    shown = text(tom.get(reverse("portal:pay"), {"invoice": invoice.pk}))
    assert re.findall(r'name="way" value="([a-z_/]+)"( checked)?', shown) == [
        ("sandbox/card", " checked"), ("sandbox/bank_debit", ""), ("bank_transfer/bank_transfer", "")]  # fmt: skip
    assert "takes 2 to 3 bank days, and your bank can send it back" in shown
    assert "100.00 EUR go to Nordwind Handels GmbH. That is the whole price: paying costs nothing extra" in shown


def test_what_the_payee_cannot_take_is_not_offered(world: World) -> None:
    yen = world.invoice("5000", account="pacific_jpy", currency="JPY")
    shown = text(world.client("anna").get(reverse("portal:pay"), {"invoice": yen.pk}))
    assert re.findall(r'name="way" value="([a-z_/]+)"', shown) == ["sandbox/card"]


def test_without_a_provider_one_pays_by_transfer(tom: Client, invoice: Invoice, settings: LazySettings) -> None:
    settings.GATEWAYS = {"bank_transfer": settings.GATEWAYS["bank_transfer"]}
    assert pay(tom, invoice, None).method == "bank_transfer"


@pytest.mark.parametrize("way", ["sandbox/cheque", "sandbox/", "nowhere/card", "/", "sandbox/card/x"])
def test_a_way_that_is_not_offered_is_refused_with_a_sentence(tom: Client, invoice: Invoice, way: str) -> None:
    form = {"invoice": str(invoice.pk), "attempt": "0199d0a0-0000-7000-8000-000000000001", "move": "pay", "way": way}
    response = tom.post(reverse("portal:pay"), form)
    assert response.status_code in (404, 422)
    assert "here." in text(response) or "choose another way." in text(response)
    assert not Payment.objects.exists()


def test_a_transfers_page_says_what_to_type_into_the_banks_form(tom: Client, invoice: Invoice) -> None:
    payment = pay(tom, invoice, "bank_transfer/bank_transfer")
    shown = page_of(tom, payment)
    for part in ("Nordwind Handels GmbH", "DE02 2005 0550 1015 8713 93", "HASPDEHHXXX", "100.00",
                 payment.printed_reference, "What happens next"):  # fmt: skip
        assert part in shown
    assert shown.count("data-copy=") == 5


def test_the_supplier_sees_the_reference_and_no_instructions(world: World, tom: Client, invoice: Invoice) -> None:
    payment = pay(tom, invoice, "bank_transfer/bank_transfer")
    shown = page_of(world.client("clara"), payment, "desk")
    assert payment.printed_reference in shown
    assert "Now send the money" not in shown


def test_a_transfer_can_be_cancelled_on_its_page(tom: Client, invoice: Invoice) -> None:
    payment = pay(tom, invoice, "bank_transfer/bank_transfer")
    assert "Do not pay after all" in page_of(tom, payment)
    answer = tom.post(reverse("portal:payment", args=[payment.pk]), {"move": "cancel"}, follow=True)
    assert "The transfer is cancelled." in text(answer)
    payment.refresh_from_db()
    assert payment.state == "cancelled"
    assert f"invoice={invoice.pk}" in page_of(tom, payment)
    assert_sound()


def test_a_debit_on_its_way_is_shown_as_paid_nowhere(world: World, tom: Client, invoice: Invoice) -> None:
    payment = pay(tom, invoice, "sandbox/bank_debit")
    address = payment.checkout_url.split("/", 3)[3]
    hosted = text(Client().get(f"/{address}"))
    assert "000111111116" in hosted
    Client().post(f"/{address}", {"account": "000123456789", "pay": "1"})
    hear(payment)
    assert "the invoices are not paid" in page_of(tom, payment)
    assert "Do not pay after all" not in page_of(tom, payment)
    for client, face in ((tom, "portal"), (world.client("clara"), "desk")):
        one = text(client.get(reverse(f"{face}:invoice", args=[invoice.pk])))
        assert "Payment on the way" in one
        assert ">Paid<" not in one
        assert client.get(reverse(f"{face}:receipt", args=[payment.pk])).status_code in (404, 409)
        listed = text(client.get(reverse(f"{face}:payments"), {"status": "settled"}))
        assert payment.number not in listed
        assert payment.number in text(client.get(reverse(f"{face}:payments"), {"status": "on_the_way"}))


@pytest.mark.parametrize(("account", "days"), [("000111111116", (2,)), ("000555555559", (2, 3))])
def test_a_returned_debit_tells_both_sides_why_and_what_to_do(
    world: World, tom: Client, invoice: Invoice, settle: Any, account: str, days: tuple[int, ...]
) -> None:
    payment = pay(tom, invoice, "sandbox/bank_debit")
    sandbox.debit(SandboxCharge.objects.get().pk, account=account)
    hear(payment)
    for day in days:
        sent_back(payment, days=day)
    settle()
    shown = page_of(tom, payment)
    assert "R01, the account did not hold enough. Pay again when it does" in shown
    assert "Pay these invoices again" in shown
    clara = world.client("clara")
    assert "R01, the account did not hold enough." in page_of(clara, payment, "desk")
    assert "R01, the account did not hold enough" in text(clara.get("/desk/?kind=payments"))
    assert escape("R01, the account did not hold enough") in text(tom.get(reverse("web:notifications")))
    assert payment.number in text(clara.get(reverse("web:notifications")))
    again = tom.get(reverse("portal:pay"), {"invoice": invoice.pk})
    assert "Pay 100.00 EUR" in text(again)
    assert_sound()
