"""Approving or disputing, and paying the rest, in one step: all of it or nothing."""

from decimal import Decimal
from uuid import uuid4

from tests.workflows.doing import assert_sound, eur, refused
from tests.world import World
from workflows.approval import ApprovalDecision, active_run
from workflows.pay_the_rest import Objection, approve_and_pay, dispute_and_pay_the_rest
from workflows.payment import Payment


def test_approve_and_pay_is_one_step_below_the_limit_and_none_above(world: World) -> None:
    anna, small, large = world.actor("anna"), world.invoice("10.00"), world.invoice("1000.00")
    approve_and_pay(anna, [(small, eur("10.00"))], gateway="sandbox", attempt=uuid4())
    with refused("second_person_needed"):
        approve_and_pay(anna, [(large, eur("1000.00"))], gateway="sandbox", attempt=uuid4())
    assert active_run(large).state == "waiting"
    assert (Payment.objects.count(), ApprovalDecision.objects.count()) == (1, 1)
    assert_sound()


def test_disputing_a_part_and_paying_the_rest_is_one_step_or_none(world: World) -> None:
    anna, lines = world.actor("anna"), [("Bolt M8", 10, "10.00")]
    invoice = world.invoice(lines=lines, tax="19")
    objection = Objection("damaged", lines=[(invoice.lines.get(), Decimal(3))])
    attempt = uuid4()
    dispute, entered = dispute_and_pay_the_rest(anna, invoice, objection, gateway="sandbox", attempt=attempt)
    assert (dispute.amount, entered.amount) == (eur("35.70"), eur("83.30"))
    again = dispute_and_pay_the_rest(anna, invoice, objection, gateway="sandbox", attempt=attempt)
    assert again == (dispute, entered)
    large = world.invoice(lines=[("Bolt M8", 10, "1000.00")])
    objection = Objection("damaged", lines=[(large.lines.get(), Decimal(3))])
    with refused("second_person_needed"):
        dispute_and_pay_the_rest(anna, large, objection, gateway="sandbox", attempt=uuid4())
    large.refresh_from_db()
    assert (large.free, large.disputes.count()) == (eur("10000.00"), 0)
    with refused("nothing_left"):
        dispute_and_pay_the_rest(anna, large, Objection("price"), gateway="sandbox", attempt=uuid4())
    assert_sound()
