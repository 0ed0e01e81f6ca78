"""Many at once on PostgreSQL: one charge, one payment, no unit and no cent too many; each with the guard off, too."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db.models import Sum

from documents.einvoice.parts import Note
from eipp.demo.bill import Bill, Good
from eipp.gateways import sandbox
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from eipp.ledger.verify import differences
from tests.counts import rounds
from tests.workflows.at_once import THREADS, at_once, each_in_twenty, meet_after, unlock
from tests.workflows.doing import GOOD, assert_sound, eur
from tests.world import World
from workflows import approval, gateway_talk
from workflows.approval import ApprovalDecision, ApprovalRule
from workflows.disputable import DisputeLine
from workflows.dispute import Dispute, open_dispute
from workflows.intent import enter
from workflows.payment import Payment
from workflows.presentment import Presentment
from workflows.receiving import Arrival, receive

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = rounds(100)
TRIES = 100  # a control has so many rounds to show its fault; it stops at the first


@pytest.fixture
def unlocked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards are off once the world stands."""
    unlock(monkeypatch)


def shows_its_fault(fault: Callable[[], bool]) -> None:
    """A control: the fault happens in one of the rounds."""
    if not any(fault() for _ in range(TRIES)):
        pytest.fail("the control shows no fault: the test beside it proves nothing")


# --- paying


def pay(world: World, invoice: Invoice, attempt: Any = None) -> list[str]:
    """Twenty tabs pay the same invoice, up to the card."""
    tom = world.actor("tom")

    def one() -> None:
        entered = enter(tom, [(invoice, invoice.payable)], gateway="sandbox", attempt=attempt or uuid4())
        gateway_talk.open_checkout(entered)
        sandbox.pay(SandboxCharge.objects.get(reference=entered.pk).pk, card=GOOD)

    return list(each_in_twenty(one))


def charged(invoice: Invoice) -> tuple[int, int]:
    """How many payments there are, and how often the card was charged."""
    payments = Payment.objects.filter(shares__invoice=invoice).values("pk")
    charges = SandboxCharge.objects.filter(reference__in=payments).aggregate(sum=Sum("charged"))["sum"]
    return payments.count(), charges or 0


def test_twenty_tabs_without_a_common_key_make_one_charge(world: World) -> None:
    for _ in range(ROUNDS):
        invoice = world.invoice("100.00", account="tiny_account")
        results = pay(world, invoice)
        assert sorted(results) == ["already_on_the_way"] * (THREADS - 1) + ["done"]
        assert charged(invoice) == (1, 1)
    assert_sound()


def test_twenty_repetitions_of_one_attempt_make_one_charge(world: World) -> None:
    for _ in range(ROUNDS):
        invoice = world.invoice("100.00", account="tiny_account")
        assert set(pay(world, invoice, uuid4())) == {"done"}
        assert charged(invoice) == (1, 1)
    assert_sound()


