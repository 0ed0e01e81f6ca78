"""What the buyer promised or announced is not chased, holds nothing back, and counts only as far as it is free."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import balance, payable, posting
from eipp.ledger.models import Expectation, Invoice
from eipp.ledger.verify import differences
from tests.ledger.test_balance import TODAY, credit, euros, post
from tests.ledger.world import ACTOR, World

FRIDAY = TODAY + timedelta(days=4)


def expect(kind: str, invoice: Invoice, amount: str, reason: tuple = ()) -> list[Expectation]:
    reason = reason or (kind, uuid4())
    return posting.expect(ACTOR, kind, reason=reason, shares=[(invoice, euros(amount))], expected_on=FRIDAY)


def test_what_is_promised_or_announced_stays_payable_and_is_not_chased(world: World) -> None:
    (invoice,) = post(world, 5)
    promise = ("promise", uuid4())
    expect("promised", invoice, "60.00", promise)
    expect("announced", invoice, "30.00")
    one = payable.of_invoice(invoice, on=TODAY)
    assert (one.payable, one.chased) == (euros("100.00"), euros("10.00")) and one.due == euros("100.00")
    (whole,) = balance.summary(world.buyer_actor(), on=TODAY)
    assert (whole.payable.payable, whole.payable.chased) == (euros("100.00"), euros("10.00"))
    assert whole.past_due.chased == euros("10.00") and whole.payable_now == euros("100.00")
    assert "promised" in invoice.standing(TODAY) and "announced" in invoice.standing(TODAY)
    posting.place_holds(ACTOR, "pending", reason=("payment", uuid4()), shares=[(invoice, euros("95.00"))])
    assert (invoice.announced, invoice.promised) == (euros("5.00"), euros("0.00"))  # only what is free counts
    assert payable.of_invoice(invoice, on=TODAY).chased == euros("0.00")
    assert list(differences()) == []
    posting.release_expectations(ACTOR, promise, invoices=[invoice])
    assert invoice.promised_minor == 0 and posting.release_expectations(ACTOR, promise) == []
    assert list(differences()) == []


def test_a_later_word_for_the_same_reason_replaces_the_earlier(world: World) -> None:
    one, other = post(world, 5, 6)
    promise = ("promise", uuid4())
    expect("promised", one, "60.00", promise)
    expect("promised", other, "70.00", promise)
    assert [row.promised_minor for row in Invoice.objects.order_by("due_date")] == [7000, 0]
    assert Expectation.objects.filter(released_at__isnull=True).count() == 1
    with pytest.raises(Refusal, match="more than zero"):
        expect("promised", one, "0.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Expectation.objects.update(invoice=other, released_at=None)


def test_the_lists_of_what_is_promised_and_announced_hold_what_counts(world: World) -> None:
    first, second, third = post(world, 1, 2, 3)
    expect("promised", first, "10.00")
    expect("announced", second, "10.00")
    expect("promised", third, "10.00")
    posting.apply_receipt(ACTOR, world.receipt("100.00"), [(third, euros("100.00"))])
    mine = Invoice.objects.visible_to(world.buyer_actor())
    assert list(mine.search(on=TODAY, status="promised")) == [first]
    assert list(mine.search(on=TODAY, status="announced")) == [second]
    stranger = World.make().buyer_actor()
    assert Expectation.objects.visible_to(world.buyer_actor()).count() == 3
    assert not Expectation.objects.visible_to(stranger).exists()


minor = st.integers(min_value=0, max_value=400)
step = st.tuples(
    st.sampled_from(("disputed", "pending", "planned", "promised", "announced", "paid", "credit")),
    st.integers(0, 2),
    minor,
)


class TestParts(TestCase):
    """Whatever happens to three invoices, the two answers explain themselves and leave no cent out or in twice."""

    @settings(max_examples=12, deadline=None)
    @given(st.lists(step, min_size=1, max_size=7))
    def test_parts_sum_to_the_whole_and_nothing_held_is_ever_asked_for(self, steps: list) -> None:
        world = World.make()
        invoices = post(world, -3, 0, 3, minor=300)
        for kind, which, amount in steps:
            self.do(world, kind, invoices[which], Money(amount, "EUR"))
        ones = [payable.of_invoice(invoice, on=TODAY) for invoice in Invoice.objects.filter(account=world.account)]
        whole = next(each.payable for each in balance.summary(world.buyer_actor(), on=TODAY) if each.currency == "EUR")
        for one in (*ones, whole):
            assert sum(part.amount.minor for part in one.parts()) == one.payable.minor
            assert sum(part.amount.minor for part in one.chased_parts()) == one.chased.minor
            assert 0 <= one.chased.minor <= one.payable.minor <= (one.open - one.held).minor
            assert 0 <= one.due_now.minor <= one.payable.minor
        assert sum(one.payable.minor for one in ones) == (whole.payable + whole.credits).minor
        assert sum(one.open.minor for one in ones) == whole.open.minor
        assert sum(one.chased.minor for one in ones) >= whole.chased.minor
        if not whole.credits:
            assert sum(one.chased.minor for one in ones) == whole.chased.minor
        assert list(differences()) == []

    def do(self, world: World, kind: str, invoice: Invoice, amount: Money) -> None:
        if not amount or (kind in ("disputed", "pending", "planned", "paid") and amount > invoice.free):
            return
        if kind in ("promised", "announced"):
            expect(kind, invoice, amount.text)
        elif kind == "paid":
            receipt = world.receipt(amount, received_on=date(2026, 6, 1))
            posting.apply_receipt(ACTOR, receipt, [(invoice, amount)])
        elif kind == "credit":
            credit(world, amount)
        else:
            posting.place_holds(ACTOR, kind, reason=("payment", uuid4()), shares=[(invoice, amount)])
