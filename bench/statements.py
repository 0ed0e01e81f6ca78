"""A statement of one month with 50 rows, of an account with 100,000 invoices against one with 1,000: it costs by its
own rows, not by the account's; of the last month, and of one a year ago with half of the history after it."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench import history, ready
from bench.pages import draft
from eipp.accounts.customer_account import create_account
from eipp.accounts.models import CustomerAccount
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.posting import Deposit
from eipp.ledger.statement import BALANCE_FORWARD, OPEN_ITEM, statement

FEW, MANY, OWN, ROUNDS, GOAL = 1_000, int(os.environ.get("INVOICES", "100000")), 50, 25, 1.3
LATELY, LONG_AGO = 10, 360  # days ago that the own rows were posted
HISTORY = (*range(60, 300, 24), *range(440, 680, 24))  # days ago that the others were; paid twenty days later


def main() -> None:
    """JSON objects: medians in milliseconds, of rounds that alternate between the two accounts."""
    with ready.database():
        world = build()
        today = clock.today(world.nordwind.time_zone)
        small, large = (account(world, number) for number in ("S1", "S2"))
        for each in (small, large):
            for days in HISTORY:
                post(world, each, FEW // len(HISTORY), today, posted=days, paid=days - 20)
        history.repeat(large, MANY // FEW)
        for each in (small, large):
            post(world, each, OWN, today, posted=LONG_AGO, paid=LONG_AGO - 40)
            post(world, each, OWN, today, posted=LATELY)
        history.refuse_wrong()
        ready.analysed()
        for name, asked in ways(today):
            measure(world, name, asked, small, large)


def ways(today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    for when, days in (("", LATELY), ("_a_year_ago", LONG_AGO)):
        last = today - timedelta(days=days - 5)
        known = {"known": last}
        period = {"kind": BALANCE_FORWARD, "first": last - timedelta(days=29), "last": last}
        items = {"kind": OPEN_ITEM, "last": last}
        yield f"statement_of_a_month{when}", period
        yield f"statement_of_a_month_as_known{when}", period | known
        yield f"open_items{when}", items
        yield f"open_items_as_known{when}", items | known


def measure(world: World, name: str, asked: dict[str, Any], small: CustomerAccount, large: CustomerAccount) -> None:
    clara = world.actor("clara")
    counts = {statement(clara, each, **asked).count for each in (small, large)}
    assert counts == {OWN}, counts
    queries = [queries_of(partial(statement, clara, each, **asked)) for each in (large, small)]
    assert queries[0] == queries[1], queries
    rounds = [(seconds(lambda: statement(clara, large, **asked)), seconds(lambda: statement(clara, small, **asked)))
              for _ in range(ROUNDS)]  # fmt: skip
    ours, baseline = (statistics.median(column) * 1000 for column in zip(*rounds, strict=True))
    line = {"name": f"{name}_of_{MANY}_against_{FEW}", "ours": round(ours, 2), "baseline": round(baseline, 2)}
    print(json.dumps({**line, "unit": "ms", "ratio": round(ours / baseline, 2), "goal": GOAL}), flush=True)


def queries_of(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def account(world: World, number: str) -> CustomerAccount:
    return create_account(number=number, name=f"Customer {number}", supplier=world.nordwind, buyer=None,
                          currency="EUR", terms_days=30)  # fmt: skip


@transaction.atomic
def post(
    world: World, account: CustomerAccount, count: int, today: date, *, posted: int, paid: int | None = None
) -> None:
    """So many invoices so many days ago and, unless they stay open, their money."""
    erp, issued = world.erp("nordwind"), today - timedelta(days=posted)
    drafts = [
        replace(draft(account, posted * 1_000 + number), number=f"{account.number}-{posted}-{number}",
                external_id=f"{account.number}-{posted}-{number}", payable=Money(23_800, "EUR"),
                prepaid=Money.zero("EUR"), issue_date=issued, due_date=issued + timedelta(days=30))
        for number in range(count)
    ]  # fmt: skip
    with clock.made_up_past():
        invoices = posting.post_invoices(erp, drafts, now=clock.now() - timedelta(days=posted))
        if paid is not None:
            on, moment = today - timedelta(days=paid), clock.now() - timedelta(days=paid)
            deposits = [
                Deposit(account=account, amount=each.open, received_on=on, kind="erp", shares=[(each, each.open)])
                for each in invoices
            ]
            posting.post_deposits(erp, deposits, now=moment)


if __name__ == "__main__":
    main()
