"""The histories are believable, add up, and leave what the story of the tests begins with."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

from eipp.kernel import clock, seal
from eipp.kernel.events import Event, about
from eipp.kernel.money import Money
from eipp.ledger.invoice import Invoice
from eipp.ledger.verify import verify
from messaging.models import Message
from messaging.notification import unread_count
from tests.world import World
from workflows import approval, intent
from workflows.dispute import Dispute
from workflows.models import ApprovalRun, Payment, Presentment


def test_about_200_invoices_lie_in_fourteen_months_and_three_currencies(full_world: World) -> None:
    invoices = list(Invoice.objects.all())
    assert 190 <= len(invoices) <= 240
    ages = [(clock.today() - invoice.issue_date).days for invoice in invoices]
    assert 395 <= max(ages) <= 435
    assert min(ages) >= 0
    assert {invoice.currency for invoice in invoices} == {"EUR", "USD", "JPY"}


def test_invoices_stand_in_every_way_that_people_know(full_world: World) -> None:
    today = clock.today()
    words = {word for invoice in Invoice.objects.all() for word in invoice.standing(today)}
    assert words >= {"paid", "part-paid", "overdue", "disputed", "credited", "on the way", "open"}
    assert set(Dispute.objects.values_list("state", flat=True)) >= {
        "opened", "in_review", "asked", "proposed", "accepted", "declined", "escalated", "withdrawn",
    }  # fmt: skip
    assert set(Payment.objects.values_list("state", flat=True)) >= {"settled", "failed", "pending", "charged_back"}
    assert set(ApprovalRun.objects.values_list("state", flat=True)) >= {"approved", "waiting", "rejected"}


def test_the_books_and_the_record_are_in_order(full_world: World) -> None:
    assert list(verify()) == []
    assert list(seal.differences()) == []


def test_each_invoice_has_its_original_and_its_way(full_world: World) -> None:
    came = Invoice.objects.filter(kind="invoice").exclude(type_code="383")  # late fees and debit notes are issued here
    assert not came.filter(original_id=None).exists()
    assert Presentment.objects.filter(invoice=None, credit_note=None).count() == 0
    closed = set(Presentment.objects.filter(state="closed").values_list("invoice_id", flat=True)) - {None}
    assert closed == set(came.filter(open_minor=0).values_list("pk", flat=True))


def test_what_happened_happened_in_the_past_and_in_order(full_world: World) -> None:
    assert not Event.objects.filter(occurred_at__gt=clock.now()).exists()
    for dispute in Dispute.objects.select_related("invoice"):
        times = [event.occurred_at for event in about(dispute.invoice or dispute)]
        assert times == sorted(times)
        assert times[-1] - times[0] < timedelta(days=120)


def test_people_talked_and_the_thread_is_in_the_order_of_time(full_world: World) -> None:
    said = list(Message.objects.order_by("thread_id", "sequence"))
    assert len([message for message in said if message.body]) > 20
    assert any(message.internal for message in said)
    assert all(
        one.said_at <= next_one.said_at for one, next_one in pairwise(said) if one.thread_id == next_one.thread_id
    )


def test_nobodys_bell_rings_for_last_year(full_world: World) -> None:
    unread = {word: unread_count(full_world.actor(word)) for word in full_world.people}
    assert max(unread.values()) <= 20


def test_the_invoice_to_dispute_has_ten_units_and_lies_below_the_limit(full_world: World) -> None:
    invoice = full_world.invoices["to_dispute"]
    assert invoice.free == invoice.payable < Money.parse("1000.00", "EUR")
    assert invoice.lines.all()[0].quantity == 10
    run = approval.active_run(invoice)
    assert run and run.state == "waiting"
    assert not run.four_eyes


def test_the_invoice_above_the_limit_waits_for_its_first_approver(full_world: World) -> None:
    invoice = full_world.invoices["above_the_limit"]
    assert invoice.free == invoice.payable > Money.parse("1000.00", "EUR")
    run = approval.active_run(invoice)
    assert run and run.four_eyes
    assert run.approvers() == set()


def test_three_approved_invoices_can_be_paid_in_one_payment(full_world: World) -> None:
    shares = [(invoice, invoice.free) for name, invoice in full_world.invoices.items() if name.startswith("together")]
    entered = intent.enter(full_world.actor("anna"), shares, gateway="sandbox", attempt=uuid4())
    assert len(shares) == entered.shares.count() == 3
