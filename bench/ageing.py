"""Ageing of 1,000 customers with 100,000 open invoices: the report's figures against the bare SQL over the invoices."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from bench import ready
from bench.pages import draft
from eipp.accounts.customer_account import create_account
from eipp.accounts.models import CustomerAccount
from eipp.analytics.ageing import ageing
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting

CUSTOMERS, INVOICES, BATCH, ROUNDS, GOAL = 1_000, 100_000, 2_000, 15, 1.5
#: What the report answers, asked of the invoices themselves; it knows neither rights nor days that are past.
BARE = """
SELECT a.id, a.number, a.name, i.currency,
  sum(CASE WHEN i.due_date >= %(on)s THEN i.open_minor ELSE 0 END),
  sum(CASE WHEN i.due_date < %(on)s AND i.due_date >= %(on)s - 30 THEN i.open_minor ELSE 0 END),
  sum(CASE WHEN i.due_date < %(on)s - 30 AND i.due_date >= %(on)s - 60 THEN i.open_minor ELSE 0 END),
  sum(CASE WHEN i.due_date < %(on)s - 60 AND i.due_date >= %(on)s - 90 THEN i.open_minor ELSE 0 END),
  sum(CASE WHEN i.due_date < %(on)s - 90 THEN i.open_minor ELSE 0 END)
FROM ledger_invoice i JOIN accounts_customeraccount a ON a.id = i.account_id
WHERE i.supplier_id = %(supplier)s AND i.open_minor > 0
GROUP BY a.id, a.number, a.name, i.currency
"""


def main() -> None:
    """One JSON object: medians in milliseconds, of rounds that alternate."""
    with ready.database():
        world = build()
        post(world)
        clara, on = world.actor("clara"), clock.today(world.companies["nordwind"].time_zone)
        asked = {"on": on, "supplier": world.companies["nordwind"].pk}
        assert sum(row.open.minor for row in ageing(clara, on=on)) == sum(sum(row[4:]) for row in bare(asked))
        rounds = [(seconds(lambda: ageing(clara, on=on)), seconds(lambda: bare(asked))) for _ in range(ROUNDS)]
    ours, baseline = (statistics.median(column) * 1000 for column in zip(*rounds, strict=True))
    line = {"name": f"ageing_of_{INVOICES}_invoices", "ours": round(ours, 1), "baseline": round(baseline, 1)}
    print(json.dumps({**line, "unit": "ms", "ratio": round(ours / baseline, 2), "goal": GOAL}))


def bare(asked: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(BARE, asked)
        return list(cursor.fetchall())


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def post(world: World) -> None:
    """Through the ledger's bulk door, due over half a year."""
    erp, accounts = world.erp("nordwind"), customers(world)
    for begin in range(0, INVOICES, BATCH):
        with transaction.atomic():
            drafts = [invoice(accounts[number % CUSTOMERS], number) for number in range(begin, begin + BATCH)]
            posting.post_invoices(erp, drafts, now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def customers(world: World) -> list[CustomerAccount]:
    return [
        create_account(
            number=f"B{number:05d}", name=f"Customer {number}", supplier=world.companies["nordwind"], buyer=None,
            currency="EUR", terms_days=30,
        )
        for number in range(CUSTOMERS)
    ]  # fmt: skip


def invoice(account: CustomerAccount, number: int) -> Any:
    """One that is open to its whole amount."""
    gross, issued = Money(23_800, "EUR"), date.today() - timedelta(days=number % 180)  # noqa: DTZ011 - only spread
    return replace(
        draft(account, number), payable=gross, prepaid=Money.zero("EUR"), issue_date=issued,
        due_date=issued + timedelta(days=30),
    )  # fmt: skip


if __name__ == "__main__":
    main()
