"""The account summary of an account with 100,000 invoices and 250,000 postings against one with 1,000: it is kept, not
summed, so it costs the same."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from bench import history, ready
from bench.pages import draft
from eipp.accounts.customer_account import create_account
from eipp.accounts.models import CustomerAccount
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import balance, posting
from eipp.ledger.journal import Posting
from eipp.ledger.models import Invoice
from eipp.ledger.posting import Deposit

FEW, MANY, ROUNDS, GOAL = 1_000, 100_000, 40, 1.3
PAID = 3  # of four invoices so many are paid in part, by a receipt and its application: 2.5 postings an invoice


def main() -> None:
    """JSON objects: medians in milliseconds, of rounds that alternate between the two accounts."""
    with ready.database():
        world = build()
        few, many = account(world, "B-FEW"), account(world, "B-MANY")
        for one in (few, many):
            fill(world, one, FEW, clock.now() - timedelta(days=30))
        history.repeat(many, MANY // FEW)
        history.refuse_wrong()
        tom, on = world.actor("tom"), clock.today(world.companies["nordwind"].time_zone)
        compare("account_summary", lambda one: balance.summary(tom, accounts=[one.pk], on=on), many, few)
        pages(world, many, few)
        print(json.dumps({"name": "postings_of_the_account", "ours": Posting.objects.filter(account=many).count(),
                          "baseline": 250_000, "unit": "rows", "ratio": None, "goal": None}), flush=True)  # fmt: skip


def pages(world: World, many: CustomerAccount, few: CustomerAccount) -> None:
    client = Client()
    client.force_login(world.people["tom"])

    def home(one: CustomerAccount) -> None:
        answer = client.get(reverse("portal:home"), {"account": str(one.pk)})
        assert answer.status_code == 200

    compare("summary_page", home, many, few)


def compare(name: str, work: Callable[[CustomerAccount], Any], many: CustomerAccount, few: CustomerAccount) -> None:
    for one in (many, few):
        work(one)
    rounds = [(milliseconds(work, many), milliseconds(work, few)) for _ in range(ROUNDS)]
    ours, baseline = (statistics.median(column) for column in zip(*rounds, strict=True))
    line = {"name": f"{name}_of_{MANY}_against_{FEW}", "ours": round(ours, 2), "baseline": round(baseline, 2)}
    print(json.dumps({**line, "unit": "ms", "ratio": round(ours / baseline, 2), "goal": GOAL}), flush=True)


def milliseconds(work: Callable[[CustomerAccount], Any], one: CustomerAccount) -> float:
    began = time.perf_counter()
    work(one)
    return (time.perf_counter() - began) * 1000


def account(world: World, number: str) -> CustomerAccount:
    return create_account(
        number=number, name=number, supplier=world.companies["nordwind"], buyer=world.companies["tiny"],
        currency="EUR", terms_days=30,
    )  # fmt: skip


def fill(world: World, one: CustomerAccount, count: int, now: datetime) -> None:
    """Through the ledger's bulk doors: invoices over two years, of which three in four are paid in part."""
    erp = world.erp("nordwind")
    with transaction.atomic(), clock.made_up_past():
        pay(erp, one, posting.post_invoices(erp, [open_draft(one, number) for number in range(count)], now=now), now)


def pay(erp: Any, one: CustomerAccount, invoices: list[Invoice], now: datetime) -> None:
    """A deposit for three in four, in part: a receipt's posting and an application's."""
    paid = [invoice for place, invoice in enumerate(invoices) if place % 4 < PAID]
    posting.post_deposits(erp, [
        Deposit(account=one, amount=Money(10_000, "EUR"), received_on=invoice.issue_date, kind="erp",
                external_id=f"{one.number}-{invoice.number}", shares=[(invoice, Money(10_000, "EUR"))])
        for invoice in paid
    ], now=now)  # fmt: skip


def open_draft(one: CustomerAccount, number: int) -> Any:
    gross = Money(23_800, "EUR")
    issued = date.today() - timedelta(days=number % 700)  # noqa: DTZ011 - the day is only spread, not told
    return replace(
        draft(one, number), number=f"{one.number}-{number:06d}", external_id=f"{one.number}-{number}", payable=gross,
        prepaid=Money.zero("EUR"), issue_date=issued, due_date=issued + timedelta(days=30),
    )  # fmt: skip


if __name__ == "__main__":
    main()
