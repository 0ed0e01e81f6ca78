"""Charge-back: invoices are open again, evidence goes to the provider, and meanwhile nobody is asked to pay twice."""

from datetime import timedelta

import pytest

from eipp.gateways import sandbox
from eipp.gateways.gateway import Look, NoAnswer, gateway
from eipp.gateways.sandbox_charge import WINNING, SandboxCharge
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.ledger import payable
from eipp.ledger.models import CashReceipt, Invoice
from eipp.ledger.verify import differences
from messaging.event_item import data_for
from tests.workflows.doing import assert_sound, at_the_page, enter, eur, hear, paid, posted, refused, told
from tests.world import World
from workflows import chargeback_talk, gateway_talk, refund_request, refund_talk
from workflows.chargeback import Chargeback
from workflows.payment import Payment

SYSTEM = Actor.system("test")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


def charged_back(world: World, *invoices: Invoice, refund: str = "") -> tuple[Payment, Chargeback]:
    """Paid by card; the provider says that the owner took it back."""
    payment = paid(world, "tom", *invoices)
    if refund:
        refund_talk.send(refund_request.request(world.actor("mona"), payment, eur(refund), reason="Two boxes back"))
    charge = SandboxCharge.objects.get(reference=payment.pk)
    sandbox.become(charge.pk, "charged_back", failure="not_delivered")
    hear(payment)
    return payment, Chargeback.objects.get(payment=payment)


def answered(world: World, row: Chargeback, text: str = WINNING) -> Chargeback:
    row.answer(world.actor("clara"), text=text)
    return chargeback_talk.send(row)


def test_it_stands_with_amount_fee_reason_and_day_and_its_invoices_are_open(world: World, invoice: Invoice) -> None:
    payment, row = charged_back(world, invoice)
    invoice.refresh_from_db()
    assert (payment.state, invoice.open, row.amount, row.fee) == ("charged_back", eur("100"), eur("100"), eur("15.00"))
    assert (row.failure, row.answer_by is not None, row.state) == ("not_delivered", True, "opened")
    hear(payment)  # heard again: nothing happens again
    assert Chargeback.objects.count() == 1
    assert_sound()


def test_who_wins_has_the_money_back_on_the_same_invoices(world: World, invoice: Invoice) -> None:
    payment, row = charged_back(world, invoice)
    assert answered(world, row).state == "contested"
    invoice.refresh_from_db()
    chased = payable.of_invoice(invoice, on=clock.today())
    assert (chased.payable, chased.chased) == (eur("100.00"), eur("0"))
    sandbox.become(SandboxCharge.objects.get(reference=payment.pk).pk, "succeeded")
    hear(payment)
    for each in (row, invoice):
        each.refresh_from_db()
    assert (payment.state, row.state, invoice.open) == ("settled", "won", eur("0"))
    assert payable.of_invoice(invoice, on=clock.today()).announced == eur("0")
    assert told(row) == ["chargeback.opened", "chargeback.answered", "chargeback.contested", "chargeback.won"]
    assert_sound()


def test_only_what_had_not_gone_back_before_is_taken(world: World, invoice: Invoice) -> None:
    payment, row = charged_back(world, invoice, refund="30.00")
    assert (row.amount, CashReceipt.objects.get(payment_id=payment.pk).given_back) == (eur("70.00"), eur("30.00"))
    assert list(differences()) == []


def test_a_part_opens_what_is_due_last_and_comes_back_to_it(world: World, invoice: Invoice) -> None:
    later = world.invoice("50.00", account="tiny_account", issued=clock.today() + timedelta(days=1))
    payment = paid(world, "tom", invoice, later)
    system = world.actor("mona").system("gateway")
    payment.charge_back(system, failure="not_delivered", amount=eur("40.00"))
    for each in (invoice, later):
        each.refresh_from_db()
    assert (invoice.open, later.open, Chargeback.objects.get().amount) == (eur("0"), eur("40.00"), eur("40.00"))
    payment.win_back(system)
    later.refresh_from_db()
    assert (payment.state, later.open, Chargeback.objects.get().state) == ("settled", eur("0"), "won")
    assert_sound()


def test_what_came_in_another_currency_is_won_back_in_it(world: World, invoice: Invoice) -> None:
    payment = enter(world, "tom", invoice)
    SandboxCharge.objects.filter(reference=payment.pk).update(taken_minor=11_500, taken_currency="USD")
    at_the_page(payment)
    for status in ("charged_back", "succeeded"):
        hear(payment)
        sandbox.become(SandboxCharge.objects.get(reference=payment.pk).pk, status)
    hear(payment)
    (receipt,) = CashReceipt.objects.filter(payment_id=payment.pk, reversed_at=None)
    assert (payment.state, receipt.amount, receipt.unapplied.text) == ("settled", Money(11_500, "USD"), "115.00")
    assert_sound()


