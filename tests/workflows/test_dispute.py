"""Dispute: what is questioned is held to the cent, answered once, and credited to the cent."""

from decimal import Decimal
from itertools import permutations
from uuid import uuid4

import pytest

from eipp.kernel.money import Money
from eipp.ledger.models import CreditNote, Invoice
from tests.workflows.doing import approve, assert_sound, enter, eur, paid, refused, told
from tests.world import World
from workflows.dispute import REASONS, Dispute, open_dispute


@pytest.fixture
def invoice(world: World) -> Invoice:
    """Ten bolts at 10.00 and one hour at 5.00, with 19 percent: 124.95 in all."""
    return world.invoice(lines=[("Bolt M8", 10, "10.00"), ("Work", 1, "5.00")], tax="19")


def question(world: World, invoice: Invoice, *units: int | str, who: str = "anna", **facts: object) -> Dispute:
    """So many units of the first lines."""
    lines = [(line, Decimal(quantity)) for line, quantity in zip(invoice.lines.all(), units, strict=False) if quantity]
    return open_dispute(world.actor(who), invoice, **{"reason": "damaged", "lines": lines, **facts})


def left(invoice: Invoice) -> tuple[Money, Money, Money]:
    """Open, disputed, free."""
    invoice.refresh_from_db()
    return invoice.open, invoice.disputed, invoice.free


