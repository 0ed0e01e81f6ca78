"""The night of late fees over 100,000 customer accounts (`ACCOUNTS=` chooses): in sets, as dear for the last accounts
as for the first, and killed in the middle it goes on where it stood: one charge for each invoice."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from bench import history, killed, ready
from bench.pages import draft
from eipp.accounts.models import CustomerAccount
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.finance_charge import FinanceCharge, FinanceChargeBookmark
from eipp.ledger.finance_charge_rule import FinanceChargeRule
from workflows.finance_charge import BATCH, charge

ACCOUNTS, TEMPLATE = int(os.environ.get("ACCOUNTS", "100000")), 1_000
PART = ACCOUNTS // 10


def main() -> None:
    """JSON objects: what an account costs in the last tenth of the run against the first; statements of a batch; how
    many were charged before and after the kill, and how many twice or never."""
    with ready.database():
        world = build()
        today = clock.today(world.nordwind.time_zone)
        FinanceChargeRule.objects.create(
            supplier=world.nordwind, currency="EUR", starts_on=today - timedelta(days=400), kind="percent_of_period",
            percent=Decimal("1.5"), grace_days=5, set_at=clock.now(),
        )  # fmt: skip
        accounts = customers(world, TEMPLATE)
        post(world, accounts, today)
        history.repeat_accounts(accounts, ACCOUNTS // TEMPLATE)
        FinanceChargeBookmark.objects.update_or_create(
            supplier=world.nordwind, defaults={"day": today - timedelta(days=1), "after": None}
        )
        night(world)


def night(world: World) -> None:
    run = charge(world.nordwind, now=clock.now())
    next(run)  # what is done for the first time is not measured
    with CaptureQueriesContext(connection) as early:
        next(run)
    first = taken(run, PART // BATCH)
    killed.killed(lambda: list(charge(world.nordwind, now=clock.now())),
                  once=lambda: FinanceCharge.objects.count() > ACCOUNTS // 2)  # fmt: skip
    before = FinanceCharge.objects.count()
    run = charge(world.nordwind, now=clock.now())
    for _ in islice(run, (ACCOUNTS - before - PART) // BATCH - 1):
        pass
    with CaptureQueriesContext(connection) as late:
        next(run)
    last = taken(run, PART // BATCH)
    for _ in run:
        pass
    assert sum(charge(world.nordwind, now=clock.now())) == 0
    charged = FinanceCharge.objects.aggregate(rows=Count("pk"), invoices=Count("invoice", distinct=True))
    assert charged == {"rows": ACCOUNTS, "invoices": ACCOUNTS}, charged
    killed.report(f"late_fees_of_{ACCOUNTS}_accounts_last_tenth_against_first", first, last)
    told("late_fee_statements_of_a_batch", len(late), len(early), 1.0)
    told("late_fees_after_a_kill_in_the_middle", ACCOUNTS - before, before, None)


def taken(run: Iterator[int], batches: int) -> killed.Cost:
    began = killed.now(0)
    made = sum(islice(run, batches))
    return killed.now(made) - began


def told(name: str, ours: int, baseline: int, goal: float | None) -> None:
    ratio = round(ours / baseline, 2) if goal else None
    print(json.dumps({"name": name, "ours": ours, "baseline": baseline, "ratio": ratio, "goal": goal}), flush=True)


def customers(world: World, count: int) -> list[CustomerAccount]:
    like = world.main
    rows = [
        CustomerAccount(number=f"L{number:06d}", name=f"Customer {number}", supplier=world.nordwind,
                        legal_entity=like.legal_entity, currency="EUR", terms_days=30)
        for number in range(count)
    ]  # fmt: skip
    return CustomerAccount.objects.bulk_create(rows, batch_size=2_000)


@transaction.atomic
def post(world: World, accounts: list[CustomerAccount], today: date) -> None:
    """One invoice each, past due so that the day's charge falls on all of them."""
    erp: Any = world.erp("nordwind")
    due = today - timedelta(days=6)
    drafts = [
        replace(draft(account, 10_000_000 + int(account.number[1:])), payable=Money(23_800, "EUR"),
                prepaid=Money.zero("EUR"), issue_date=due - timedelta(days=30), due_date=due)
        for account in accounts
    ]  # fmt: skip
    posting.post_invoices(erp, drafts, now=clock.now() - timedelta(days=30))


if __name__ == "__main__":
    main()
