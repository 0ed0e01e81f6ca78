"""The account summary and the lists: from kept balances, in constant queries, each figure the sum of its rows."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from eipp.kernel.actor import Actor
from eipp.kernel.clock import now
from eipp.kernel.money import Money
from eipp.ledger import balance, payable, posting
from eipp.ledger.draft import CreditNoteDraft
from eipp.ledger.invoice_list import SORTS, STATUSES
from eipp.ledger.models import Invoice
from eipp.ledger.totals import list_totals, totals
from tests.ledger.world import ACTOR, World

TODAY = date(2026, 6, 15)
DAYS_PAST_DUE = (-30, -7, -1, 0, 1, 30, 31, 60, 61, 90, 91)


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def post(world: World, *days_past_due: int, minor: int = 10_000) -> list[Invoice]:
    drafts = []
    for days in days_past_due:
        due = TODAY - timedelta(days=days)
        drafts.append(world.draft(Money(minor, "EUR"), due_date=due, issue_date=due - timedelta(days=30)))
    return posting.post_invoices(ACTOR, drafts, now=now())


def credit(world: World, amount: Money) -> Any:
    draft = CreditNoteDraft(
        account=world.account, number="", issue_date=TODAY, currency=amount.currency, line_total=amount,
        tax_exclusive=amount, tax=Money.zero(amount.currency), tax_inclusive=amount, payable=amount,
    )  # fmt: skip
    return posting.post_credit_note(ACTOR, draft)


@pytest.fixture
def busy(world: World) -> World:
    """One invoice in each bucket and on each of its edges, with all kinds of holds, credit and cash."""
    invoices = post(world, *DAYS_PAST_DUE)
    for kind, invoice in zip(("disputed", "pending", "planned"), invoices[3:6], strict=True):
        posting.place_holds(ACTOR, kind, reason=("payment", uuid4()), shares=[(invoice, euros("40.00"))])
    posting.apply_receipt(
        ACTOR, world.receipt("120.00"), [(invoices[-1], euros("100.00")), (invoices[-2], euros("5.00"))]
    )
    credit(world, euros("30.00"))
    world.invoice(Money(5000, "JPY"))
    return world


def test_every_due_date_stands_in_its_bucket(busy: World) -> None:
    yen, one = sorted(balance.summary(busy.buyer_actor(), on=TODAY), key=lambda each: each.currency == "EUR")
    assert {name: parts.open.minor for name, parts in one.buckets.items()} == {
        "not_yet_due": 10_000, "due_soon": 20_000, "due_today": 10_000,
        "1-30": 20_000, "31-60": 20_000, "61-90": 19_500,
    }  # fmt: skip
    assert (one.due.open, one.past_due.open) == (euros("695.00"), euros("595.00"))
    assert one.due_today.disputed == euros("40.00") and one.due_today.free == euros("60.00")
    assert (one.open, one.payable.credits, one.balance) == (euros("995.00"), euros("45.00"), euros("950.00"))
    assert one.payable.payable == euros("995.00") - euros("120.00") - euros("45.00") == one.payable.chased
    assert one.payable_now == euros("695.00") - euros("120.00") - euros("45.00")
    assert (one.last_payment, one.last_payment_on) == (euros("120.00"), date(2026, 6, 1))
    assert (yen.open, yen.last_payment) == (Money(5000, "JPY"), None)


def test_every_part_is_the_sum_of_the_rows_it_opens_into(busy: World) -> None:
    actor = busy.buyer_actor()
    columns = {"disputed": "disputed_minor", "on_the_way": "pending_minor", "planned": "planned_minor"}
    for one in balance.summary(actor, on=TODAY):
        assert sum(part.amount.minor for part in one.payable.parts()) == one.payable.payable.minor
        for part in (*one.parts(), *one.payable.parts()):
            if part.status == "credit_notes":
                continue
            rows = payable.rows_of(part, actor, on=TODAY)
            column = columns.get(part.status, "open_minor")
            assert abs(part.amount.minor) == (rows.aggregate(sum=Sum(column))["sum"] or 0)
    unused = payable.Part("credit", euros("30.00"), "credit_notes")
    assert [row.open for row in payable.rows_of(unused, actor, on=TODAY)] == [euros("30.00")]


def test_one_accounts_credit_does_not_pay_anothers_invoice(world: World) -> None:
    draft = world.draft(euros("50.00"), due_date=TODAY)
    draft.account = world.branch
    posting.post_invoices(ACTOR, [draft], now=now())
    credit(world, euros("50.00"))
    (one,) = balance.summary(world.buyer_actor(), on=TODAY)
    assert (one.balance, one.payable_now, one.payable.credits) == (euros("0.00"), euros("50.00"), euros("0.00"))
    (branch,) = balance.summary(world.buyer_actor(), [world.branch], on=TODAY)
    assert branch.balance == euros("50.00")


def test_the_summary_costs_the_same_with_three_and_with_sixty_invoices(world: World) -> None:
    def cost(actor: Actor) -> int:
        with CaptureQueriesContext(connection) as queries:
            balance.summary(actor, on=TODAY)
            list_totals(actor, on=TODAY, status="open")
        return len(queries)

    post(world, 1, 2, 3)
    few = cost(world.buyer_actor())
    post(world, *range(60))
    assert cost(world.buyer_actor()) == cost(world.supplier_actor()) == few <= 5


def test_a_stranger_has_no_balance_and_no_invoices(busy: World) -> None:
    stranger = World.make().buyer_actor()
    assert balance.summary(stranger, on=TODAY) == []
    assert not Invoice.objects.visible_to(stranger).search(on=TODAY).exists()
    assert list_totals(stranger, on=TODAY) == []
    limited = Actor(kind="person", side="buyer", organisation_id=busy.buyer.pk, account_ids=frozenset({busy.branch.pk}))
    assert balance.summary(limited, on=TODAY) == []


@pytest.mark.parametrize("status", STATUSES)
def test_kept_totals_of_a_list_are_the_sums_of_its_rows(busy: World, status: str) -> None:
    for actor in (busy.buyer_actor(), busy.supplier_actor()):
        for filters in ({}, {"currency": "EUR"}, {"account": busy.account.pk}, {"text": "brightwater"}):
            rows = Invoice.objects.visible_to(actor).search(on=TODAY, status=status, **filters)
            assert list_totals(actor, on=TODAY, status=status, **filters) == totals(rows)


def test_a_search_finds_by_number_text_amount_and_date_without_regard_to_case(world: World) -> None:
    invoice = world.invoice("100.00", number="Straße-ÄB-7", order_reference="PO-1", due_date=date(2026, 6, 1))
    world.invoice("200.00", due_date=date(2026, 6, 2))
    mine = Invoice.objects.visible_to(world.buyer_actor())
    for found in (
        {"text": "STRASSE-äb"},
        {"text": "po-1 main"},
        {"most": euros("100.00")},
        {"due_to": date(2026, 6, 1)},
    ):
        assert list(mine.search(on=TODAY, **found)) == [invoice]
    assert list(mine.search(on=TODAY, text="%")) == []
    assert mine.search(on=TODAY, least=euros("100.01"), status="past_due").get().payable == euros("200.00")
    for sort in SORTS:
        assert mine.search(on=TODAY, sort=sort).count() == 2
    assert [row.payable.minor for row in mine.search(on=TODAY, sort="-amount")] == [20_000, 10_000]


def test_what_may_be_paid_of_one_invoice(world: World) -> None:
    (invoice,) = post(world, 0)
    posting.place_holds(ACTOR, "disputed", reason=("dispute", uuid4()), shares=[(invoice, euros("30.00"))])
    one = payable.of_invoice(invoice, on=TODAY)
    assert (one.payable, one.due, one.chased) == (euros("70.00"), euros("70.00"), euros("70.00"))
    assert payable.of_invoice(invoice, on=TODAY - timedelta(days=1)).due == euros("0.00")
    assert [(part.word, part.amount.minor) for part in one.parts()] == [("open", 10_000), ("disputed", -3_000)]