def test_without_the_locks_the_same_invoice_is_paid_more_than_once(
    world: World, unlocked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else is open on the account, else the database's own check of its balance would still stop it."""
    world.invoice("10000.00", account="tiny_account")
    meet_after(monkeypatch, "eipp.ledger.posting.holds.refuse_more_than_open")

    def fault() -> bool:
        invoice = world.invoice("100.00", account="tiny_account")
        pay(world, invoice)
        return charged(invoice)[1] > 1

    shows_its_fault(fault)


def test_twenty_looks_at_the_gateway_book_the_money_once(world: World) -> None:
    for _ in range(ROUNDS):
        invoice = world.invoice("100.00", account="tiny_account")
        assert "done" in pay(world, invoice)
        payment = Payment.objects.get(shares__invoice=invoice)
        assert set(each_in_twenty(lambda: gateway_talk.ask(payment.pk))) == {"done"}  # noqa: B023
        assert CashReceipt.objects.filter(payment_id=payment.pk).count() == 1
    assert_sound()


def part_payments(world: World) -> tuple[Invoice, list[str]]:
    """Twenty part payments of 15 percent each: 300 percent."""
    invoice, tom = world.invoice("100.00", account="tiny_account"), world.actor("tom")

    def one() -> None:
        enter(tom, [(invoice, eur("15.00"))], gateway="sandbox", attempt=uuid4())

    return invoice, list(each_in_twenty(one))


def held(invoice: Invoice) -> int:
    held: int = Payment.objects.filter(shares__invoice=invoice).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return held


def test_part_payments_of_three_hundred_percent_never_take_more_than_is_open(world: World) -> None:
    for _ in range(rounds(200)):
        invoice, results = part_payments(world)
        assert (results.count("done"), results.count("already_on_the_way")) == (6, THREADS - 6)
        assert held(invoice) == 9000
    assert_sound()


def test_without_the_locks_part_payments_take_more_than_is_open(world: World, unlocked: None) -> None:
    shows_its_fault(lambda: held(part_payments(world)[0]) > 10_000)


# --- disputing


def dispute_the_same_units(world: World) -> tuple[Invoice, list[str]]:
    """Twenty people dispute three of the same ten units."""
    invoice, anna = world.invoice(lines=[("Bolt M8", 10, "10.00")]), world.actor("anna")
    lines = [(invoice.lines.get(), Decimal(3))]
    return invoice, list(each_in_twenty(lambda: open_dispute(anna, invoice, reason="damaged", lines=lines)))


def units(invoice: Invoice) -> Decimal:
    return sum((row.quantity for row in DisputeLine.objects.filter(line__invoice=invoice)), Decimal(0))


def test_no_unit_is_disputed_twice(world: World) -> None:
    for _ in range(ROUNDS):
        invoice, results = dispute_the_same_units(world)
        assert (results.count("done"), results.count("more_than_invoiced")) == (3, THREADS - 3)
        invoice.refresh_from_db()
        assert (units(invoice), invoice.disputed) == (9, eur("90.00"))
    assert_sound()


def test_without_the_locks_units_are_disputed_twice(world: World, unlocked: None) -> None:
    shows_its_fault(lambda: units(dispute_the_same_units(world)[0]) > 10)


def accept(world: World) -> tuple[Dispute, list[str]]:
    """Ten clerks accept the same dispute, ten decline it."""
    invoice = world.invoice("100.00")
    dispute = open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("30.00"))
    clara = world.actor("clara")

    def accepting() -> None:
        Dispute.objects.get(pk=dispute.pk).accept(clara)

    def declining() -> None:
        Dispute.objects.get(pk=dispute.pk).decline(clara, reason="no")

    return dispute, at_once(*[accepting, declining] * (THREADS // 2))


def test_a_dispute_is_answered_once(world: World) -> None:
    for _ in range(ROUNDS):
        dispute, results = accept(world)
        assert sorted(results) == ["done"] + ["not_now"] * (THREADS - 1)
        dispute.refresh_from_db()
        notes = CreditNote.objects.filter(dispute_id=dispute.pk).count()
        assert notes == (dispute.state == "accepted")
    assert_sound()


def test_without_the_locks_a_dispute_is_answered_more_than_once(world: World, unlocked: None) -> None:
    shows_its_fault(lambda: accept(world)[1].count("done") > 1)


# --- approving


def approve(world: World) -> tuple[Invoice, list[str]]:
    """Twenty people approve what two are asked for."""
    invoice = world.invoice("100.00")
    run = approval.active_run(invoice)
    assert run
    ben = world.actor("ben")
    people = [replace(ben, person_id=uuid4()) for _ in range(THREADS)]

    def approving(who: Any) -> Callable[[], None]:
        return lambda: approval.decide(who, approval.ApprovalRun.objects.get(pk=run.pk), verdict="approve")

    return invoice, at_once(*[approving(who) for who in people])


def two_are_asked_for(world: World) -> None:
    ApprovalRule.objects.filter(buyer=world.brightwater).delete()
    ApprovalRule.objects.create(buyer=world.brightwater, currency="EUR", quorum=2)


def decisions(invoice: Invoice) -> int:
    return ApprovalDecision.objects.filter(run__invoice=invoice).count()


def test_a_quorum_of_two_is_two_of_twenty(world: World) -> None:
    two_are_asked_for(world)
    for _ in range(ROUNDS):
        invoice, results = approve(world)
        assert sorted(results) == ["done"] * 2 + ["not_now"] * (THREADS - 2)
        run = approval.active_run(invoice)
        assert run and (run.state, decisions(invoice)) == ("approved", 2)
    assert_sound()


def test_without_the_locks_more_than_two_are_counted(world: World, unlocked: None) -> None:
    two_are_asked_for(world)
    shows_its_fault(lambda: decisions(approve(world)[0]) > 2)


# --- receiving


def post(world: World, number: str, *, other_words: bool) -> list[str]:
    """The ERP sends the same document twenty times at once, or twenty versions of it."""
    goods = ((Good("Bolt M8", "10.00"), Decimal(1)),)
    bill = Bill(account=world.main, number=number, currency="EUR", issued=clock.today(), goods=goods)
    document, erp = bill.document(), world.erp("nordwind")

    def sending(version: int) -> Callable[[], Any]:
        said = msgspec.structs.replace(document, notes=(Note(text=f"version {version}"),)) if other_words else document
        arrival = Arrival(said, channel="json", judged=True, external_id=number, account_number="10001")
        return lambda: receive(erp, arrival)

    return at_once(*[sending(version) for version in range(THREADS)])


@pytest.mark.parametrize("other_words", [False, True])
def test_one_external_id_is_one_invoice_however_often_it_comes(world: World, other_words: bool) -> None:
    times = max(1, ROUNDS // 5) if other_words else ROUNDS
    for number in range(times):
        assert set(post(world, f"R-{number}", other_words=other_words)) == {"done"}
        rows = Presentment.objects.filter(external_id=f"R-{number}")
        assert (rows.count(), rows.values("invoice").distinct().count()) == (THREADS if other_words else 1, 1)
        assert rows.filter(state="presented").count() == 1
    assert Invoice.objects.count() == times
    assert_sound()


def test_without_trying_again_some_of_them_break(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.receiving.AT_ONCE", 1)
    shows_its_fault(lambda: set(post(world, f"R-{uuid4()}", other_words=False)) != {"done"})
    assert list(differences()) == []
