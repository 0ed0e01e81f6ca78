"""Early-payment discounts: earned by whoever pays in time, told to whoever does not, taken back with the money."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from eipp.accounts.discount_terms import discount_steps
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.ledger import discount, payable, posting
from eipp.ledger.models import DiscountRule, Invoice
from eipp.ledger.verify import differences
from tests.ledger.test_balance import euros
from tests.ledger.world import ACTOR, World
from tests.workflows.doing import refused

ISSUED = date(2026, 5, 1)
TERMS = "Zahlbar in 30 Tagen\n#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n"
NOON = datetime(2026, 5, 11, 12, tzinfo=UTC)


def rule(world: World, **facts: Any) -> None:
    DiscountRule.objects.update_or_create(supplier=world.supplier, defaults=facts)


def pay(world: World, invoice: Invoice, amount: str, on: date, **facts: Any) -> Any:
    receipt = world.receipt(amount, received_on=on, **facts)
    posting.apply_receipt(ACTOR, receipt, [(invoice, euros(amount))])
    invoice.refresh_from_db()
    return receipt


def day(number: int) -> date:
    return ISSUED + timedelta(days=number)


def test_each_step_is_offered_until_its_last_day(world: World) -> None:
    invoice = world.invoice("1000.00", payment_terms=TERMS)
    told = {
        number: (one.amount.text, one.to_pay.text, one.until)
        for number in (0, 10, 11, 20)
        if (one := discount.offer(invoice, on=day(number)))
    }
    early, late = ("20.00", "980.00", day(10)), ("10.00", "990.00", day(20))
    assert told == {0: early, 10: early, 11: late, 20: late} and discount.offer(invoice, on=day(21)) is None
    early_on = payable.of_invoice(invoice, on=day(3))
    assert (early_on.payable, early_on.discount, early_on.to_pay) == (euros("1000.00"), euros("20.00"), euros("980.00"))
    assert discount.without_skonto(TERMS) == "Zahlbar in 30 Tagen"


def test_money_in_time_earns_it_and_money_that_comes_back_loses_it(world: World) -> None:
    invoice = world.invoice("1000.00", payment_terms=TERMS)
    receipt = pay(world, invoice, "980.00", day(10))
    assert (invoice.open_minor, invoice.discounted, invoice.is_closed) == (0, euros("20.00"), True)
    assert "paid" in invoice.standing(day(40)) and discount.lost(invoice, on=day(40)) == euros("0.00")
    posting.reverse_receipt(ACTOR, receipt, reason="returned")
    invoice.refresh_from_db()
    assert (invoice.open, invoice.discounted_minor) == (euros("1000.00"), 0)
    pay(world, invoice, "990.00", day(15))
    assert (invoice.open_minor, invoice.discounted) == (0, euros("10.00"))
    told = Event.objects.filter(name__startswith="discount.").order_by("pk")
    assert [(event.name, event.data["amount"]) for event in told] == [
        ("discount.granted", "20.00"),
        ("discount.reversed", "20.00"),
        ("discount.granted", "10.00"),
    ]
    assert discount.lost(invoice, on=day(40)) == euros("10.00") and list(differences()) == []


def test_late_money_earns_nothing_and_a_discount_taken_all_the_same_is_recognised(world: World) -> None:
    invoice = world.invoice("1000.00", payment_terms=TERMS)
    pay(world, invoice, "980.00", day(21))
    assert (invoice.open, invoice.discounted_minor) == (euros("20.00"), 0)
    assert discount.is_unearned(invoice, invoice.open, paid_on=day(21))
    assert not discount.is_unearned(invoice, euros("20.01"), paid_on=day(21))
    assert not discount.is_unearned(invoice, invoice.open, paid_on=day(10))
    assert discount.lost(invoice, on=day(21)) == euros("20.00") and not discount.lost(invoice, on=day(20))


def test_all_of_it_must_be_paid_in_time_unless_parts_earn_in_proportion(world: World) -> None:
    strict = world.invoice("1000.00", payment_terms=TERMS)
    pay(world, strict, "490.00", day(2))
    assert strict.discounted_minor == 0
    first = pay(world, strict, "490.00", day(9))
    assert (strict.open_minor, strict.discounted) == (0, euros("20.00"))
    posting.reverse_receipt(ACTOR, first, reason="returned")
    strict.refresh_from_db()
    assert (strict.open, strict.discounted_minor) == (euros("510.00"), 0)
    late = world.invoice("1000.00", payment_terms=TERMS)
    pay(world, late, "490.00", day(21))
    pay(world, late, "490.00", day(9))
    assert late.open == euros("20.00")  # the first half was late
    rule(world, in_part=True)
    parts = world.invoice("1000.00", payment_terms=TERMS)
    pay(world, parts, "490.00", day(2))
    assert (parts.discounted, parts.open) == (euros("10.00"), euros("500.00"))
    pay(world, parts, "495.00", day(12))
    assert (parts.discounted, parts.open_minor) == (euros("10.00"), 500)  # 1 % of all is won already
    assert list(differences()) == []


def test_whether_it_was_sent_or_arrived_in_time_is_the_suppliers_rule_and_so_is_whose_day(world: World) -> None:
    late_evening = datetime(2026, 5, 11, 23, 30, tzinfo=UTC)  # the 12th in Berlin
    world.supplier.time_zone = "Europe/Berlin"
    world.supplier.save()
    found = {}
    for counts, zone in (("sent", "buyer"), ("sent", "supplier"), ("arrived", "buyer")):
        rule(world, counts=counts, zone=zone)
        invoice = world.invoice("1000.00", payment_terms=TERMS)
        pay(world, invoice, "980.00", day(13), sent_at=late_evening)
        found[counts, zone] = invoice.discounted.text
    assert found == {("sent", "buyer"): "20.00", ("sent", "supplier"): "0.00", ("arrived", "buyer"): "0.00"}
    rule(world, counts="sent", zone="buyer")
    posted_before = Invoice.objects.order_by("posted_at").last()
    assert posted_before and posted_before.discount_terms["counts"] == "arrived"  # a later rule is for later invoices


def test_the_deadline_waits_for_the_disputed_part_where_the_supplier_says_so(world: World) -> None:
    waits = world.invoice("1000.00", payment_terms=TERMS)
    rule(world, waits_for_disputes=False)
    presses = world.invoice("1000.00", payment_terms=TERMS)
    for invoice in (waits, presses):
        posting.place_holds(ACTOR, "disputed", reason=("dispute", uuid4()), shares=[(invoice, euros("300.00"))])
    assert discount.offer(presses, on=day(3)) is None
    one = discount.offer(waits, on=day(3))
    assert one and (one.amount, one.to_pay) == (euros("14.00"), euros("686.00"))
    pay(world, waits, "686.00", day(9))
    assert (waits.discounted, waits.open, waits.free.minor) == (euros("14.00"), euros("300.00"), 0)
    posting.release_holds(ACTOR, ("dispute", waits.holds.get().reason_id), invoices=[waits])
    posting.extend_discount(ACTOR, waits, euros("300.00"), days=30)
    again = discount.offer(waits, on=day(39))
    assert again and (again.amount, again.until) == (euros("6.00"), day(40))
    assert discount.offer(waits, on=day(51)) is None
    pay(world, waits, "294.00", day(40))
    assert (waits.discounted, waits.open_minor) == (euros("20.00"), 0) and list(differences()) == []


def test_what_a_payment_on_the_way_will_earn_is_neither_paid_twice_nor_chased(world: World) -> None:
    invoice, reason = world.invoice("1000.00", payment_terms=TERMS), ("payment", uuid4())
    posting.place_holds(ACTOR, "planned", reason=reason, shares=[(invoice, euros("980.00"))], now=NOON)
    posting.place_holds(ACTOR, "pending", reason=reason, shares=[(invoice, euros("980.00"))], now=NOON)
    assert (invoice.pending, invoice.free.minor) == (euros("1000.00"), 0)
    with refused("more_than_open"):
        posting.place_holds(ACTOR, "pending", reason=("payment", uuid4()), shares=[(invoice, euros("1.00"))], now=NOON)
    posting.release_holds(ACTOR, reason, invoices=[invoice])
    assert (invoice.held_minor, invoice.free) == (0, euros("1000.00"))
    pay(world, invoice, "980.00", day(13), sent_at=NOON)
    assert (invoice.open_minor, invoice.discounted) == (0, euros("20.00")) and list(differences()) == []
    late = world.invoice("1000.00", payment_terms=TERMS)
    posting.place_holds(
        ACTOR, "pending", reason=("payment", uuid4()), shares=[(late, euros("980.00"))], now=NOON + timedelta(days=30)
    )
    assert late.free == euros("20.00")


def test_an_accounts_terms_are_for_invoices_that_state_none_and_credit_makes_it_smaller(world: World) -> None:
    world.account.discount_terms = "3% 5, 2% 10"
    world.account.save()
    invoice = world.invoice("1000.00")
    assert [(step.percent, step.until) for step in discount.steps_of(invoice)] == [(3, day(5)), (2, day(10))]
    assert (invoice.discount_best_minor, invoice.discount_ends_on) == (3000, day(10))
    assert len(discount.steps_of(world.invoice("1000.00", payment_terms=TERMS))) == 2
    from_base = world.invoice("1000.00", payment_terms="#SKONTO#TAGE=7#PROZENT=2.00#BASISBETRAG=500.00#\n")
    assert from_base.discount_best_minor == 1000
    assert discount_steps("2% 10, 1.5% 20")[1] == (discount_steps("1.5% 20")[0])
    for wrong in ("2 10", "2%", "1% 10, 2% 20", "0% 10", "x", "2% 10, 2% 20"):
        with refused("discount_terms_unclear", 422):
            discount_steps(wrong)


amounts = st.integers(min_value=1, max_value=10_000_000)


class TestSums(TestCase):
    """Whatever the amount and percentage, what is paid and what is granted are the whole invoice."""

    @settings(max_examples=15, deadline=None)
    @given(amounts, st.integers(min_value=1, max_value=1999), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
    def test_the_amount_to_pay_and_the_discount_close_the_invoice(self, minor: int, rate: int, currency: str) -> None:
        world = World.make()
        terms = f"#SKONTO#TAGE=10#PROZENT={rate // 100}.{rate % 100:02}#"
        invoice = world.invoice(Money(minor, currency), payment_terms=terms)
        one = payable.of_invoice(invoice, on=day(10))
        assert one.to_pay + one.discount == invoice.open and 0 <= one.discount.minor <= one.open.minor
        if one.to_pay:
            receipt = world.receipt(one.to_pay, received_on=day(10))
            posting.apply_receipt(ACTOR, receipt, [(invoice, one.to_pay)])
            invoice.refresh_from_db()
            assert (invoice.open_minor, invoice.discounted) == (0, one.discount)
        assert list(differences()) == []


def test_a_discount_that_no_posting_granted_is_named(world: World) -> None:
    pay(world, world.invoice("10.00"), "5.00", day(3))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_invoice SET discounted_minor = 1, paid_minor = paid_minor - 1")
    assert "invoice discounted" in {difference.check for difference in differences()}
