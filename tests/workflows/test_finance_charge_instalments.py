"""Late fees of an invoice in instalments: each part counts once it fell due."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from eipp.ledger import posting
from eipp.ledger.draft import DueDraft, LineDraft
from eipp.ledger.finance_charge_reckoning import past_due
from eipp.ledger.models import Invoice
from tests.ledger.world import composed
from tests.workflows.doing import eur
from tests.workflows.test_finance_charge import BEGIN, DUE, charged, clock, ruled, run, sound
from tests.world import World
from workflows.finance_charge import PLATFORM

__all__ = ["clock"]


def test_of_an_invoice_in_instalments_only_what_fell_due_counts_and_what_was_paid_counts_first() -> None:
    plan = [{"on": "2026-03-10", "minor": 30_000, "retention": False}, {"on": "2026-06-01", "minor": 70_000}]
    invoice = Invoice(currency="EUR", payable_minor=100_000, due_date=DUE, due_plan=plan)
    second = date(2026, 6, 2)
    asked = [(100_000, date(2026, 3, 10), 0), (100_000, date(2026, 3, 11), 0), (100_000, date(2026, 3, 11), 5),
             (80_000, date(2026, 3, 11), 0), (70_000, date(2026, 3, 11), 0), (70_000, second, 0)]  # fmt: skip
    assert [past_due(invoice, left, day, grace) for left, day, grace in asked] == [0, 30_000, 0, 10_000, 0, 70_000]


def in_two(world: World, clock: Any) -> Invoice:
    """1,000.00: 300.00 due on 10 March, the rest on 1 June."""
    line = LineDraft(line_number="1", item_name="Rack", quantity=Decimal(1), unit_price=Decimal(1000),
                     net=eur("1000.00"), tax_category="Z", tax_rate=Decimal(0))  # fmt: skip
    dues = [DueDraft(on=DUE, amount=eur("300.00")), DueDraft(on=date(2026, 6, 1), amount=eur("700.00"))]
    draft = composed(world.tiny_account, [line], issue_date=date(2026, 2, 20), dues=dues)
    (invoice,) = posting.post_invoices(PLATFORM, [draft], now=BEGIN)
    return invoice


def pay(world: World, invoice: Invoice, amount: str) -> None:
    receipt = posting.post_receipt(PLATFORM, account=world.tiny_account, amount=eur(amount), received_on=DUE,
                                   kind="transfer")  # fmt: skip
    posting.apply_receipt(PLATFORM, receipt, [(invoice, eur(amount))])


@pytest.mark.django_db
def test_of_an_invoice_in_instalments_only_what_fell_due_is_charged(world: World, clock: Any) -> None:
    ruled(world, grace_days=0, every_days=10)
    invoice = in_two(world, clock)
    run(clock, date(2026, 3, 11))
    assert charged(invoice) == [("2026-03-11", "3.00")]
    clock.move_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    pay(world, invoice, "300.00")
    run(clock, date(2026, 6, 10))
    assert charged(invoice) == [("2026-03-11", "3.00"), ("2026-06-09", "7.00")]
    assert "on 700.00 EUR" in (reason := invoice.finance_charges.latest("charged_for").reason)
    assert "was due on 1 Jun 2026" in reason
    sound()


@pytest.mark.django_db
def test_a_late_run_charges_an_instalment_that_was_paid_meanwhile(world: World, clock: Any) -> None:
    ruled(world, grace_days=0, every_days=10)
    invoice = in_two(world, clock)
    clock.move_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    pay(world, invoice, "300.00")
    run(clock, date(2026, 3, 25))
    assert charged(invoice) == [("2026-03-11", "3.00")]


@pytest.mark.django_db
def test_interest_by_days_counts_an_instalment_from_the_day_after_it_fell_due(world: World, clock: Any) -> None:
    ruled(world, kind="percent_of_year", percent=Decimal("36.5"), grace_days=3, every_days=30)
    invoice = in_two(world, clock)
    run(clock, date(2026, 7, 12))
    assert charged(invoice) == [
        ("2026-04-13", "9.90"),  # 300.00 for 33 days, those of grace included, at 0.1 % a day
        ("2026-05-13", "9.00"),
        ("2026-06-12", "16.00"),  # 300.00 for 30 days and 700.00 for the 10 since 2 June
        ("2026-07-12", "30.00"),
    ]
