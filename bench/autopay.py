"""The morning of autopay over 100,000 standing orders (`ORDERS=` chooses): in sets, as dear for the last as for the
first, and killed in the middle it goes on where it stood: one payment for each order."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from bench import history, killed, ready
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

ORDERS, TEMPLATE = int(os.environ.get("ORDERS", "100000")), 1_000
PART, BATCH = ORDERS // 10, autopay_run.BATCH


def main() -> None:
    """JSON objects: what an order costs in the last tenth of the run against the first; statements of a batch; how
    many payments were planned before and after the kill."""
    with ready.database():
        orders(build(), ORDERS // TEMPLATE)
        morning()


def morning() -> None:
    run = batches()
    next(run)  # what is done for the first time is not measured
    with CaptureQueriesContext(connection) as early:
        next(run)
    first = taken(run, PART // BATCH)
    killed.killed(autopay_run.run, once=lambda: Payment.objects.count() > ORDERS // 2)
    before = Payment.objects.count()
    run = batches()
    for _ in islice(run, (ORDERS - before - PART) // BATCH - 1):
        pass
    with CaptureQueriesContext(connection) as late:
        next(run)
    last = taken(run, PART // BATCH)
    autopay_run.run()
    assert autopay_run.run() == 0
    planned = Payment.objects.aggregate(rows=Count("pk"), orders=Count("autopay", distinct=True))
    assert planned == {"rows": ORDERS, "orders": ORDERS}, planned
    killed.report(f"autopay_of_{ORDERS}_orders_last_tenth_against_first", first, last)
    told("autopay_statements_of_a_batch", len(late), len(early), 1.0)
    told("autopay_after_a_kill_in_the_middle", ORDERS - before, before, None)


def batches() -> Iterator[int]:
    """As `autopay_run.run` does it, pausing after each set."""
    moment = clock.now()
    for zone in Organisation.objects.filter(side="buyer").order_by().values_list("time_zone", flat=True).distinct():
        after: UUID | None = None
        while found := autopay_run.run_some(zone, clock.today(zone, at=moment), now=moment, after=after):
            after = max(found)
            if planned := sum(found.values()):
                yield planned


def taken(run: Iterator[int], count: int) -> killed.Cost:
    began = killed.now(0)
    made = sum(islice(run, count))
    return killed.now(made) - began


def told(name: str, ours: int, baseline: int, goal: float | None) -> None:
    ratio = round(ours / baseline, 2) if goal else None
    print(json.dumps({"name": name, "ours": ours, "baseline": baseline, "ratio": ratio, "goal": goal}), flush=True)


@transaction.atomic
def orders(world: World, times: int) -> None:
    """So many thousand customers, each with an invoice that is due and a standing order."""
    supplier, tom, now = world.companies["nordwind"], world.people["tom"], clock.now()
    payee = supplier.legal_entities.get(is_default=True)
    buyers = [Organisation(name=f"Buyer {number}", side="buyer", slug=f"b-{number}") for number in range(TEMPLATE)]
    Organisation.objects.bulk_create(buyers)
    members = Membership.objects.bulk_create(
        [Membership(person=tom, organisation=buyer, roles=["payer"], started_at=now) for buyer in buyers]
    )
    accounts = CustomerAccount.objects.bulk_create(
        [CustomerAccount(supplier=supplier, buyer=buyer, legal_entity=payee, number=buyer.slug, name=buyer.name,
                         currency="EUR") for buyer in buyers]
    )  # fmt: skip
    posting.post_invoices(world.erp("nordwind"), [bill(*each) for each in enumerate(accounts)], now=now)
    cards = SavedMethod.objects.bulk_create(
        [SavedMethod(buyer=buyer, legal_entity=payee, gateway="sandbox", kind="card", locked_token=lock_token("card"),
                     attempt=uuid4(), requested_at=now, saved_at=now) for buyer in buyers]
    )  # fmt: skip
    standing: list[Any] = [
        Autopay(state="active", state_since=now, supplier=supplier, buyer=buyer, legal_entity=payee, saved_method=card,
                number=f"B-{number}", currency="EUR", timing="due", notice_days=3, set_by=tom.pk, set_at=now,
                started_at=now)
        for number, (buyer, card) in enumerate(zip(buyers, cards, strict=True))
    ]  # fmt: skip
    Autopay.objects.bulk_create(standing)
    history.repeat_accounts(accounts, times, before=[buyers, members], after=[cards, standing])


def bill(number: int, account: CustomerAccount) -> Any:
    today = date.today()  # noqa: DTZ011 - any day that is due
    gross = Money(23_800, "EUR")
    return replace(draft(account, number), payable=gross, prepaid=Money.zero("EUR"), issue_date=today, due_date=today)


if __name__ == "__main__":
    main()
