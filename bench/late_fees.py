"""The night of late fees: a day's charges over 1,000, 10,000 (and `ACCOUNTS=100000`) customer accounts, in sets; linear
when ten times the accounts take about ten times the time."""

import json
import os
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from bench import ready
from bench.pages import draft
from eipp.accounts.models import CustomerAccount
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.finance_charge import FinanceCharge, FinanceChargeBookmark
from eipp.ledger.finance_charge_rule import FinanceChargeRule
from workflows.finance_charge import charge_all

SIZES, BATCH, GOAL = (1_000, 10_000), 2_000, 1.3
MOST = int(os.environ.get("ACCOUNTS", "0"))


def main() -> None:
    """One JSON object a size, and one with how much more each account costs among many."""
    sizes = (*SIZES, *((MOST,) if MOST else ()))
    with ready.database():
        world, each = build(), []
        today = clock.today(world.nordwind.time_zone)
        FinanceChargeRule.objects.create(
            supplier=world.nordwind, currency="EUR", starts_on=today - timedelta(days=400), kind="percent_of_period",
            percent=Decimal("1.5"), grace_days=5, set_at=clock.now(),
        )  # fmt: skip
        before = 0
        for size in sizes:
            post(world, customers(world, before, size - before), today)
            each.append(run(world, today, size - before))
            before = size
    print(json.dumps({
        "name": "late_fee_per_account_among_many", "ours": round(each[-1], 3), "baseline": round(each[0], 3),
        "unit": "ms", "ratio": round(each[-1] / each[0], 2), "goal": GOAL,
    }))  # fmt: skip


def run(world: World, today: date, expected: int) -> float:
    """One day: milliseconds for each charge."""
    FinanceChargeBookmark.objects.update_or_create(
        supplier=world.nordwind, defaults={"day": today - timedelta(days=1), "after": None}
    )
    began = time.perf_counter()
    made = charge_all(world.nordwind, now=clock.now())
    seconds = time.perf_counter() - began
    assert made == expected, (made, expected)
    print(json.dumps({"name": f"late_fees_{expected}_new_of_{FinanceCharge.objects.count()}", "ours": round(seconds, 2),
                      "unit": "s", "each_ms": round(seconds / made * 1000, 3)}))  # fmt: skip
    return seconds / made * 1000


def customers(world: World, first: int, count: int) -> list[CustomerAccount]:
    like = world.main
    rows = [
        CustomerAccount(number=f"L{first + number:06d}", name=f"Customer {first + number}", supplier=world.nordwind,
                        legal_entity=like.legal_entity, currency="EUR", terms_days=30)
        for number in range(count)
    ]  # fmt: skip
    return CustomerAccount.objects.bulk_create(rows, batch_size=2_000)


def post(world: World, accounts: list[CustomerAccount], today: date) -> None:
    """One invoice each, past due so that the day's charge falls on all of them."""
    erp: Any = world.erp("nordwind")
    due = today - timedelta(days=6)
    for begin in range(0, len(accounts), BATCH):
        with transaction.atomic():
            drafts = [
                replace(draft(account, 10_000_000 + int(account.number[1:])), payable=Money(23_800, "EUR"),
                        prepaid=Money.zero("EUR"), issue_date=due - timedelta(days=30), due_date=due)
                for account in accounts[begin : begin + BATCH]
            ]  # fmt: skip
            posting.post_invoices(erp, drafts, now=clock.now() - timedelta(days=30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
