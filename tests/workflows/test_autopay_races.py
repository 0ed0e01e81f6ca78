"""However many workers run autopay at once: one payment for an order and day; without its guards, more."""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from eipp.accounts.models import LegalEntity
from eipp.kernel import clock
from tests.workflows.at_once import at_once
from tests.workflows.doing import assert_sound, eur
from tests.workflows.saving import saved_card
from tests.world import World
from workflows import autopay, autopay_run
from workflows.autopay import Autopay
from workflows.payment import Payment


def five_due(world: World) -> Autopay:
    """Five invoices are due, and a payment may take one of them."""
    day = clock.today("Europe/Amsterdam")
    for _ in range(5):
        world.invoice("100.00", account="tiny_account", due=day)
    payee = LegalEntity.objects.get(organisation=world.nordwind, is_default=True)
    card = saved_card(world, "tom", payee)
    return autopay.set_up(world.actor("tom"), card, currency="EUR", caps={"cap": eur("100.00")}, notice_days=1)


@pytest.mark.parametrize(
    ("bookmark_lost", "other_attempts", "payments"),
    [(False, False, 1), (True, False, 1), (False, True, 1), (True, True, 2)],
    ids=["both guards", "the bookmark is lost", "attempts differ", "without both"],
)  # fmt: skip
def test_each_guard_alone_lets_one_payment_happen(
    world: World, monkeypatch: pytest.MonkeyPatch, bookmark_lost: bool, other_attempts: bool, payments: int
) -> None:
    five_due(world)
    if other_attempts:
        monkeypatch.setattr(Autopay, "attempt_of", _any_attempt)
    for _ in range(2):
        autopay_run.run()
        if bookmark_lost:
            Autopay.objects.update(looked_on=None)
    assert Payment.objects.count() == payments


def _any_attempt(order: Autopay, run_on: object) -> UUID:
    return uuid4()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_plan_one_payment_a_day(world: World) -> None:
    order = five_due(world)
    for days in range(3):
        now = clock.now() + timedelta(days=days)
        done = at_once(*[partial(autopay_run.run, now=now)] * 8)
        assert set(done) == {"done"}
        assert Payment.objects.filter(autopay=order).count() == days + 1
    assert_sound()
