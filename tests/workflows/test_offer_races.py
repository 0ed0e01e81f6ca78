"""Early-payment offers on PostgreSQL: two people answer at once, and one of them is told what the other did."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from eipp.ledger.models import Invoice
from tests.workflows.at_once import at_once
from tests.workflows.doing import assert_sound, eur, told
from tests.workflows.states_to_come import two_weeks
from tests.world import World
from workflows import offer_setting, offering
from workflows.offer import Offer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


def test_one_accepts_and_one_withdraws_at_once(world: World) -> None:
    anna, mona = world.actor("anna"), world.actor("mona")

    def each(move: Callable[[Offer], Any], key: Any) -> Callable[[], Any]:
        return lambda: move(Offer.objects.get(pk=key))

    for _ in range(ROUNDS):
        invoice = world.invoice("500.00")
        offer = offering.propose(mona, [invoice], two_weeks("12"))
        found = at_once(
            *[each(lambda row: offering.accept(anna, row), offer.pk)] * 2,
            *[each(lambda row: row.withdraw(mona), offer.pk)] * 2,
        )
        offer.refresh_from_db()
        invoice.refresh_from_db()
        assert sorted(found) == ["done", "not_now", "not_now", "not_now"], found
        assert bool(invoice.discount_terms) == (offer.state == "accepted") and len(told(offer)) == 3
    assert_sound()


def test_what_is_given_by_itself_is_given_up_to_its_largest_sum_however_many_ask_at_once(world: World) -> None:
    offer_setting.set_setting(world.actor("silke"), world.main.legal_entity, "EUR", yearly=Decimal(12),
                              largest=eur("250.00"))  # fmt: skip
    anna, sina = world.actor("anna"), world.actor("sina")
    asked: list[tuple[Any, Invoice]] = [
        (sina if number % 2 else anna, world.invoice("100.00", account="elsewhere_account" if number % 2 else "main"))
        for number in range(6)
    ]
    at_once(*[
        lambda who=who, row=row: offering.propose(who, [row], two_weeks("12"))
        for who, row in asked
    ])  # fmt: skip
    assert Offer.objects.count() == 6 and Offer.objects.filter(state="accepted", by_itself=True).count() == 2
    assert_sound()


def test_the_same_invoice_is_offered_once(world: World) -> None:
    invoice, anna, mona = world.invoice("500.00"), world.actor("anna"), world.actor("mona")
    found = at_once(*[lambda who=who: offering.propose(who, [invoice], two_weeks("12"))
                      for who in (anna, mona, anna, mona)])  # fmt: skip
    assert sorted(found) == ["done", "said_already", "said_already", "said_already"]
