"""Autopay over many accounts: the run's time for each account must not grow with their number."""

import json
import os
import time
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from bench import ready
from bench.pages import draft
from eipp.accounts.models import CustomerAccount, Membership, Organisation
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting
from workflows import autopay_run
from workflows.autopay import Autopay
from workflows.models import Payment
from workflows.saved_method import SavedMethod, lock_token

SMALL, LARGE = 1_000, int(os.environ.get("EIPP_BENCH_AUTOPAYS", "100000"))
BATCH, GOAL = 1_000, 1.3


def main() -> None:
    """One JSON object: milliseconds for each account, with few and with many of them."""
    with ready.database():
        world = build()
        orders(world, 0, 500)  # a first run, that nothing is done for the first time in those that are measured
        run(500)
        orders(world, 500, SMALL)
        small = run(SMALL)
        orders(world, 500 + SMALL, LARGE)
        large = run(LARGE)
    line = {"name": f"autopay_of_{LARGE}_accounts", "ours": round(large, 2), "baseline": round(small, 2)}
    print(json.dumps({**line, "unit": "ms for each account", "ratio": round(large / small, 2), "goal": GOAL}))


def run(count: int) -> float:
    before, began = Payment.objects.count(), time.perf_counter()
    assert autopay_run.run() == count
    passed = time.perf_counter() - began
    assert autopay_run.run() == 0
    assert Payment.objects.count() == before + count
    return passed * 1000 / count


def orders(world: World, first: int, count: int) -> None:
    """So many customers more, each with an invoice that is due and a standing order."""
    for begin in range(first, first + count, BATCH):
        with transaction.atomic():
            _some(world, range(begin, min(begin + BATCH, first + count)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _some(world: World, numbers: range) -> None:
    supplier, tom, now = world.companies["nordwind"], world.people["tom"], clock.now()
    payee = supplier.legal_entities.get(is_default=True)
    buyers = [Organisation(name=f"Buyer {number}", side="buyer", slug=f"b-{number}") for number in numbers]
    Organisation.objects.bulk_create(buyers)
    Membership.objects.bulk_create(
        [Membership(person=tom, organisation=buyer, roles=["payer"], started_at=now) for buyer in buyers]
    )
    accounts = [
        CustomerAccount(supplier=supplier, buyer=buyer, legal_entity=payee, number=buyer.slug, name=buyer.name,
                        currency="EUR")
        for buyer in buyers
    ]  # fmt: skip
    CustomerAccount.objects.bulk_create(accounts)
    posting.post_invoices(
        world.erp("nordwind"), [_bill(*each) for each in zip(accounts, numbers, strict=True)], now=now
    )
    cards = [
        SavedMethod(buyer=buyer, legal_entity=payee, gateway="sandbox", kind="card", locked_token=lock_token("card"),
                    attempt=uuid4(), requested_at=now, saved_at=now)
        for buyer in buyers
    ]  # fmt: skip
    SavedMethod.objects.bulk_create(cards)
    rows: list[Any] = [
        Autopay(state="active", state_since=now, supplier=supplier, buyer=buyer, legal_entity=payee, saved_method=card,
                number=f"B-{number}", currency="EUR", timing="due", notice_days=3, set_by=tom.pk, set_at=now,
                started_at=now)
        for buyer, card, number in zip(buyers, cards, numbers, strict=True)
    ]  # fmt: skip
    Autopay.objects.bulk_create(rows)


def _bill(account: CustomerAccount, number: int) -> Any:
    today = date.today()  # noqa: DTZ011 - any day that is due
    gross = Money(23_800, "EUR")
    return replace(draft(account, number), payable=gross, prepaid=Money.zero("EUR"), issue_date=today, due_date=today)


if __name__ == "__main__":
    main()
