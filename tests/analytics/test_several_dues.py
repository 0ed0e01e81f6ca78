"""An invoice with several due dates stands in the ageing of any day by each of them, and so do its rows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q

from eipp.analytics import ageing_report
from eipp.analytics.ageing import BUCKETS, ageing, rows_of
from eipp.analytics.asked import Asked
from eipp.analytics.collections import months
from eipp.ledger import posting
from eipp.ledger.draft import DueDraft, LineDraft
from eipp.ledger.models import Invoice
from tests.ledger.world import composed
from tests.workflows.doing import eur
from tests.workflows.test_finance_charge import clock
from tests.world import World
from workflows.finance_charge import PLATFORM

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = date(2026, 3, 10), date(2026, 4, 20), date(2026, 6, 1)


@pytest.fixture
def in_three(world: World, clock: Any) -> Invoice:
    """300.00, 200.00 and 500.00; 350.00 are paid on 15 March, the rest in July."""
    clock.move_to(datetime(2026, 2, 20, 9, tzinfo=UTC))
    line = LineDraft(line_number="1", item_name="Rack", quantity=Decimal(1), unit_price=Decimal(1000),
                     net=eur("1000.00"), tax_category="Z", tax_rate=Decimal(0))  # fmt: skip
    parts = ((FIRST, "300.00"), (SECOND, "200.00"), (THIRD, "500.00"))
    draft = composed(world.tiny_account, [line], issue_date=date(2026, 2, 20),
                     dues=[DueDraft(on=on, amount=eur(amount)) for on, amount in parts])  # fmt: skip
    (invoice,) = posting.post_invoices(PLATFORM, [draft], now=datetime(2026, 2, 20, 9, tzinfo=UTC))
    for day, amount in (
        (datetime(2026, 3, 15, 9, tzinfo=UTC), "350.00"),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), "650.00"),
    ):
        clock.move_to(day)
        receipt = posting.post_receipt(PLATFORM, account=world.tiny_account, amount=eur(amount),
                                       received_on=day.date(), kind="transfer")  # fmt: skip
        posting.apply_receipt(PLATFORM, receipt, [(invoice, eur(amount))])
    return invoice


DAYS: dict[date, dict[str, int]] = {
    date(2026, 3, 9): {"not_due": 100_000},
    date(2026, 3, 12): {"1-30": 30_000, "not_due": 70_000},
    date(2026, 3, 20): {"not_due": 65_000},
    date(2026, 4, 25): {"1-30": 15_000, "not_due": 50_000},
    date(2026, 6, 5): {"31-60": 15_000, "1-30": 50_000},
    date(2026, 7, 1): {},
}


def test_each_part_stands_in_the_bucket_of_its_own_due_date(world: World, in_three: Invoice) -> None:
    clerk = world.actor("clara")
    narrow = Q(account=world.tiny_account)
    for on, buckets in DAYS.items():
        found = {name: row.buckets[name].minor for row in ageing(clerk, on=on, narrow=narrow) for name in BUCKETS}
        assert {name: minor for name, minor in found.items() if minor} == buckets, on
        for name in BUCKETS:
            rows = [(row.pk, row.open_then) for row in rows_of(clerk, name, on=on, narrow=narrow)]
            assert rows == ([(in_three.pk, buckets[name])] if name in buckets else []), (on, name)
        late = sum(row.open_then for row in rows_of(clerk, "past_due", on=on, narrow=narrow))
        assert late == sum(minor for name, minor in buckets.items() if name != "not_due")
    rows_are_dated(world)
    months_are_timely(world)


def rows_are_dated(world: World) -> None:
    """Each row names the day on which its part was due."""
    asked = Asked(date(2025, 7, 1), date(2026, 6, 5), "UTC", "EUR", world.tiny_account.pk)
    shown = {bucket: ageing_report.rows(world.actor("clara"), asked, {"bucket": bucket}).lines for bucket in
             ("31-60", "1-30", "open")}  # fmt: skip
    days = {bucket: [(line[3].value, line[4].value) for line in lines] for bucket, lines in shown.items()}
    assert days == {"31-60": [(SECOND, eur("150.00"))], "1-30": [(THIRD, eur("500.00"))],
                    "open": [(SECOND, eur("650.00"))]}  # fmt: skip


def months_are_timely(world: World) -> None:
    """A month counts as timely what was not due by its end."""
    told = months(world.actor("clara"), until=date(2026, 7, 31), currency="EUR", count=6,
                  narrow=Q(account=world.tiny_account))  # fmt: skip
    assert [(row.last.month, row.receivable.minor, row.current.minor) for row in told] == [
        (2, 100_000, 100_000), (3, 65_000, 65_000), (4, 65_000, 50_000), (5, 65_000, 50_000), (6, 65_000, 0), (7, 0, 0),
    ]  # fmt: skip
