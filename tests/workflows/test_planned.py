"""A payment is planned for a day; until then it gives way, and on the day only what may be paid is charged, once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from eipp.accounts.membership import remove_member
from eipp.accounts.models import Membership
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock, events
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from messaging import sentences
from tests.workflows.doing import approve, assert_sound, enter, eur, refused, told
from tests.workflows.saving import saved_card
from tests.world import World
from workflows import approval, intent, jobs, planned, saved_method
from workflows.dispute import open_dispute
from workflows.payment import Payment

Settle = Callable[[], None]


def plan(world: World, *shares: tuple[Invoice, str], in_days: int = 3, who: str = "anna", **facts: Any) -> Payment:
    card = facts.pop("saved", None) or saved_card(world, who, shares[0][0].legal_entity)
    for invoice, _ in shares if facts.pop("approved", True) else ():
        approve(world, "ben", invoice)
    pairs = [(invoice, eur(amount)) for invoice, amount in shares]
    day = today() + timedelta(days=in_days)
    return intent.enter(world.actor(who), pairs, saved=card, planned_for=day, attempt=uuid4(), **facts)


def today() -> date:
    return clock.today("Europe/Berlin")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let so many days pass."""
    real = clock.now

    def move(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return move


def on_the_day(later: Callable[[int], None], payment: Payment, *, days: int = 3) -> Payment:
    later(days)
    jobs.follow_expected_money()
    jobs.submit_planned_payments()
    return Payment.objects.get(pk=payment.pk)


def charges(payment: Payment) -> list[str]:
    return [charge.amount.text for charge in SandboxCharge.objects.filter(reference=payment.pk) if charge.charged]


def test_it_is_held_until_its_day_and_then_charged_once(
    world: World, later: Callable[[int], None], settle: Settle
) -> None:
    invoice = world.invoice("100.00")
    payment = plan(world, (invoice, "60.00"))
    invoice.refresh_from_db()
    assert (payment.state, invoice.planned.text, invoice.free.text) == ("planned", "60.00", "40.00")
    jobs.submit_planned_payments()
    assert not charges(payment)
    with refused("more_than_open", 409):
        enter(world, "anna", (invoice, eur("60.00")))  # twice is not paid by hand either
    done = on_the_day(later, payment)
    jobs.submit_planned_payments()
    invoice.refresh_from_db()
    assert (done.state, charges(done), invoice.open.text, invoice.held.text) == ("settled", ["60.00"], "40.00", "0.00")
    assert told(done) == ["payment.planned", "payment.submitted", "payment.settled"]
    settle()
    assert_sound()


def test_what_is_disputed_credited_and_paid_meanwhile_lowers_it_and_is_told(
    world: World, later: Callable[[int], None], settle: Settle
) -> None:
    disputed, credited, paid = (world.invoice("100.00") for _ in range(3))
    payment = plan(world, (disputed, "100.00"), (credited, "100.00"), (paid, "100.00"))
    open_dispute(world.actor("anna"), disputed, reason="quantity", amount=eur("30.00"))
    receipt = posting.post_receipt(world.erp("nordwind"), account=world.main, amount=eur("100.00"),
                                   received_on=today(), kind="transfer")  # fmt: skip
    posting.apply_receipt(world.erp("nordwind"), receipt, [(paid, eur("100.00"))])
    jobs.follow_expected_money()
    payment.refresh_from_db()
    assert (payment.state, payment.amount.text) == ("planned", "170.00")
    done = on_the_day(later, payment)
    assert (done.state, charges(done)) == ("settled", ["170.00"])
    assert told(done)[:3] == ["payment.planned", "payment.lowered", "payment.submitted"]
    settle()
    assert_sound()


def test_what_is_withdrawn_cancels_the_plan(world: World) -> None:
    invoice = world.invoice("100.00")
    payment = plan(world, (invoice, "100.00"))
    posting.withdraw_invoice(world.erp("nordwind"), invoice, reason="sent twice")
    jobs.follow_expected_money()
    payment.refresh_from_db()
    assert (payment.state, payment.failure) == ("cancelled", "plan_withdrawn")
    assert payment.failure_sentence == "The supplier withdrew an invoice."
    assert_sound()


@pytest.mark.parametrize("gone", ["method", "payer"])
def test_without_method_or_payer_nothing_is_charged(world: World, later: Callable[[int], None], gone: str) -> None:
    invoice = world.invoice("100.00")
    card = saved_card(world, "anna", invoice.legal_entity)
    payment = plan(world, (invoice, "100.00"), saved=card)
    if gone == "method":
        saved_method.stop(world.actor("anna"), card, reason="R29")
    else:
        member = Membership.objects.get(person=world.anna, ended_at=None)
        remove_member(world.actor("dora"), member)
    done = on_the_day(later, payment)
    invoice.refresh_from_db()
    assert (done.state, done.failure, charges(done)) == ("cancelled", f"plan_{gone}_gone", [])
    assert invoice.free.text == "100.00"


def test_approval_is_judged_when_it_is_planned_and_again_on_the_day(world: World, later: Callable[[int], None]) -> None:
    approved, lapsing = world.invoice("100.00"), world.invoice("70.00")
    with refused("approval_missing", 409):
        plan(world, (approved, "100.00"), approved=False)
    payment = plan(world, (approved, "100.00"), (lapsing, "70.00"))
    approval.begin_again(lapsing, because="corrected", now=clock.now())
    done = on_the_day(later, payment)
    lapsing.refresh_from_db()
    assert (done.state, charges(done), lapsing.free.text) == ("settled", ["100.00"], "70.00")
    lowered = events.about(done).get(name="payment.lowered")
    assert sentences.render([lowered], world.actor("anna")) == [
        f"Planned payment {done.number} was lowered to 100.00 EUR. "
        "An invoice is not approved, and nothing unapproved is paid."
    ]


def test_the_payer_moves_it_or_drops_it_before_the_day(
    world: World, later: Callable[[int], None], settle: Settle
) -> None:
    invoice = world.invoice("100.00")
    payment = plan(world, (invoice, "100.00"))
    with refused("wrong_day", 422):
        planned.replan(world.actor("anna"), payment, today())
    with refused("not_your_role", 403):
        planned.replan(world.actor("vera"), payment, today() + timedelta(days=9))
    planned.replan(world.actor("anna"), payment, today() + timedelta(days=9))
    assert on_the_day(later, payment).state == "planned"
    payment.drop_plan(world.actor("anna"))
    later(9)
    jobs.submit_planned_payments()
    invoice.refresh_from_db()
    assert (payment.state, invoice.free.text, charges(payment)) == ("cancelled", "100.00", [])
    settle()
    assert_sound()


def test_what_a_fallen_worker_submitted_is_charged_by_the_next_and_once(
    world: World, later: Callable[[int], None]
) -> None:
    payment = plan(world, (world.invoice("100.00"), "100.00"))
    later(3)
    submitted = planned.submit(payment.pk)  # and there it fell
    assert submitted and submitted.state == "submitted"
    assert planned.submit(payment.pk) is None
    soon = clock.now() + timedelta(seconds=30)
    assert planned.left_uncharged(clock.now()) == []
    assert planned.left_uncharged(soon) == [payment.pk]
    for _ in range(2):
        jobs._charge(payment.pk)
    payment = Payment.objects.get(pk=payment.pk)
    assert (payment.state, charges(payment)) == ("settled", ["100.00"])
    assert planned.left_uncharged(soon) == []


def test_only_what_is_saved_can_be_planned(world: World) -> None:
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    with refused("not_plannable", 422):
        intent.enter(world.actor("anna"), [(invoice, eur("100.00"))], gateway="sandbox", attempt=uuid4(),
                     planned_for=today() + timedelta(days=2))  # fmt: skip


def test_it_is_planned_moved_and_dropped_on_the_pages(world: World) -> None:
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    card = saved_card(world, "anna", invoice.legal_entity)
    anna, day = world.client("anna"), today() + timedelta(days=5)
    page = anna.get("/payments/new/", {"invoice": invoice.pk}).content.decode()
    assert 'name="planned_for"' in page
    sent = anna.post("/payments/new/", {
        "move": "pay", "attempt": str(uuid4()), "invoice": invoice.pk, f"amount-{invoice.pk}": "80.00",
        "way": f"saved/{card.pk}", "planned_for": day.isoformat(),
    })  # fmt: skip
    payment = Payment.objects.get()
    assert sent["Location"] == f"/payments/{payment.pk}/"
    assert (payment.state, payment.planned_for) == ("planned", day)
    shown = anna.get(sent["Location"]).content.decode()
    assert "Planned for" in shown and "Cancel the plan" in shown
    assert "Cancel the plan" not in world.client("vera").get(sent["Location"]).content.decode()
    anna.post(sent["Location"], {"move": "replan", "planned_for": (day + timedelta(days=1)).isoformat()})
    payment.refresh_from_db()
    assert payment.planned_for == day + timedelta(days=1)
    anna.post(sent["Location"], {"move": "drop_plan"})
    assert Payment.objects.get().state == "cancelled"
