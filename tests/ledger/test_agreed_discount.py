"""Agreed discounts: a scale by days, worked out exactly, earned like any terms, and no more than is open."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from eipp.kernel.money import Money
from eipp.ledger import discount, payable, posting
from eipp.ledger.agreed_discount import Scale, scale_of, yearly_rate
from eipp.ledger.models import Invoice
from eipp.ledger.verify import differences
from tests.ledger.test_balance import euros
from tests.ledger.test_discount import TERMS, day, pay, rule
from tests.ledger.world import ACTOR, World

TWELVE = Scale(day(25), Decimal(12))


def agree(invoice: Invoice, scale: Scale = TWELVE, since: int = 0) -> Invoice:
    posting.agree_discounts(ACTOR, [(invoice, invoice.free)], scale, reason=uuid4(), since=day(since))
    return invoice


def offered(invoice: Invoice, number: int) -> str | None:
    one = discount.offer(invoice, on=day(number))
    return one.amount.text if one else None


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 10**11), st.integers(1, 1_000_000), st.integers(1, 366), st.integers(0, 365),
    st.sampled_from(["JPY", "EUR", "KWD", "CLF"]),
)  # fmt: skip
def test_the_scale_falls_day_by_day_is_exact_and_never_above_the_amount(
    minor: int, rate: int, until: int, later: int, currency: str
) -> None:
    amount, due = Money(minor, currency), day(until + 1 + later)
    scale = Scale(day(until), Decimal(rate).scaleb(-4))
    days = [day(number) for number in range(0, until + 3)]
    found = [scale.discount(amount, due=due, on=each) for each in days]
    assert found == sorted(found, key=lambda each: -each.minor) and max(each.minor for each in found) <= minor
    assert not found[-1] and not found[-2] and scale_of(scale.as_fact()) == scale
    for each, on in zip(found[:-2], days, strict=False):
        exact = Fraction(minor * rate * (due - on).days, 10_000 * 365 * 100)
        assert abs(each.minor - exact) <= Fraction(1, 2) or each.minor == minor
    told = yearly_rate([(amount, found[0], (due - days[0]).days)])
    wrong = Fraction(365 * 100, minor * (due - days[0]).days)  # what one minor unit more would come to
    assert found[0].minor == minor or abs(Fraction(told) - Fraction(rate, 10_000)) <= wrong / 2 + Fraction(1, 200)


def test_what_is_agreed_is_what_may_be_taken_off_by_the_day(world: World) -> None:
    invoice = agree(world.invoice("1000.00"))  # due on day 30
    assert invoice.due_date == day(30)
    assert [offered(invoice, number) for number in (0, 10, 25, 26)] == ["9.86", "6.58", "1.64", None]
    on = payable.of_invoice(invoice, on=day(10))
    assert (on.to_pay, on.discount) == (euros("993.42"), euros("6.58"))
    assert (invoice.discount_ends_on, invoice.discount_best_minor) == (day(25), 164)
    receipt = pay(world, invoice, "993.42", day(10))
    assert (invoice.open_minor, invoice.discounted.text) == (0, "6.58") and not discount.lost(invoice, on=day(60))
    posting.reverse_receipt(ACTOR, receipt, reason="returned")
    invoice.refresh_from_db()
    assert (invoice.open, invoice.discounted_minor) == (euros("1000.00"), 0)
    pay(world, invoice, "998.36", day(25))
    assert (invoice.open_minor, invoice.discounted.text) == (0, "1.64") and list(differences()) == []


def test_who_pays_a_day_later_than_the_amount_is_for_is_short_and_that_is_recognised(world: World) -> None:
    invoice = agree(world.invoice("1000.00"))
    pay(world, invoice, "993.42", day(12))
    assert (invoice.open.text, invoice.discounted_minor) == ("6.58", 0)
    assert discount.is_unearned(invoice, euros("6.58"), paid_on=day(12))
    assert not discount.is_unearned(invoice, euros("6.57"), paid_on=day(12))
    pay(world, invoice, "0.66", day(12))
    assert (invoice.open_minor, invoice.discounted.text) == (0, "5.92")


def test_of_the_invoices_own_terms_and_the_agreement_what_gives_more_holds(world: World) -> None:
    invoice = agree(world.invoice("1000.00", payment_terms=TERMS))  # 2 % by day 10, 1 % by day 20
    assert [offered(invoice, number) for number in (3, 10, 11, 20, 21)] == ["20.00", "20.00", "10.00", "10.00", "2.96"]
    assert invoice.discount_ends_on == day(25)
    steps = Scale(day(25), steps=((Decimal("3"), day(5)), (Decimal("1.5"), day(25))))
    again = agree(world.invoice("1000.00", payment_terms=TERMS), steps)
    assert [offered(again, number) for number in (5, 6, 11, 25, 26)] == ["30.00", "20.00", "15.00", "15.00", None]


def test_what_is_disputed_gets_nothing_and_what_was_credited_or_paid_before_is_no_part_of_it(world: World) -> None:
    invoice = world.invoice("1000.00")
    pay(world, invoice, "400.00", day(1))
    agree(invoice, since=2)
    assert offered(invoice, 2) == offered(invoice, 1) == "5.52"  # 600.00 x 12 % x 28 / 365
    reason = ("dispute", uuid4())
    posting.place_holds(ACTOR, "disputed", reason=reason, shares=[(invoice, euros("100.00"))])
    assert offered(invoice, 2) is None
    posting.release_holds(ACTOR, reason, invoices=[invoice])
    pay(world, invoice, "594.48", day(2))
    assert (invoice.open_minor, invoice.discounted.text) == (0, "5.52") and list(differences()) == []
    rule(world, in_part=True)
    parts = agree(world.invoice("1000.00"))
    pay(world, parts, "496.71", day(10))
    assert (parts.discounted.text, parts.open.text) == ("3.29", "500.00") and list(differences()) == []


def test_a_corrected_invoice_keeps_what_was_agreed(world: World) -> None:
    invoice = agree(world.invoice("1000.00"))
    posting.revise_invoice(ACTOR, invoice, world.draft(euros("800.00"), number=invoice.number))
    assert offered(invoice, 10) == "5.26" and timedelta(days=20) == invoice.due_date - day(10)