def test_what_is_on_its_way_back_already_is_not_taken_with_the_rest(world: World, invoice: Invoice) -> None:
    payment = paid(world, "tom", invoice)
    refund = refund_request.request(world.actor("mona"), payment, eur("30.00"), reason="Two boxes back")
    payment.charge_back(SYSTEM, failure="not_delivered", amount=eur("70.00"))
    receipt = CashReceipt.objects.get(payment_id=payment.pk)
    assert (receipt.reversed_at, receipt.set_aside, receipt.given_back) == (None, eur("30.00"), eur("70.00"))
    refund.fail(SYSTEM, failure="refund_refused")  # so the money is still there
    for row in (receipt, invoice):
        row.refresh_from_db()
    assert (posted(payment) - receipt.given_back, invoice.open) == (eur("30.00"), eur("70.00"))
    payment.refresh_from_db()
    payment.win_back(SYSTEM)
    receipt.refresh_from_db()
    assert (receipt.given_back, CashReceipt.objects.count()) == (eur("0"), 1)
    assert_sound()


def test_where_more_was_taken_than_is_there_a_refund_under_way_is_heard_of_first(
    world: World, invoice: Invoice
) -> None:
    payment = paid(world, "tom", invoice)
    refund = refund_request.request(world.actor("mona"), payment, eur("80.00"), reason="Eight boxes back")
    said = Look("charged_back", eur("100.00"), failure="not_delivered", charged_back=eur("60.00"))
    gateway_talk.record(payment, said, clock.now())
    payment.refresh_from_db()
    assert (payment.state, payment.pk in gateway_talk.to_be_asked(clock.now())) == ("settled", True)
    refund.fail(SYSTEM, failure="more_than_charged")
    gateway_talk.record(payment, said, clock.now())
    invoice.refresh_from_db()
    assert (payment.state, payment.charged_back, invoice.open) == ("charged_back", eur("60.00"), eur("60.00"))
    assert_sound()


def test_a_provider_that_does_not_answer_gets_the_evidence_again(
    world: World, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    _payment, row = charged_back(world, invoice)
    provider = type(gateway("sandbox"))
    real = provider.contest

    def lost(self, reference, evidence):
        real(self, reference, evidence)
        raise NoAnswer("the line is dead")

    monkeypatch.setattr(provider, "contest", lost)
    assert answered(world, row).state == "sending"
    monkeypatch.setattr(provider, "contest", real)
    later = clock.now() + timedelta(minutes=2)
    assert chargeback_talk.take_up(later) == [row.pk]
    chargeback_talk.attend(row.pk, now=later)
    row.refresh_from_db()
    assert row.state == "contested"
    files = chargeback_talk.evidence_of(row).files
    assert [file.content_type for file in files] == ["application/pdf"]


def test_what_nobody_answers_in_time_is_lost(world: World, invoice: Invoice) -> None:
    _, row = charged_back(world, invoice)
    with refused("evidence_missing", 422):
        row.answer(world.actor("clara"), text=" ")
    with refused("not_your_role", 403):
        row.answer(world.actor("tom"), text="It was me")
    assert row.answer_by
    late = row.answer_by + timedelta(seconds=1)
    assert chargeback_talk.take_up(late) == [row.pk]
    chargeback_talk.attend(row.pk, now=late)
    row.refresh_from_db()
    assert row.state == "lost"
    with refused("not_now", 409):
        row.answer(world.actor("clara"), text="Too late")


def test_what_the_provider_takes_is_the_suppliers_affair(world: World, invoice: Invoice) -> None:
    payment, row = charged_back(world, invoice)
    assert row.fee.minor
    event = Event.objects.get(name="payment.charged_back", subject_id=payment.pk)
    assert event.data["fee"] == data_for(event, payment.supplier_id)["fee"] == row.fee.text
    for_buyer = data_for(event, payment.buyer_id)
    assert "fee" not in for_buyer and for_buyer["taken"] == event.data["taken"]
    own = world.program("nordwind").get(f"/api/v1/chargebacks/{row.pk}").json()
    others = world.client("tom").get(f"/payments/{payment.pk}/").content.decode()
    assert own["fee"] == row.fee.text and f"{row.fee.text} EUR" not in others
