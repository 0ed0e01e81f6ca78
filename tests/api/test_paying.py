"""Paying by the API: by number, with what is saved, on account, at a price agreed to; or nothing moves."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from eipp.accounts.models import LegalEntity
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt, Hold, Posting
from eipp.ledger.posting import withdraw_invoice
from tests.workflows.doing import assert_sound, at_the_page, eur, hear, posted
from tests.workflows.saving import saved_card
from tests.world import World
from workflows import price
from workflows.payment import Payment

SYSTEM = Actor.system("test")


class Api:
    """Tom's company's program."""

    def __init__(self, world: World, who: str = "tom") -> None:
        self.client = world.client(who)

    def post(self, path: str, body: Any, key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}").json()


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


@pytest.fixture
def us(world: World) -> LegalEntity:
    """A payee where the law lets credit cards cost something, and that has asked for 1.5 %."""
    payee = world.tiny_account.legal_entity
    LegalEntity.objects.filter(pk=payee.pk).update(country="US")
    payee.refresh_from_db()
    price.set_price(SYSTEM, payee, method="card", percent=Decimal("1.5"), credit_only=True)
    return payee


def test_invoices_are_paid_by_their_numbers_with_a_saved_card_and_the_rest_on_account(world: World, api: Api) -> None:
    first, second = (world.invoice("100.00", account="tiny_account") for _ in range(2))
    saved = saved_card(world, "tom", first.legal_entity)
    (listed,) = api.get("saved-methods")["items"]
    assert (listed["id"], listed["standing"], listed["may_use"]) == (str(saved.pk), "usable", True)
    body = {
        "invoices": [{"number": first.number, "amount": "40.00"}, {"number": second.number.lower()}],
        "on_account": [{"account": str(world.tiny_account.pk), "amount": "5.00"}], "saved_method": str(saved.pk),
    }  # fmt: skip
    answer = api.post("payments", body, key="k")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["amount"], told["saved_method"], told["on_account"][0]["amount"]) == (
        "settled", "145.00", str(saved.pk), "5.00")  # fmt: skip
    assert api.post("payments", body, key="k").json() == told
    assert api.post("payments", body | {"on_account": []}, key="k").json()["code"] == "idempotency_key_reused"
    assert Payment.objects.count() == 1
    api.post(f"saved-methods/{saved.pk}/remove", {})
    assert api.get(f"saved-methods/{saved.pk}")["standing"] == "removed"
    body["invoices"] = [{"number": first.number, "amount": "1.00"}]
    assert api.post("payments", body).json()["code"] == "method_not_usable"
    assert_sound()


BAD = [
    ("more_than_open", {"number": "{good}", "amount": "100.01"}),
    ("amount_not_positive", {"number": "{good}", "amount": "-1"}),
    ("amount_not_positive", {"number": "{good}", "amount": "0.00"}),
    ("invalid_amount", {"number": "{good}", "amount": "1.001"}),
    ("unknown_invoice", {"number": "{theirs}", "amount": "1.00"}),
    ("withdrawn", {"number": "{gone}", "amount": "1.00"}),
    ("unknown_invoice", {"number": "NEVER", "amount": "1.00"}),
    ("unknown_invoice", {"amount": "1.00"}),
    ("more_than_open", {"invoice": "{good.pk}", "amount": "100.01"}),
    ("invalid_amount", {"invoice": "{good.pk}", "amount": "0"}),
    ("invalid_amount", {"invoice": "{good.pk}", "amount": "-5.00"}),
    ("unknown_invoice", {"invoice": "{theirs.pk}", "amount": "1"}),
    ("more_than_open", {"invoice": "{gone.pk}", "amount": "1.00"}),
    ("amount_missing", {"invoice": "{good.pk}"}),
]


def test_what_cannot_be_paid_is_refused_by_place_and_nothing_moves(world: World, api: Api) -> None:
    rows = {word: world.invoice("100.00", account="tiny_account") for word in ("good", "gone")}
    rows["theirs"] = world.invoice("100.00", account="elsewhere_account")
    withdraw_invoice(world.actor("mona"), rows["gone"], reason="wrong")
    for code, share in BAD:
        written = {name: text.format(**{word: row if ".pk" in text else row.number for word, row in rows.items()})
                   for name, text in share.items()}  # fmt: skip
        answer = api.post("payments", {"invoices": [written]})
        assert answer.status_code in (409, 422), (share, answer.content)
        assert answer.json()["code"] == code, (share, answer.json())
    both = api.post("payments", {"invoices": [{"number": "NO-1", "amount": "1"}, {"number": "NO-2", "amount": "1"}]})
    assert [each["pointer"] for each in both.json()["errors"]] == ["/invoices/0/number", "/invoices/1/number"]
    assert api.post("payments", {"invoices": []}).json()["code"] == "no_invoices"
    assert (Payment.objects.count(), Hold.objects.count()) == (0, 0)


def test_the_price_is_shown_all_in_agreed_to_posted_apart_and_stands_on_the_receipt(
    world: World, api: Api, us: LegalEntity
) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    share = {"invoices": [{"number": invoice.number, "amount": "100.00"}]}
    told = api.post("payments/price", share).json()
    costs = {way["method"]: (way["surcharge"], way["total"]) for way in told["ways"]}
    assert costs == {"card": ("1.50", "101.50"), "bank_debit": ("0.00", "100.00"), "bank_transfer": ("0.00", "100.00")}
    assert Payment.objects.count() == 0
    unseen = api.post("payments", {**share, "method": "card"})
    assert (unseen.status_code, unseen.json()["code"]) == (409, "price_not_seen")
    forged = api.post("payments", {**share, "method": "card", "price": told["price"] + "x"})
    assert forged.json()["code"] == "price_not_seen"
    other = api.post("payments/price", {"invoices": [{"number": invoice.number, "amount": "99.00"}]}).json()
    assert api.post("payments", {**share, "method": "card", "price": other["price"]}).json()["code"] == "price_changed"
    late = price.quote(us, eur("100.00"), {}, now=clock.now() - timedelta(minutes=31))
    expired = api.post("payments", {**share, "method": "card", "price": late}).json()
    assert expired["code"] == "price_expired" and "101.50 EUR in all" in expired["detail"]
    assert (Payment.objects.count(), Hold.objects.count()) == (0, 0)
    paid = api.post("payments", {**share, "method": "card", "price": told["price"]}).json()
    assert (paid["amount"], paid["surcharge"]) == ("101.50", "1.50")
    payment = Payment.objects.get()
    at_the_page(payment)
    assert (hear(payment).state, posted(payment), payment.received) == ("settled", eur("100.00"), eur("101.50"))
    assert Posting.objects.get(kind="surcharge").amount == eur("1.50")
    assert CashReceipt.objects.get().surcharge == eur("1.50")
    paper = world.client("tom").get(f"/payments/{payment.pk}/receipt/")
    assert paper.status_code == 200
    payment.come_back(SYSTEM, failure="R01")
    assert Posting.objects.get(kind="surcharge_reversal").amount == eur("1.50")
    assert_sound()


def test_nothing_is_charged_on_top_beyond_the_law_or_without_a_free_way(
    world: World, us: LegalEntity, settings: Any
) -> None:
    def asked(percent: str, **more: Any) -> str:
        try:
            given = {"method": "card", "credit_only": True, **more}
            price.set_price(world.actor("silke"), us, percent=Decimal(percent), **given)
        except price.Refusal as refusal:
            return refusal.code
        return "set"

    assert [asked("2.01"), asked("1.9", credit_only=False), asked("0.1", method="bank_debit"), asked("-1")] == [
        "above_the_cap", "debit_cards", "above_the_cap", "invalid_percent"]  # fmt: skip
    LegalEntity.objects.filter(pk=us.pk).update(country="DE")
    us.refresh_from_db()
    assert asked("0.1") == "above_the_cap"
    way = price.Way("sandbox", "card")
    assert not price.price_of(us, way, eur("100.00")).surcharge  # the cap fell since it was set
    LegalEntity.objects.filter(pk=us.pk).update(country="US", address={"subdivision": "US-CT"})
    us.refresh_from_db()
    assert not price.price_of(us, way, eur("100.00")).surcharge
    LegalEntity.objects.filter(pk=us.pk).update(address={})
    us.refresh_from_db()
    assert price.price_of(us, way, eur("100.00")).surcharge == eur("1.50")
    settings.GATEWAYS = {"sandbox": settings.GATEWAYS["sandbox"]}
    assert not price.price_of(us, way, Money(10000, "JPY")).surcharge  # a card alone takes yen: no free way is left
    assert asked("0") == "set" and not price.percents(us)


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "700"), ("KWD", "1.234"), ("CLF", "1.2345"), ("UYW", "0.0001")]
)
def test_each_currency_has_its_own_decimals(world: World, api: Api, currency: str, amount: str) -> None:
    invoice = world.invoice(amount, account="tiny_account", currency=currency)
    broken = {"invoices": [{"number": invoice.number, "amount": f"{amount}{'1' if '.' in amount else '.1'}"}]}
    assert api.post("payments", broken).status_code == 422
    told = api.post("payments", {"invoices": [{"number": invoice.number, "amount": amount}]}).json()
    assert (told["amount"], told["currency"]) == (amount, currency)
