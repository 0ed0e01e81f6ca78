"""Several due dates on one invoice: what settles it or is set apart counts against the earliest first, everywhere."""

from datetime import date, timedelta
from uuid import uuid4

from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from eipp.kernel.money import Money
from eipp.ledger import balance, payable, posting
from eipp.ledger.draft import DueDraft
from eipp.ledger.instalment import dues
from eipp.ledger.invoice_list import STATUSES
from eipp.ledger.models import Instalment, Invoice
from eipp.ledger.totals import list_totals, totals
from eipp.ledger.verify import differences
from tests.ledger.test_balance import TODAY, euros, post
from tests.ledger.world import ACTOR, World
from tests.workflows.doing import refused

DAYS = (-20, 5, 60)  # from today: past due, due soon, not yet due


def planned(world: World, *amounts: str, days: tuple[int, ...] = DAYS, **facts: object) -> Invoice:
    parts = [
        DueDraft(on=TODAY + timedelta(days=day), amount=euros(text)) for day, text in zip(days, amounts, strict=True)
    ]
    parts[-1].is_retention = True
    whole = sum((part.amount.minor for part in parts), 0)
    return world.invoice(Money(whole, "EUR"), dues=parts, issue_date=date(2026, 5, 1), **facts)


def test_each_due_date_counts_for_itself_in_summary_lists_and_payable(world: World) -> None:
    invoice = planned(world, "300.00", "500.00", "200.00")
    post(world, 3)
    (one,) = balance.summary(world.buyer_actor(), on=TODAY)
    assert {name: parts.open.text for name, parts in one.buckets.items()} == {
        "1-30": "400.00", "due_soon": "500.00", "not_yet_due": "200.00"
    }  # fmt: skip
    assert (one.payable_now, one.open) == (euros("400.00"), euros("1100.00"))
    mine = payable.of_invoice(invoice, on=TODAY)
    assert (mine.payable, mine.due) == (euros("1000.00"), euros("300.00"))
    assert invoice.is_past_due(TODAY) and invoice.due_date == TODAY - timedelta(days=20)
    actor = world.buyer_actor()
    for status in STATUSES:
        for filters in ({}, {"currency": "EUR"}, {"account": world.account.pk}, {"text": "brightwater"}):
            rows = Invoice.objects.visible_to(actor).search(on=TODAY, status=status, **filters)
            kept = list_totals(actor, on=TODAY, status=status, **filters)
            assert kept == totals(rows, on=TODAY, status=status), (status, filters)
    assert invoice in Invoice.objects.visible_to(actor).search(on=TODAY, status="not_yet_due")
    assert list_totals(actor, on=TODAY, status="not_yet_due")[0].open == euros("200.00")


def test_payment_moves_the_due_date_on_and_what_comes_back_moves_it_back(world: World) -> None:
    invoice = planned(world, "300.00", "500.00", "200.00")
    receipt = world.receipt("400.00")
    posting.apply_receipt(ACTOR, receipt, [(invoice, euros("400.00"))])
    assert [row.open.text for row in invoice.instalments.order_by("due_date")] == ["0.00", "400.00", "200.00"]
    assert invoice.due_date == TODAY + timedelta(days=5) and not invoice.is_past_due(TODAY)
    posting.place_holds(ACTOR, "disputed", reason=("dispute", uuid4()), shares=[(invoice, euros("450.00"))])
    assert [due.free for due in dues(invoice)] == [0, 0, 15_000]
    assert list(differences()) == []
    posting.reverse_receipt(ACTOR, receipt, reason="returned")
    invoice.refresh_from_db()
    assert invoice.is_past_due(TODAY) and [due.free for due in dues(invoice)] == [0, 35_000, 20_000]
    assert invoice.instalments.get(is_retention=True).due_date == TODAY + timedelta(days=60)
    assert list(differences()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_instalment SET open_minor = open_minor - 1 WHERE is_retention")
    assert {each.check for each in differences()} == {"due date open", "instalments open"}


def test_due_dates_that_do_not_fit_the_amount_are_refused_and_a_new_version_has_its_own(world: World) -> None:
    parts = [DueDraft(on=TODAY, amount=euros("60.00")), DueDraft(on=TODAY + timedelta(days=1), amount=euros("39.00"))]
    with refused("dues_differ", 422):
        world.invoice("100.00", dues=parts)
    parts[1].amount = euros("40.00")
    with refused("due_before_issue", 422):
        world.invoice("100.00", dues=parts, issue_date=TODAY + timedelta(days=1))
    parts[1].on = TODAY
    with refused("due_twice", 422):
        world.invoice("100.00", dues=parts)
    invoice = planned(world, "300.00", "500.00", "200.00", number="V-1")
    draft = world.draft(euros("1000.00"), number="V-1", issue_date=date(2026, 5, 1), due_date=TODAY)
    posting.revise_invoice(ACTOR, invoice, draft)
    assert (invoice.due_date, invoice.due_count, Instalment.objects.count()) == (TODAY, 1, 0)
    assert list(differences()) == []


class TestDues(TestCase):
    """Whatever is paid and set apart, the due dates sum to the invoice in every column and to the balances."""

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.integers(min_value=1, max_value=500), min_size=2, max_size=5), st.data())
    def test_the_parts_are_the_whole(self, amounts: list[int], data: st.DataObject) -> None:
        world = World.make()
        texts = [Money(minor, "EUR").text for minor in amounts]
        invoice = planned(world, *texts, days=tuple(range(-2, len(amounts) - 2)))
        for kind in ("paid", "disputed", "pending", "promised", "announced"):
            most = invoice.free.minor
            amount = Money(data.draw(st.integers(min_value=0, max_value=most)), "EUR")
            if not amount:
                continue
            if kind == "paid":
                posting.apply_receipt(ACTOR, world.receipt(amount), [(invoice, amount)])
            elif kind in ("promised", "announced"):
                reason, day = ("promise", uuid4()), TODAY
                posting.expect(ACTOR, kind, reason=reason, shares=[(invoice, amount)], expected_on=day)
            else:
                posting.place_holds(ACTOR, kind, reason=("payment", uuid4()), shares=[(invoice, amount)])
        found = dues(invoice)
        assert sum(due.open for due in found) == invoice.open_minor
        assert sum(due.free for due in found) == invoice.free.minor
        (one,) = balance.summary(world.buyer_actor(), on=TODAY)
        assert payable.of_invoice(invoice, on=TODAY).due == one.due.free
        assert one.payable.chased == payable.of_invoice(invoice, on=TODAY).chased
        assert list(differences()) == []
