"""Crediting in steps: whatever the steps, the last one takes exactly the rest of net, tax and total."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eipp.kernel.clock import now
from eipp.kernel.events import about
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit, posting
from eipp.ledger.draft import AllowanceChargeDraft, LineDraft
from eipp.ledger.models import CreditNote, Invoice
from eipp.ledger.verify import differences
from eipp.ledger.worth import shared_out
from tests.counts import rounds
from tests.ledger.world import ACTOR, World, composed

DAY = date(2026, 6, 10)
RATES = st.sampled_from([("S", Decimal("19")), ("S", Decimal("7")), ("Z", Decimal(0))])
LINES = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 99_999), RATES), min_size=1, max_size=3)
PARTS = st.lists(st.tuples(st.integers(1, 10), st.integers(1, 40_000), RATES, st.booleans()), max_size=3)


def line(number: int, quantity: str, net: Money, rate: str = "19") -> LineDraft:
    amount = Decimal(quantity)
    return LineDraft(
        line_number=str(number), item_name=f"Item {number}", quantity=amount, unit="C62",
        unit_price=(net.amount / amount).quantize(Decimal("0.000001")), net=net,
        tax_category="S" if Decimal(rate) else "Z", tax_rate=Decimal(rate),
    )  # fmt: skip


def credited(invoice: Invoice, claims: list[Any]) -> CreditNote:
    draft = credit.credit_lines(invoice, claims, issue_date=DAY, reason="Damaged")
    return posting.post_credit_note(ACTOR, draft, apply_to=invoice)


def test_two_of_ten_units_are_worth_their_share_with_tax(world: World) -> None:
    draft = composed(world.account, [line(1, "10", Money(25000, "EUR")), line(2, "1", Money(9999, "EUR"), "7")])
    (invoice,) = posting.post_invoices(ACTOR, [draft], now=now())
    first = invoice.lines.get(line_number="1")
    assert credit.worth_of(invoice, [(first, Decimal(2))]) == Money(5950, "EUR")
    note = credited(invoice, [(first, Decimal(2))])
    assert (note.number, note.tax_exclusive, note.tax) == ("CN-2026-00001", Money(5000, "EUR"), Money(950, "EUR"))
    assert note.lines.get().quantity == 2 and note.corrects == invoice
    assert invoice.credited == Money(5950, "EUR") and "credited" in invoice.standing(DAY)
    assert [event.name for event in about(invoice)] == ["credit_note.posted", "application.made"]
    with pytest.raises(Refusal, match="8 units are left to credit, not 9"):
        credit.credit_lines(invoice, [(first, Decimal(9))], issue_date=DAY)


def test_our_own_numbers_have_no_gap_even_after_a_refusal(world: World) -> None:
    invoice = world.invoice("100.00")
    for _ in range(2):
        credited(invoice, [(invoice.lines.get(), Money(100, "EUR"))])
        with pytest.raises(Refusal), transaction.atomic():
            posting.post_credit_note(ACTOR, credit.credit_amount(invoice, Money(100, "EUR"), issue_date=DAY))
            raise Refusal("other", "something later in the transaction")
    assert list(CreditNote.objects.order_by("number").values_list("number", flat=True)) == [
        "CN-2026-00001", "CN-2026-00002",
    ]  # fmt: skip


def test_credit_beyond_what_is_open_stays_usable(world: World) -> None:
    invoice, other = world.invoice("100.00"), world.invoice("50.00")
    posting.apply_receipt(ACTOR, world.receipt("80.00"), [(invoice, Money(8000, "EUR"))])
    note = credited(invoice, [(invoice.lines.get(), Money(3000, "EUR"))])
    assert (invoice.open_minor, note.open) == (0, Money(1000, "EUR"))
    posting.apply_credit(ACTOR, note, [(other, Money(1000, "EUR"))])
    assert (note.open_minor, other.open) == (0, Money(4000, "EUR"))


def test_more_than_the_invoice_is_not_credited(world: World) -> None:
    invoice = world.invoice("100.00")
    posting.post_credit_note(ACTOR, credit.credit_amount(invoice, Money(9000, "EUR"), issue_date=DAY), apply_to=invoice)
    with pytest.raises(Refusal, match=r"10\.00 EUR is left to credit"):
        credit.credit_lines(invoice, [(invoice.lines.get(), Decimal(1))], issue_date=DAY)
    with pytest.raises(Refusal, match=r"10\.00 EUR is left to credit"):
        credit.credit_amount(invoice, Money(1001, "EUR"), issue_date=DAY)


@pytest.mark.long
@given(lines=LINES, parts=PARTS, rounding=st.integers(-3, 3), data=st.data())
@settings(
    max_examples=rounds(200), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)  # fmt: skip
@pytest.mark.django_db
def test_crediting_all_units_in_steps_gives_exactly_the_invoice(
    lines: list[Any], parts: list[Any], rounding: int, data: st.DataObject
) -> None:
    with transaction.atomic():
        world = World.make()
        drafts = [
            line(number, str(quantity), Money(net, "EUR"), str(rate))
            for number, (quantity, net, (_, rate)) in enumerate(lines, 1)
        ]
        adjustments = [
            AllowanceChargeDraft(is_charge=True, amount=Money(amount // share, "EUR"), tax_category=tax, tax_rate=rate)
            for share, amount, (tax, rate), _ in parts
        ]
        (invoice,) = posting.post_invoices(
            ACTOR,
            [
                composed(
                    world.account, drafts, allowances_charges=tuple(adjustments), rounding=Money(rounding, "EUR"),
                    prepaid=Money(0, "EUR"),
                )
            ],
            now=now(),
        )  # fmt: skip
        rest = {row: row.quantity for row in invoice.lines.all()}
        while rest:
            row = data.draw(st.sampled_from(sorted(rest, key=lambda one: one.position)))
            units = Decimal(data.draw(st.integers(1, int(rest[row]))))
            try:
                credited(invoice, [(row, units)])
            except Refusal as refusal:  # a share that rounds to nothing is no credit note
                assert refusal.code == "amount_not_positive"
                units = rest[row]
                try:
                    credited(invoice, [(row, units)])
                except Refusal as again:
                    assert again.code == "amount_not_positive"
                    transaction.set_rollback(True)
                    return
            rest[row] -= units
            rest = {one: left for one, left in rest.items() if left}
        notes = CreditNote.objects.filter(corrects=invoice)
        for column in ("tax_exclusive_minor", "tax_minor", "tax_inclusive_minor", "payable_minor"):
            assert sum(getattr(note, column) for note in notes) == getattr(invoice, column)
        assert invoice.open_minor == 0
        assert list(differences()) == []
        transaction.set_rollback(True)


@given(whole=st.integers(-10_000, 10_000), weights=st.lists(st.integers(-500, 5_000), min_size=1, max_size=8))
def test_what_is_shared_out_sums_to_the_whole(whole: int, weights: list[int]) -> None:
    assert sum(shared_out(whole, weights)) == whole


def test_an_invoice_is_credited_by_amounts_down_to_the_last_cent_of_tax(world: World) -> None:
    draft = composed(
        world.account, [line(1, "3", Money(10001, "EUR")), line(2, "1", Money(3333, "EUR"), "7")],
        rounding=Money(2, "EUR"),
    )  # fmt: skip
    (invoice,) = posting.post_invoices(ACTOR, [draft], now=now())
    for amount in (Money(1234, "EUR"), Money(777, "EUR"), invoice.payable - Money(2011, "EUR")):
        note = credit.credit_amount(invoice, amount, issue_date=DAY)
        assert note.payable == amount
        posting.post_credit_note(ACTOR, note, apply_to=invoice)
    notes = CreditNote.objects.filter(corrects=invoice)
    assert sum(note.tax_minor for note in notes) == invoice.tax_minor
    assert sum(note.tax_exclusive_minor for note in notes) == invoice.tax_exclusive_minor
    assert invoice.open_minor == 0
