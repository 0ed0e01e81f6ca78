"""Instalment plan: proposed by one side, agreed by the other, not chased while it is kept, and judged by the ledger."""

from datetime import date, timedelta

import pytest

from eipp.kernel import clock
from eipp.ledger import payable
from eipp.ledger.models import Invoice
from tests.workflows.doing import assert_sound, enter, eur, paid, refused, told
from tests.world import World
from workflows import authorised, authority, planning
from workflows.plan import Plan

DAY = timedelta(days=1)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


def days(*ahead: int):
    return [clock.today() + day * DAY for day in ahead]


def proposed(world: World, *invoices: Invoice, who: str = "tom", ahead=(10, 40, 70)) -> Plan:
    shares = [(each, each.free) for each in invoices]
    whole = eur(str(sum(each.free.amount for each in invoices)))
    return planning.propose(world.actor(who), shares, planning.evenly(whole, days(*ahead)), comment="A hard month")


def chased(invoice: Invoice):
    invoice.refresh_from_db()
    return payable.of_invoice(invoice, on=clock.today()).chased


def agreed(world: World, *invoices: Invoice, **more) -> Plan:
    plan = proposed(world, *invoices, **more)
    assert planning.agree(world.actor("mona"), plan) is None
    return plan


def test_what_is_agreed_is_not_chased_and_can_be_paid(world: World, invoice: Invoice) -> None:
    plan = proposed(world, invoice)
    assert [part.amount for part in plan.parts()] == [eur("33.34"), eur("33.33"), eur("33.33")]
    assert chased(invoice) == eur("100.00")
    with refused("your_own_proposal", 409):
        planning.agree(world.actor("tom"), plan)
    planning.agree(world.actor("mona"), plan)
    assert (chased(invoice), invoice.free) == (eur("0"), eur("100.00"))
    assert planning.next_shares(plan, clock.today()) == [(invoice, eur("33.34"))]
    assert told(plan) == ["plan.drafted", "plan.proposed", "plan.agreed"]
    with refused("said_already", 409):
        proposed(world, invoice)
    assert_sound()


def test_who_pays_as_agreed_has_kept_it(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    for _ in range(3):
        paid(world, "tom", *planning.next_shares(plan, clock.today()))
    assert planning.next_shares(plan, clock.today()) == []
    planning.judge_all()
    plan.refresh_from_db()
    assert (plan.state, plan.came) == ("kept", eur("100.00"))
    assert_sound()


def test_who_leaves_an_instalment_out_is_chased_again_after_the_days_of_grace(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    now = clock.now()
    planning.judge_all(now=now + (10 + plan.grace_days) * DAY)
    plan.refresh_from_db()
    assert plan.state == "agreed"
    planning.judge_all(now=now + (11 + plan.grace_days) * DAY)
    plan.refresh_from_db()
    assert (plan.state, chased(invoice)) == ("broken", eur("100.00"))
    assert_sound()


def test_what_is_on_the_way_has_not_stayed_out(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    enter(world, "tom", (invoice, eur("33.34")))
    planning.judge_all(now=clock.now() + 20 * DAY)
    plan.refresh_from_db()
    assert plan.state == "agreed"


def test_a_change_holds_when_the_other_side_agrees(world: World, invoice: Invoice) -> None:
    plan = agreed(world, invoice)
    tom, clara = world.actor("tom"), world.actor("clara")
    later = planning.evenly(eur("100.00"), days(20, 90))
    plan.propose_change(tom, parts=later)
    with refused("your_own_proposal", 409):
        plan.accept_change(tom)
    with refused("change_waits", 409):
        plan.propose_change(clara, parts=later)
    assert len(plan.parts()) == 3
    plan.accept_change(clara)
    assert ([part.due_on for part in plan.parts()], plan.version) == (days(20, 90), 2)
    plan.propose_change(clara, parts=planning.evenly(eur("100.00"), days(5)))
    plan.drop_change(tom)
    assert (plan.version, len(plan.parts()), plan.instalments.filter(version=3).count()) == (2, 2, 0)
    assert_sound()


def test_above_the_limit_of_ar_a_second_person_lets_it_be(world: World, invoice: Invoice) -> None:
    plan = proposed(world, invoice, who="clara")
    assert (plan.state, Plan.objects.visible_to(world.actor("tom")).count()) == ("drafted", 0)
    request = authority.waiting_for(plan)
    assert request
    authorised.grant(world.actor("mona"), request)
    plan.refresh_from_db()
    assert plan.state == "proposed"
    planning.agree(world.actor("tom"), plan)
    assert chased(invoice) == eur("0")
    theirs = proposed(world, world.invoice("5.00", account="tiny_account"))
    asked = planning.agree(world.actor("clara"), theirs)
    assert asked
    authorised.grant(world.actor("mona"), asked)
    theirs.refresh_from_db()
    assert theirs.state == "agreed"
    assert_sound()


def test_plans_that_do_not_add_up_are_refused(world: World, invoice: Invoice) -> None:
    tom, shares = world.actor("tom"), [(invoice, eur("100.00"))]
    with refused("other_sum", 422):
        planning.propose(tom, shares, planning.evenly(eur("99.99"), days(10, 20)))
    amiss: tuple[list[date], ...] = (days(20, 10), days(10, 10), days(-1), [])
    for wrong in amiss:
        with refused("wrong_days", 422):
            planning.propose(tom, shares, [(day, eur("100.00")) for day in wrong])
    with refused("not_your_role", 403):
        planning.propose(world.actor("vera"), shares, planning.evenly(eur("100.00"), days(10)))
    assert not Plan.objects.exists()
