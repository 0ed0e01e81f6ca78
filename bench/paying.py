"""A payment over 50 invoices against one over 5 and one over 25: entered and settled in a constant number of queries.

From `rows.MANY` rows on a COPY pays, and the ids of two sets of events are taken before it: two queries more, once.
"""

import json
import statistics
import time
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from bench import ready
from eipp.demo.world import World, build
from eipp.gateways import sandbox
from eipp.gateways.models import SandboxCharge
from workflows import gateway_talk, intent
from workflows.payment import Payment

FEW, SOME, MANY, ROUNDS = 5, 25, 50, 6


def main() -> None:
    """JSON objects: queries of each step, and medians in milliseconds."""
    with ready.database(), override_settings(GATEWAYS={"sandbox": "eipp.gateways.sandbox.Sandbox"}):
        world = build()
        measured = {count: [pay(world, count) for _ in range(ROUNDS)] for count in (FEW, SOME, MANY)}
    for place, step in enumerate(("enter", "settle")):
        for less in (FEW, SOME):
            queries = [measured[count][-1][place][0] for count in (MANY, less)]
            report(f"{step}_a_payment_of_{MANY}_against_{less}_queries", *queries, unit="queries", goal=1.0)
        spent = [statistics.median(one[place][1] for one in measured[count]) for count in (MANY, FEW)]
        report(f"{step}_a_payment_of_{MANY}_against_{FEW}", *spent, unit="ms", goal=MANY / FEW)


def pay(world: World, count: int) -> tuple[tuple[int, float], tuple[int, float]]:
    invoices = [world.invoice("100.00", account="tiny_account") for _ in range(count)]
    tom, shares = world.actor("tom"), [(invoice, invoice.payable) for invoice in invoices]
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as entering:
        payment = intent.enter(tom, shares, gateway="sandbox", attempt=uuid4())
    entered = time.perf_counter() - began
    gateway_talk.open_checkout(payment)
    sandbox.pay(SandboxCharge.objects.get(reference=payment.pk).pk, card="4242 4242 4242 4242")
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as settling:
        gateway_talk.ask(payment.pk)
    settled = time.perf_counter() - began
    assert Payment.objects.get(pk=payment.pk).state == "settled"
    return (len(entering), entered * 1000), (len(settling), settled * 1000)


def report(name: str, ours: float, baseline: float, *, unit: str, goal: float) -> None:
    line = {"name": name, "ours": round(ours, 1), "baseline": round(baseline, 1), "unit": unit}
    print(json.dumps({**line, "ratio": round(ours / baseline, 2), "goal": goal}), flush=True)


if __name__ == "__main__":
    main()