def test_units_are_held_with_their_tax(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    assert (dispute.amount, dispute.ball) == (eur("35.70"), "supplier")
    assert left(invoice) == (eur("124.95"), eur("35.70"), eur("89.25"))
    assert told(dispute) == ["dispute.opened"]
    assert_sound()


def test_an_amount_or_all_of_it_can_be_questioned(world: World, invoice: Invoice) -> None:
    assert question(world, invoice, amount=eur("12.34")).amount == eur("12.34")
    assert question(world, invoice).amount == eur("112.61")
    with refused("nothing_disputed", 422):
        question(world, invoice)
    assert_sound()


def test_no_more_units_than_were_invoiced_whoever_asks(world: World, invoice: Invoice) -> None:
    question(world, invoice, 6)
    question(world, invoice, 4, who="ben")
    for units in ("0.5", 1, 11):
        with refused("more_than_invoiced", 422):
            question(world, invoice, units)
    assert question(world, invoice, 0, 1).amount == eur("5.95")
    assert left(invoice)[2] == eur("0.00")
    assert_sound()


@pytest.mark.parametrize("units", ["-1", "11", "1000000000000"])
def test_a_quantity_that_makes_no_sense_is_refused(world: World, invoice: Invoice, units: str) -> None:
    with refused("more_than_invoiced", 422):
        question(world, invoice, units)


def test_the_same_line_twice_counts_twice(world: World, invoice: Invoice) -> None:
    line = invoice.lines.first()
    with refused("more_than_line", 422):
        question(world, invoice, lines=[(line, Decimal(6)), (line, Decimal(6))])


def test_a_line_of_another_invoice_is_no_line_of_this_one(world: World, invoice: Invoice) -> None:
    theirs = world.invoice(lines=[("Secret", 1, "1.00")], account="elsewhere_account")
    with refused("unknown_line", 422):
        question(world, invoice, lines=[(theirs.lines.get(), Decimal(1))])


@pytest.mark.parametrize(
    ("amount", "code"), [("0", "nothing_disputed"), ("-1.00", "nothing_disputed"), ("124.96", "more_than_open")]
)
def test_an_amount_that_is_not_there_is_refused(world: World, invoice: Invoice, amount: str, code: str) -> None:
    with refused(code):
        question(world, invoice, amount=eur(amount))
    assert not Dispute.objects.exists()


def test_another_currency_or_reason_is_refused(world: World, invoice: Invoice) -> None:
    with refused("wrong_currency", 422):
        question(world, invoice, amount=Money(100, "USD"))
    with refused("unknown_reason", 422):
        question(world, invoice, 1, reason="weather")
    with refused("not_your_role", 403):
        question(world, invoice, 1, who="vera")
    assert set(REASONS) >= {"price", "quantity", "damaged", "other"}


def test_what_is_paid_or_on_the_way_is_not_questioned(world: World, invoice: Invoice) -> None:
    approve(world, "ben", invoice)
    paid(world, "anna", (invoice, eur("100.00")))
    enter(world, "anna", (invoice, eur("20.00")))
    with refused("more_than_open", 409):
        question(world, invoice, amount=eur("5.00"))
    assert question(world, invoice, amount=eur("4.95")).state == "opened"
    assert_sound()


def test_accepting_credits_all_of_it(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    dispute.accept(world.actor("clara"))
    note = CreditNote.objects.get()
    assert (dispute.state, dispute.accepted, note.payable, note.open) == (
        "accepted", eur("35.70"), eur("35.70"), eur("0"))  # fmt: skip
    assert left(invoice) == (eur("89.25"), eur("0"), eur("89.25"))
    assert (note.corrects_id, note.dispute_id) == (invoice.pk, dispute.pk)
    assert told(dispute) == ["dispute.opened", "dispute.accepted"]
    assert_sound()


def test_accepting_some_of_the_units_frees_the_others(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    (line,) = dispute.lines.all()
    dispute.accept(world.actor("clara"), quantities={line.pk: Decimal(2)})
    line.refresh_from_db()
    assert (dispute.accepted, line.accepted_quantity) == (eur("23.80"), Decimal(2))
    assert left(invoice) == (eur("101.15"), eur("0"), eur("101.15"))
    assert question(world, invoice, 8).amount == eur("95.20")
    with refused("more_than_invoiced"):
        question(world, invoice, "0.1")
    assert_sound()


def test_accepting_an_amount_credits_that(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    dispute.accept(world.actor("clara"), amount=eur("10.01"))
    assert (dispute.accepted, CreditNote.objects.get().payable) == (eur("10.01"), eur("10.01"))
    assert left(invoice)[0] == eur("114.94")
    assert_sound()


@pytest.mark.parametrize("amount", [Money(3571, "EUR"), Money(0, "EUR"), Money(-1, "EUR"), Money(100, "USD")])
def test_no_more_is_credited_than_was_questioned(world: World, invoice: Invoice, amount: Money) -> None:
    dispute = question(world, invoice, 3)
    for offer in (dispute.accept, dispute.propose):
        with refused("more_than_disputed", 422):
            offer(world.actor("clara"), amount=amount)
    dispute.refresh_from_db()
    assert (dispute.state, left(invoice)[1], CreditNote.objects.count()) == ("opened", eur("35.70"), 0)


def test_no_more_units_are_accepted_than_were_questioned(world: World, invoice: Invoice) -> None:
    dispute, other = question(world, invoice, 3), question(world, invoice, 0, 1)
    (line,), (foreign,) = dispute.lines.all(), other.lines.all()
    for quantities, code in (
        ({line.pk: Decimal(4)}, "more_than_disputed"), ({line.pk: Decimal(-1)}, "more_than_disputed"),
        ({line.pk: Decimal(0)}, "no_such_line"), ({}, "no_such_line"), ({foreign.pk: Decimal(1)}, "no_such_line"),
    ):  # fmt: skip
        with refused(code, 422):
            dispute.accept(world.actor("clara"), quantities=quantities)
    assert left(invoice)[1] == eur("41.65")
    assert_sound()


def test_declining_says_why_and_frees_what_was_held(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    with refused("reason_missing", 422):
        dispute.decline(world.actor("clara"), reason=" ")
    dispute.decline(world.actor("clara"), reason="Signed for")
    assert (dispute.state, dispute.answer, left(invoice)[1]) == ("declined", "Signed for", eur("0"))
    assert_sound()


def test_a_dispute_is_escalated_once(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    clara, anna = world.actor("clara"), world.actor("anna")
    dispute.take(clara)
    assert dispute.owner_id == clara.person_id
    dispute.decline(clara, reason="No")
    dispute.escalate(anna)
    assert (dispute.state, dispute.owner_id, left(invoice)[1]) == ("escalated", None, eur("35.70"))
    dispute.decline(clara, reason="Still no")
    with refused("escalated_already", 409):
        dispute.escalate(anna)
    assert left(invoice)[1] == eur("0")
    assert_sound()


def test_an_escalation_holds_only_what_is_still_there(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    dispute.decline(world.actor("clara"), reason="No")
    approve(world, "ben", invoice)
    paid(world, "anna", invoice)
    with refused("more_than_open", 409):
        dispute.escalate(world.actor("anna"))
    dispute.refresh_from_db()
    assert dispute.state == "declined"
    assert_sound()


def test_a_question_is_answered_and_an_offer_agreed_to(world: World, invoice: Invoice) -> None:
    dispute, clara, anna = question(world, invoice, 3), world.actor("clara"), world.actor("anna")
    dispute.take(clara)
    dispute.ask(clara)
    assert dispute.ball == "buyer"
    dispute.give_answer(anna)
    assert dispute.ball == "supplier"
    dispute.propose(clara, amount=eur("20.00"))
    assert dispute.moves(anna)[0].name == "agree"
    dispute.agree(anna)
    assert (dispute.state, dispute.accepted, left(invoice)[0]) == ("accepted", eur("20.00"), eur("104.95"))
    names = "opened taken asked answered proposed agreed".split()
    assert told(dispute) == [f"dispute.{name}" for name in names]
    assert_sound()


def test_an_offer_that_is_not_taken_can_be_escalated(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    dispute.propose(world.actor("clara"), amount=eur("1.00"))
    dispute.escalate(world.actor("anna"))
    assert left(invoice)[1] == eur("35.70")
    dispute.accept(world.actor("mona"))
    assert left(invoice) == (eur("89.25"), eur("0"), eur("89.25"))
    assert_sound()


@pytest.mark.parametrize("before", ["opened", "in_review", "asked", "proposed"])
def test_the_buyer_may_withdraw_while_it_is_open(world: World, invoice: Invoice, before: str) -> None:
    dispute, clara = question(world, invoice, 3), world.actor("clara")
    moves = {"in_review": dispute.take, "asked": dispute.ask}
    if before == "proposed":
        dispute.propose(clara, amount=eur("1.00"))
    elif before in moves:
        moves[before](clara)
    dispute.withdraw(world.actor("anna"))
    assert (dispute.state, left(invoice)[1]) == ("withdrawn", eur("0"))
    assert question(world, invoice, 10).state == "opened"
    assert_sound()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_third_three_times_is_the_whole_whichever_is_accepted_first(world: World, order: tuple[int, ...]) -> None:
    """100.00 for three units: the last of them is worth a cent more, and nobody knows yet which that will be."""
    invoice = world.invoice(lines=[("Third", 3, "33.333333")])
    thirds = [question(world, invoice, 1) for _ in range(3)]
    assert sum(each.amount_minor for each in thirds) == invoice.payable_minor == 10_000
    for index in order:
        thirds[index].accept(world.actor("clara"))
    assert left(invoice) == (eur("0"), eur("0"), eur("0"))
    assert sum(each.accepted_minor for each in thirds) == 10_000
    assert_sound()


def test_halves_of_an_odd_cent_are_the_whole(world: World) -> None:
    invoice = world.invoice(lines=[("Half", 10, "0.005")])
    halves = [question(world, invoice, 5) for _ in range(2)]
    assert sorted(each.amount.text for each in halves) == ["0.02", "0.03"]
    for each in halves:
        each.accept(world.actor("clara"))
    assert left(invoice)[0] == eur("0")
    assert_sound()


def test_a_settled_dispute_moves_no_more(world: World, invoice: Invoice) -> None:
    dispute = question(world, invoice, 3)
    dispute.accept(world.actor("clara"))
    for who in ("clara", "mona", "anna"):
        assert dispute.moves(world.actor(who)) == []
    with refused("not_now", 409):
        dispute.accept(world.actor("clara"))
    assert CreditNote.objects.count() == 1


def test_the_same_attempt_about_another_invoice_is_refused(world: World) -> None:
    anna, attempt = world.actor("anna"), uuid4()
    first, second = world.invoice("10.00"), world.invoice("10.00")
    opened = open_dispute(anna, first, reason="price", amount=eur("1.00"), attempt=attempt)
    assert open_dispute(anna, first, reason="price", amount=eur("1.00"), attempt=attempt) == opened
    with refused("other_dispute", 422):
        open_dispute(anna, second, reason="price", amount=eur("1.00"), attempt=attempt)
