"""As of one day, as known on another: what is written later, though it counts earlier, changes no statement that was
had before; and a seal by which anybody sees that a paper is genuine."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from eipp.kernel import append_only, clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.journal import Posting
from eipp.ledger.models import Invoice, SealedStatement
from eipp.ledger.statement import BALANCE_FORWARD, OPEN_ITEM, Statement, statement
from eipp.ledger.statement_figures import OWED
from eipp.ledger.statement_seal import check, digest_of, seal
from tests.counts import rounds
from tests.ledger.world import ACTOR, World

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 5
type_of_step = tuple[int, int, int]  # what, days back, amount
STEPS = some.lists(some.tuples(some.integers(0, 4), some.integers(0, 3), some.integers(1, 500)), max_size=4)


def step(world: World, what: int, back: int, amount: int) -> None:
    """Something happens, and counts so many days ago."""
    moment = clock.now() - timedelta(days=back)
    money = Money(amount, "EUR")
    match what:
        case 0 | 1:
            posting.post_invoices(ACTOR, [world.draft(money)], now=moment)
        case 2:
            world.receipt(money, now=moment)
        case 3:
            receipt = world.receipt(money, now=moment)
            invoice = Invoice.objects.filter(account=world.account, open_minor__gt=0).order_by("pk").first()
            if invoice:
                posting.apply_receipt(ACTOR, receipt, [(invoice, min(invoice.open, money))], now=moment)
        case 4:
            invoice = (
                Invoice.objects.filter(account=world.account, paid_minor=0, open_minor__gt=0).order_by("-pk").first()
            )
            if invoice and not invoice.withdrawn_at:
                posting.withdraw_invoice(ACTOR, invoice, reason="sent in error", now=moment)


def figures(found: Statement) -> Any:
    return [
        (section.currency, section.opening.text, section.closing.text,
         [(item.reference, item.open.text) for item in section.items],
         [(row.day, row.kind, row.reference, row.amount.text) for row in section.movements])
        for section in found.sections
    ]  # fmt: skip


def added_up(world: World, last: date, known: date) -> int:
    """The balance from the first posting on, by the two times alone."""
    end = datetime(known.year, known.month, known.day, tzinfo=UTC) + timedelta(days=1)
    rows = Posting.objects.filter(account=world.account, posting_date__lte=last, recorded_at__lt=end)
    return sum(row.amount_minor * ((row.target in OWED) - (row.source in OWED)) for row in rows)


@settings(max_examples=rounds(40), deadline=None, derandomize=True, phases=[Phase.generate], database=None)
@given(days=some.lists(STEPS, min_size=DAYS, max_size=DAYS))
@pytest.mark.long
@pytest.mark.django_db
def test_whatever_is_backdated_both_statements_and_the_ledger_agree_for_any_two_days(days: list[Any]) -> None:
    with time_machine.travel(BEGIN, tick=False) as traveller:
        world = World.make()
        world.supplier.time_zone = "UTC"
        world.supplier.save()
        world.account.supplier.time_zone = "UTC"
        actor, had = world.buyer_actor(), {}
        for number, steps in enumerate(days):
            traveller.move_to(BEGIN + timedelta(days=number))
            for each in steps:
                step(world, *each)
            today = (BEGIN + timedelta(days=number)).date()
            for back in range(3):
                last = today - timedelta(days=back)
                had[last, today] = [figures(statement(actor, world.account, **asked)) for asked in ways(last)]
        traveller.move_to(BEGIN + timedelta(days=DAYS))
        for (last, known), expected in had.items():
            items, moved = (statement(actor, world.account, known=known, **asked) for asked in ways(last))
            assert [figures(items), figures(moved)] == expected
            closings = [sum(part.closing.minor for part in each.sections) for each in (items, moved)]
            assert closings == [added_up(world, last, known)] * 2
            for section in moved.sections:
                assert section.opening + section.charged + section.credited == section.closing


def ways(last: date) -> tuple[dict[str, Any], dict[str, Any]]:
    return ({"kind": OPEN_ITEM, "last": last},
            {"kind": BALANCE_FORWARD, "first": last - timedelta(days=1), "last": last})  # fmt: skip


@pytest.mark.django_db
def test_without_the_second_time_a_backdated_posting_changes_an_earlier_statement(world: World) -> None:
    with time_machine.travel(BEGIN, tick=False) as traveller:
        world.invoice("100.00")
        day = BEGIN.date()
        traveller.shift(timedelta(days=3))
        before = figures(statement(world.buyer_actor(), world.account, last=day))
        posting.post_invoices(ACTOR, [world.draft(Money(5_000, "EUR"))], now=BEGIN)
        traveller.shift(timedelta(days=1))
        assert figures(statement(world.buyer_actor(), world.account, last=day)) != before
        known = day + timedelta(days=2)
        assert figures(statement(world.buyer_actor(), world.account, last=day, known=known)) == before
        for unfit in (day + timedelta(days=30), date(1800, 1, 1)):
            with pytest.raises(Refusal) as refused:
                statement(world.buyer_actor(), world.account, known=unfit)
            assert refused.value.errors[0]["field"] == "known"


@pytest.mark.django_db
def test_a_seal_is_of_the_figures_and_outlives_whatever_is_posted_after(world: World) -> None:
    actor = world.buyer_actor()
    invoice = world.invoice("100.00")
    today = statement(actor, world.account)
    _, first = seal(actor, today)
    assert seal(actor, statement(actor, world.account))[1] == first
    posting.post_invoices(ACTOR, [world.draft(Money(5_000, "EUR"))], now=datetime.now(UTC) - timedelta(days=9))
    later, second = seal(actor, statement(actor, world.account))
    assert second.code != first.code and digest_of(later) == second.digest
    for one, closing in ((first, "100.00"), (second, "150.00")):
        verdict = check(one.printed.lower())
        assert verdict and verdict.is_genuine and verdict.closings == {"EUR": closing}
    assert check("AAAA-BBBB-CCCC-DDDD") is None
    with append_only.lifted(connection):  # somebody reaches into the database
        Posting.objects.filter(invoice=invoice).update(amount_minor=1)
        Invoice.objects.filter(pk=invoice.pk).update(open_minor=1, payable_minor=1, tax_exclusive_minor=1,
                                                     tax_inclusive_minor=1, line_total_minor=1)  # fmt: skip
        connection.cursor().execute("UPDATE ledger_accountbalance SET receivable_minor = receivable_minor - 9999")
    verdict = check(first.code)
    assert verdict and not verdict.is_genuine


@pytest.mark.django_db
def test_whoever_holds_the_paper_sees_that_it_is_genuine_and_a_stranger_learns_nothing(world: World) -> None:
    world.invoice("1234.56", number="SECRET-1")
    sealed = seal(world.buyer_actor(), statement(world.buyer_actor(), world.account))[1]
    stranger = Client()
    asked = stranger.get("/statements/genuine/", {"code": sealed.printed.lower()})
    assert (asked.status_code, asked["Location"]) == (302, f"/statements/genuine/{sealed.code}/")
    page = stranger.get(asked["Location"])
    assert page.status_code == 200 and "This statement is genuine" in page.text
    for total, words in (("1,234.56", "The total 1,234.56 EUR is right."), ("1234.57", "is not the total"),
                         ("12 apples", "is not an amount")):  # fmt: skip
        answer = stranger.post(asked["Location"], {"total": total, "currency": "eur"}).text
        assert words in answer
    unknown = stranger.get("/statements/genuine/AAAABBBBCCCCDDDD/")
    assert unknown.status_code == 404 and "No statement has this code" in unknown.text
    assert stranger.post("/statements/genuine/AAAABBBBCCCCDDDD/", {"total": "1", "currency": "EUR"}).status_code == 404
    for text in (page.text, unknown.text):
        for told in ("1,234.56", "1234", "SECRET-1", "Brightwater", world.supplier.slug):
            assert told not in text
    assert SealedStatement.objects.count() == 1
