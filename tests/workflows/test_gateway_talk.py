"""Talk with a gateway that stalls, lies, repeats and calls back: what it received is what we book, once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from eipp.gateways.failures import FAILURES
from eipp.gateways.gateway import ForgedCallback
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt, Invoice
from tests.gateways.liar import Liar
from tests.workflows.doing import (
    assert_sound,
    enter,
    eur,
    hear,
    paid,
    posted,
    refused,
    told,
)
from tests.world import World
from workflows import gateway_talk
from workflows.callback import note_callback
from workflows.gateway_talk import ABANDONED, UNATTENDED, request_cancel, to_be_asked
from workflows.payment import Payment


@pytest.fixture
def invoice(world: World) -> Invoice:
    """One that Tom, whose company has no rules, can pay."""
    return world.invoice("100.00", account="tiny_account")


def lied(world: World, invoice: Invoice) -> Payment:
    """A payment at the gateway that lies."""
    return enter(world, "tom", invoice, gateway="liar")


def later(entered: Payment, wait: timedelta = UNATTENDED + timedelta(seconds=1)) -> Payment:
    """What the worker does once nobody has looked for a while."""
    moment = clock.now() + wait
    for payment_id in to_be_asked(moment):
        gateway_talk.ask(payment_id, now=moment)
    entered.refresh_from_db()
    return entered


# --- the gateway stalls


def test_no_answer_before_it_arrived_is_asked_about_and_nothing_is_charged(
    world: World, invoice: Invoice, liar: Liar
) -> None:
    liar.deaf.add("open_checkout")
    entered = lied(world, invoice)
    assert entered.state == "unknown"
    later(entered)
    assert (entered.state, entered.failure, liar.calls) == ("failed", "never_reached", ["open_checkout", "look"])
    invoice.refresh_from_db()
    assert invoice.free == eur("100.00")
    assert_sound()


def test_no_answer_after_it_arrived_is_asked_about_and_never_repeated(
    world: World, invoice: Invoice, liar: Liar
) -> None:
    liar.silent.add("open_checkout")
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "succeeded")
    assert entered.state == "unknown"
    later(entered)
    assert (entered.state, posted(entered), liar.calls) == ("settled", liar.has(entered.pk), ["open_checkout", "look"])
    assert_sound()


def test_missing_is_not_believed_in_the_first_minute(world: World, invoice: Invoice, liar: Liar) -> None:
    liar.deaf.add("open_checkout")
    entered = lied(world, invoice)
    assert hear(entered).state == "unknown"


def test_while_it_is_silent_nothing_is_free_and_it_is_asked_again(world: World, invoice: Invoice, liar: Liar) -> None:
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "succeeded")
    liar.silent.add("look")
    later(entered)
    invoice.refresh_from_db()
    assert (entered.state, invoice.free) == ("submitted", eur("0"))
    assert to_be_asked(clock.now() + 3 * UNATTENDED) == [entered.pk]
    liar.silent.clear()
    later(entered, 3 * UNATTENDED)
    assert (entered.state, posted(entered)) == ("settled", liar.has(entered.pk))
    assert_sound()


def test_the_same_attempt_after_no_answer_is_not_opened_a_second_time(
    world: World, invoice: Invoice, liar: Liar
) -> None:
    liar.silent.add("open_checkout")
    attempt = uuid4()
    entered = enter(world, "tom", invoice, gateway="liar", attempt=attempt)
    again = enter(world, "tom", (invoice, entered.amount), gateway="liar", attempt=attempt)
    assert (again.pk, again.state, len(liar.books)) == (entered.pk, "unknown", 1)
    assert_sound()


def test_an_abandoned_page_is_closed_by_us(world: World, invoice: Invoice) -> None:
    entered = later(enter(world, "tom", invoice), ABANDONED + timedelta(seconds=1))
    assert (entered.state, SandboxCharge.objects.get().status) == ("cancelled", "cancelled")
    assert_sound()


# --- the gateway lies


@pytest.mark.parametrize("said", ["0.01", "99.99", "100.01", "250.00"])
def test_what_it_received_is_what_we_book(world: World, invoice: Invoice, liar: Liar, said: str) -> None:
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "succeeded", amount=eur(said))
    hear(entered)
    invoice.refresh_from_db()
    applied = min(eur(said), eur("100.00"))
    receipt = CashReceipt.objects.get()
    assert (entered.state, posted(entered)) == ("settled", liar.has(entered.pk))
    assert (invoice.open, receipt.unapplied) == (eur("100.00") - applied, eur(said) - applied)
    assert invoice.held_minor == 0
    assert_sound()


def test_another_currency_is_booked_as_what_it_is_and_pays_no_invoice(
    world: World, invoice: Invoice, liar: Liar
) -> None:
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "succeeded", amount=Money(10_000, "JPY"))
    hear(entered)
    invoice.refresh_from_db()
    receipt = CashReceipt.objects.get()
    assert (receipt.amount, receipt.unapplied) == (liar.has(entered.pk), liar.has(entered.pk))
    assert (entered.state, entered.failure, invoice.free) == ("settled", "wrong_currency", eur("100.00"))
    assert entered.failure_sentence == FAILURES["wrong_currency"].sentence
    assert_sound()


def test_a_payment_that_failed_and_succeeds_later_is_money_all_the_same(
    world: World, invoice: Invoice, liar: Liar
) -> None:
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "failed", failure="card_declined")
    assert hear(entered).state == "failed"
    assert paid(world, "tom", invoice).state == "settled"
    liar.becomes(entered.pk, "succeeded")
    note_callback("liar", {"Signed": "by the liar"}, str(entered.pk).encode())
    later(entered)
    assert (entered.state, posted(entered), CashReceipt.objects.get(payment_id=entered.pk).unapplied) == (
        "settled", liar.has(entered.pk), eur("100.00"))  # fmt: skip
    assert_sound()


@pytest.mark.parametrize("back", ["open", "pending", "failed", "cancelled", "missing"])
def test_a_settled_payment_does_not_go_back(world: World, invoice: Invoice, liar: Liar, back: str) -> None:
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "succeeded")
    hear(entered)
    liar.becomes(entered.pk, back)
    hear(entered)
    assert (entered.state, posted(entered)) == ("settled", eur("100.00"))
    assert told(entered) == ["payment.submitted", "payment.settled"]
    assert_sound()


@pytest.mark.parametrize("end", ["returned", "charged_back"])
@pytest.mark.parametrize("seen", [(), ("pending",), ("succeeded",), ("pending", "succeeded"), ("failed",)])
def test_money_that_was_taken_back_opens_the_invoices_whatever_we_saw_before(
    world: World, invoice: Invoice, liar: Liar, end: str, seen: tuple[str, ...]
) -> None:
    entered = lied(world, invoice)
    for status in (*seen, end, end):
        liar.becomes(entered.pk, status, failure="card_declined")
        hear(entered)
    invoice.refresh_from_db()
    assert (entered.state, posted(entered), invoice.free) == (end, eur("0"), eur("100.00"))
    assert paid(world, "tom", invoice).state == "settled"
    assert_sound()


def test_slow_money_is_waited_for(world: World, invoice: Invoice, liar: Liar) -> None:
    entered = lied(world, invoice)
    liar.becomes(entered.pk, "pending")
    assert later(entered).state == "pending"
    invoice.refresh_from_db()
    assert (invoice.pending, invoice.free) == (eur("100.00"), eur("0"))
    with refused("not_now", 409):
        request_cancel(world.actor("tom"), entered)
    assert later(entered, 2 * ABANDONED).state == "pending"
    liar.becomes(entered.pk, "succeeded")
    assert later(entered, 3 * ABANDONED).state == "settled"
    assert_sound()


# --- the gateway calls back


def test_a_callback_causes_a_look_and_is_not_believed_itself(world: World, invoice: Invoice, liar: Liar) -> None:
    entered = lied(world, invoice)
    for _ in range(2):
        note_callback("liar", {"Signed": "by the liar"}, str(entered.pk).encode())
    assert to_be_asked(clock.now()) == [entered.pk]
    assert later(entered).state == "submitted"
    assert to_be_asked(clock.now()) == []
    liar.becomes(entered.pk, "succeeded")
    for _ in range(3):
        note_callback("liar", {"Signed": "by the liar"}, str(entered.pk).encode())
        later(entered)
    assert (entered.state, posted(entered), CashReceipt.objects.count()) == ("settled", eur("100.00"), 1)
    assert_sound()


def test_a_forged_callback_is_noted_nowhere(world: World, invoice: Invoice, liar: Liar) -> None:
    entered = lied(world, invoice)
    with pytest.raises(ForgedCallback):
        note_callback("liar", {"Signed": "by somebody else"}, str(entered.pk).encode())
    assert to_be_asked(clock.now()) == []


def test_a_callback_about_anothers_or_no_payment_changes_nothing(world: World, invoice: Invoice, liar: Liar) -> None:
    at_the_sandbox = enter(world, "tom", invoice)
    for reference in (uuid4(), at_the_sandbox.pk):
        note_callback("liar", {"Signed": "by the liar"}, str(reference).encode())
    assert to_be_asked(clock.now()) == []


def test_a_callback_that_comes_while_we_look_is_looked_at_again(world: World, invoice: Invoice, liar: Liar) -> None:
    entered = lied(world, invoice)
    note_callback("liar", {"Signed": "by the liar"}, str(entered.pk).encode())
    before = clock.now()
    look = liar.look

    def one_comes_meanwhile(reference: object) -> object:
        liar.look = look  # type: ignore[method-assign]
        note_callback("liar", {"Signed": "by the liar"}, str(entered.pk).encode(), now=before + timedelta(seconds=1))
        return look(entered.pk)

    liar.look = one_comes_meanwhile  # type: ignore[assignment, method-assign]
    hear(entered)
    assert to_be_asked(clock.now()) == [entered.pk]


def test_those_with_news_are_asked_about_first(world: World, liar: Liar) -> None:
    old, news = (lied(world, world.invoice("1.00", account="tiny_account")) for _ in range(2))
    note_callback("liar", {"Signed": "by the liar"}, str(news.pk).encode())
    assert to_be_asked(clock.now() + 2 * UNATTENDED) == [news.pk, old.pk]
