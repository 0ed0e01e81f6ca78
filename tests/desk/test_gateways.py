"""The supplier's administrator connects payees with payment providers, says when which way is offered, and sees what
they sent."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from eipp.accounts.models import LegalEntity
from eipp.gateways import sandbox
from eipp.gateways.gateway import Way, gateway
from eipp.gateways.models import Callback, GatewayAccount, MethodRule, SandboxCharge
from eipp.gateways.offered import company_id, offered, require_offered
from eipp.kernel import clock, events
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from tests.workflows.doing import enter, refused
from tests.world import World
from workflows.callback import note_callback

SECRET = "sk_test_51NeverShownAgain"


@pytest.fixture
def silke(world: World) -> Client:
    """The administrator, who has shown just now who she is."""
    client = world.client("silke")
    client.post("/accounts/confirm/", {"password": world.passwords["silke"]})
    return client


@pytest.fixture
def payee(world: World) -> LegalEntity:
    found: LegalEntity = world.accounts["tiny_account"].legal_entity
    return found


def post(client: Client, payee: LegalEntity, **form: str) -> Any:
    return client.post(reverse("desk:gateways"), {"payee": str(payee.pk), **form})


def methods(payee: LegalEntity, amount: str, world: World, *, currency: str = "EUR") -> list[str]:
    money = Money.parse(amount, currency)
    return [way.method for way in offered(payee, money, accounts=[world.accounts["tiny_account"]])]


def test_a_rule_decides_what_is_offered_by_amount_customer_and_age(
    silke: Client, world: World, payee: LegalEntity
) -> None:
    form = {"gateway": "sandbox", "move": "rule", "method": "card"}
    assert post(silke, payee, **form, to="everyone", currency="eur", most="1000").status_code == 302
    assert methods(payee, "1000.00", world) == ["card", "bank_debit", "bank_transfer"]
    assert methods(payee, "1000.01", world) == ["bank_debit", "bank_transfer"]
    assert methods(payee, "1000.01", world, currency="GBP")[:2] == ["card", "bank_debit"]
    assert methods(payee, "0", world)[0] == "card"  # not known yet
    for to, expected in (("only", True), ("except", False)):
        post(silke, payee, **form, to=to, accounts=world.accounts["tiny_account"].number)
        assert ("card" in methods(payee, "5", world, currency="GBP")) is expected
    post(silke, payee, **form, to="everyone", age_days="3")
    assert "card" not in methods(payee, "5", world, currency="GBP")
    post(silke, payee, **form, to="nobody")
    assert "card" not in methods(payee, "5", world, currency="GBP")
    rule = MethodRule.objects.get(currency="")
    shown = silke.get(reverse("desk:gateways")).content.decode()
    assert "not offered" in shown
    assert "up to 1,000.00 EUR" in shown
    post(silke, payee, gateway="sandbox", move="unrule", rule=str(rule.pk))
    assert methods(payee, "5", world, currency="GBP")[:2] == ["card", "bank_debit"]
    names = [event.name for event in events.about(GatewayAccount.objects.get())]
    assert names == ["method_rule.set"] * 5 + ["method_rule.removed"]


def test_the_company_id_stands_where_the_buyer_chooses_a_debit(silke: Client, world: World, payee: LegalEntity) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    assert post(silke, payee, gateway="sandbox", move="connect", company_id="9nordwind1").status_code == 302
    shown = world.client("tom").get(reverse("portal:pay"), {"invoice": invoice.pk}).content.decode()
    assert "debit filter: 9NORDWIND1." in shown
    wrong = post(silke, payee, gateway="sandbox", move="connect", company_id="too short")
    assert wrong.status_code == 422


def test_what_is_not_offered_can_be_entered_by_nobody(silke: Client, world: World, payee: LegalEntity) -> None:
    post(silke, payee, gateway="sandbox", move="rule", method="card", to="everyone", currency="EUR", most="50")
    with refused("method_not_offered", 422):
        enter(world, "tom", world.invoice("100.00", account="tiny_account"))
    assert enter(world, "tom", world.invoice("50.00", account="tiny_account")).state == "submitted"
    with pytest.raises(Refusal):
        require_offered(Way("sandbox", "cheque"), payee, Money(1, "EUR"))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"most": "10"}, "currency"), ({"most": "-1", "currency": "EUR"}, "amount"),
        ({"least": "20", "most": "10", "currency": "EUR"}, "below the smallest"), ({"age_days": "x"}, "number of days"),
        ({"to": "only", "accounts": "no-such"}, "no-such"), ({"to": "only"}, "Name the customers"),
    ],
    ids=["no currency", "negative", "the wrong way round", "no number", "unknown customer", "nobody named"],
)  # fmt: skip
def test_what_makes_no_rule_is_refused_with_all_that_was_typed(
    silke: Client, payee: LegalEntity, form: dict[str, str], sentence: str
) -> None:
    response = post(silke, payee, gateway="sandbox", move="rule", method="card", **{"to": "everyone", **form})
    shown = response.content.decode()
    assert response.status_code == 422
    assert sentence in shown
    assert not MethodRule.objects.exists()
    assert all(typed in shown for typed in form.values() if typed != "everyone")


def test_keys_are_typed_in_and_never_shown_again(
    silke: Client, payee: LegalEntity, world: World, settings: LazySettings
) -> None:
    settings.GATEWAYS = {**settings.GATEWAYS, "stripe": "eipp.gateways.stripe.Stripe"}
    gateway.cache_clear()
    keys = {"secret_key": SECRET, "webhook_secret": "whsec_NeverShownAgain", "company_id": "1234567890"}
    assert "card" not in [way.method for way in offered(payee, Money(1, "EUR")) if way.gateway == "stripe"]
    wrong = post(silke, payee, gateway="stripe", move="connect", **{**keys, "webhook_secret": "hush-hush"})
    assert (wrong.status_code, SECRET in wrong.content.decode(), "hush-hush" in wrong.content.decode()) == (
        422, False, False)  # fmt: skip
    assert post(silke, payee, gateway="stripe", move="connect", **keys).status_code == 302
    response = silke.get(reverse("desk:gateways"))
    shown, account = response.content.decode(), GatewayAccount.objects.get()
    assert f"/api/v1/callbacks/stripe/{account.pk}" in shown
    assert not re.search("NeverShownAgain", shown + str([event.data for event in events.about(account)]))
    assert "no-store" in response["Cache-Control"]
    assert (company_id(payee, "stripe"), "1234567890" in shown) == ("1234567890", True)
    assert Way("stripe", "card") in offered(payee, Money(1, "EUR"))
    old = world.client("silke")
    assert post(old, payee, gateway="stripe", move="connect", **keys)["Location"].startswith("/account")
    settings.GATEWAYS = {name: path for name, path in settings.GATEWAYS.items() if name != "stripe"}
    gateway.cache_clear()


def test_nobody_but_the_payees_own_administrator_comes_here(world: World, payee: LegalEntity, silke: Client) -> None:
    for who in ("clara", "mona", "anna"):
        for name in ("gateways", "gateway-messages"):
            assert world.client(who).get(reverse(f"desk:{name}")).status_code == 404
        assert (
            post(world.client(who), payee, gateway="sandbox", move="rule", method="card", to="nobody").status_code
            == 404
        )
    others = LegalEntity.objects.exclude(organisation=payee.organisation).first()
    assert post(silke, others, gateway="sandbox", move="rule", method="card", to="nobody").status_code == 404
    assert post(silke, payee, gateway="wallet", move="rule", method="card", to="nobody").status_code == 404
    assert not MethodRule.objects.exists()


def test_one_sees_the_messages_about_ones_own_payments_alone(silke: Client, world: World) -> None:
    own = enter(world, "tom", world.invoice("10.00", account="tiny_account"))
    note_callback("sandbox", *sandbox.callback(SandboxCharge.objects.get(reference=own.pk)))
    theirs = Callback.objects.create(gateway="sandbox", verdict="heard", received_at=clock.now(), last_at=clock.now(),
                                     supplier=world.pacific, body=str(uuid4()))  # fmt: skip
    Callback.objects.create(gateway="sandbox", verdict="forged", reason="the signature does not fit",
                            received_at=clock.now(), last_at=clock.now(), body=str(uuid4()))  # fmt: skip
    shown = silke.get(reverse("desk:gateway-messages")).content.decode()
    assert str(own.pk) in shown
    assert theirs.body not in shown
    assert "does not fit" not in shown
    assert str(own.pk) not in silke.get(reverse("desk:gateway-messages"), {"verdict": "foreign"}).content.decode()
