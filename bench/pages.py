"""Do pages cost the same among 200,000 invoices as among 2,000? One buyer's pages, whole requests."""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import ready
from eipp.accounts.models import CustomerAccount
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.draft import InvoiceDraft, LineDraft, TaxDraft
from eipp.ledger.models import Invoice

FEW, MANY, ROUNDS, BATCH = 2_000, 200_000, 60, 2_000
GOAL, P95_GOAL_MS, MOST_QUERIES = 1.3, 150, 25


def main() -> None:
    """Two JSON objects a page: the median's ratio between many and few, and the 95th percentile among many."""
    with ready.database():
        measure()


def measure() -> None:
    world = build()
    client = Client()
    client.force_login(world.people["anna"])
    post(world, 0, FEW)
    few = {name: times(client, url) for name, url in pages(world)}
    post(world, FEW, MANY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    many = {name: times(client, url) for name, url in pages(world)}
    for name in few:
        ours, baseline = statistics.median(many[name]), statistics.median(few[name])
        report(f"{name}_at_{MANY}", ours, baseline, round(ours / baseline, 2), GOAL)
        report(f"{name}_p95", statistics.quantiles(many[name], n=20)[-1], P95_GOAL_MS, None, P95_GOAL_MS)
    for name, url in pages(world):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        line = {"name": f"{name}_queries", "ours": len(queries), "baseline": MOST_QUERIES, "unit": "queries"}
        print(json.dumps({**line, "ratio": round(len(queries) / MOST_QUERIES, 2), "goal": 1.0}), flush=True)


def report(name: str, ours: float, baseline: float, ratio: float | None, goal: float) -> None:
    line = {"name": name, "ours": round(ours, 1), "baseline": round(baseline, 1), "unit": "ms"}
    print(json.dumps({**line, "ratio": ratio or round(ours / baseline, 2), "goal": goal if ratio else 1.0}), flush=True)


def pages(world: World) -> Iterator[tuple[str, str]]:
    newest = Invoice.objects.filter(account=world.accounts["main"]).order_by("-issue_date", "-id").first()
    assert newest is not None
    yield "account_summary", reverse("portal:home")
    yield "invoice_list", reverse("portal:invoices")
    yield "invoice_list_past_due", reverse("portal:invoices") + "?status=past_due&sort=due_date"
    yield "invoice_page", reverse("portal:invoice", args=[newest.pk])


def times(client: Client, url: str) -> list[float]:
    """Milliseconds of whole requests through middleware, view and template."""
    for _ in range(5):
        client.get(url)
    measured = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        response = client.get(url)
        measured.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200, response.status_code
    return measured


def post(world: World, first: int, last: int) -> None:
    """Post invoices through the ledger's bulk door, over two years of issue dates; of nine in ten nothing is open."""
    erp = world.erp("nordwind")
    for begin in range(first, last, BATCH):
        with transaction.atomic():
            drafts = [draft(world.accounts["main"], number) for number in range(begin, begin + BATCH)]
            posting.post_invoices(erp, drafts, now=clock.now())


def draft(account: CustomerAccount, number: int) -> InvoiceDraft:

    issued = date.today() - timedelta(days=number % 700)  # noqa: DTZ011 - the day is only spread, not told
    net, tax = Money(20000, "EUR"), Money(3800, "EUR")
    payable = net + tax if number % 10 == 0 else Money.zero("EUR")
    line = LineDraft(
        line_number="1", item_name="Bolt M8", quantity=Decimal(20), unit_price=Decimal(10), unit="C62", net=net,
        tax_category="S", tax_rate=Decimal(19),
    )  # fmt: skip
    return InvoiceDraft(
        account=account, number=f"B-{number:06d}", external_id=f"b-{number}", issue_date=issued, currency="EUR",
        due_date=issued + timedelta(days=30), line_total=net, tax_exclusive=net, tax=tax, tax_inclusive=net + tax,
        payable=payable, prepaid=net + tax - payable, lines=[line],
        taxes=[TaxDraft(category="S", taxable=net, tax=tax, rate=Decimal(19))],
    )  # fmt: skip


if __name__ == "__main__":
    main()
