"""Plan charging: an instalment is charged on its day to what the payer chose; a failed one is told, and breaks nothing
before its grace is over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from eipp.kernel import clock
from eipp.kernel.events import Event
from eipp.ledger.models import Invoice
from tests.workflows.doing import GOOD, assert_sound, eur, refused, told
from tests.workflows.saving import saved_card
from tests.world import World
from workflows import plan_charging, planning
from workflows.jobs import charge_instalments, submit_planned_payments
from workflows.payment import Payment
from workflows.plan import Plan


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("90.00", account="tiny_account")


def agreed(world: World, invoice: Invoice, card: str = GOOD) -> Plan:
    """Three instalments: tomorrow, in a month, in two; Tom has chosen a card before Mona agrees."""
    tom, today = world.actor("tom"), clock.today(world.tiny.time_zone)
    days = [today + timedelta(days=day) for day in (1, 31, 61)]
    plan = planning.propose(tom, [(invoice, eur("90.00"))], planning.evenly(eur("90.00"), days))
    plan.choose_means(tom, saved=saved_card(world, "tom", invoice.legal_entity, card=card))
    planning.agree(world.actor("mona"), plan)
    plan.refresh_from_db()
    return plan


def a_day_later() -> None:
    """The planned day has come for the worker."""
    Payment.objects.filter(state="planned").update(planned_for=clock.today() - timedelta(days=1))
    submit_planned_payments()


def test_an_instalment_is_planned_the_day_before_and_charged_once_on_its_day(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    for _ in range(2):
        charge_instalments()
    (payment,) = Payment.objects.all()
    assert (payment.state, payment.amount, payment.planned_for) == ("planned", eur("30.00"), plan.parts()[0].due_on)
    a_day_later()
    payment.refresh_from_db()
    assert payment.state == "settled"
    plan_charging.charge(plan.parts()[1].pk)
    assert sorted(row.amount.minor for row in Payment.objects.all()) == [3000, 3000]
    assert not plan.is_behind(plan.parts()[0].due_on + timedelta(days=20))
    assert told(plan) == ["plan.drafted", "plan.proposed", "plan.means_chosen", "plan.agreed"]
    assert_sound()


def test_what_was_paid_otherwise_or_is_planned_is_not_charged_twice(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    first, second, third = plan.parts()
    plan_charging.charge(second.pk)  # late: both are due by then
    plan_charging.charge(first.pk)
    plan_charging.charge(third.pk)
    assert sorted(row.amount.minor for row in Payment.objects.all()) == [3000, 6000]
    assert_sound()


def test_a_charge_that_fails_is_told_to_both_and_the_plan_stands_until_its_grace_is_over(
    world: World, invoice: Invoice
) -> None:
    plan = agreed(world, invoice, "4000 0000 0000 0341")
    charge_instalments()
    a_day_later()
    plan.refresh_from_db()
    assert (plan.state, Payment.objects.get().state) == ("agreed", "failed")
    (event,) = Event.objects.filter(name="plan.not_charged")
    due = plan.parts()[0].due_on
    assert (event.data["amount"], event.data["pay_by"]) == ("30.00", (due + timedelta(days=3)).isoformat())
    assert (event.supplier_id, event.buyer_id) == (plan.supplier_id, plan.buyer_id)
    assert not plan.is_behind(due + timedelta(days=3))
    assert plan.is_behind(due + timedelta(days=4))
    plan.change_means(world.actor("tom"), saved=saved_card(world, "tom", invoice.legal_entity))
    charge_instalments()
    a_day_later()
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["failed", "settled"]
    assert not plan.is_behind(due + timedelta(days=4))
    assert_sound()


def test_what_was_cancelled_is_charged_once_its_card_is_chosen_again(world: World, invoice: Invoice) -> None:
    plan, tom = agreed(world, invoice), world.actor("tom")
    charge_instalments()
    Payment.objects.get().drop_plan(tom)
    charge_instalments()
    assert [row.state for row in Payment.objects.all()] == ["cancelled"]  # not before somebody asks for it
    plan.refresh_from_db()
    plan.change_means(tom, saved=plan.saved_method)
    for _ in range(2):
        charge_instalments()
    assert sorted(row.state for row in Payment.objects.all()) == ["cancelled", "planned"]
    assert_sound()


def test_only_the_payer_chooses_what_is_charged_and_ends_it(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    with refused("not_your_role", 403):
        plan.change_means(world.actor("mona"), saved=plan.saved_method)
    tom, mona = world.client("tom"), world.client("mona")
    page = tom.get(reverse("portal:plan", args=[plan.pk])).content.decode()
    assert "Pay each one myself" in page
    theirs = mona.get(reverse("desk:plan", args=[plan.pk])).content.decode()
    assert "charged on its day to what the customer has saved" in theirs and "4242" not in theirs
    tom.post(reverse("portal:plan", args=[plan.pk]), {"move": "no_means"})
    charge_instalments()
    assert not Payment.objects.exists()
    plan.refresh_from_db()
    with refused("not_charged", 409):
        plan.charge_no_more(world.actor("tom"))
