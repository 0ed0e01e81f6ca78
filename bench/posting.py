"""One invoice with five lines over HTTP, everything included, against a naive nested create of the same rows.

Ours asks for a key, checks the sums, finds the account, posts, presents, keeps the original and records the events; the
baseline gets all of those rows ready-made and only writes them. Both behind the same server, on the same database.
"""

import json
import os
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db import connection
from django.test import Client
from rest_framework.utils.encoders import JSONEncoder

from bench import ready
from bench.posting_rows import InvoiceRows
from eipp.accounts.customer_account import create_account
from eipp.demo.world import World, build
from eipp.kernel.events import Event
from eipp.ledger.models import Invoice
from tests.servers.web import served
from workflows.presentment import Presentment

CLIENTS, ROUNDS, SECONDS, ACCOUNTS, GOAL = (1, 4, 8), 5, 2.0, 50, 2.0
_numbers = count(1)

type_of_request = Callable[[int], bytes]


def main() -> None:
    """One JSON object for each number of clients; the rates are medians of rounds that alternate."""
    with ready.database():
        world = build()
        accounts, key = open_accounts(world), world.key("nordwind")
        ours, baseline = served("eipp.asgi:application"), served("bench.posting_site:application")
        with on_this_database(), ours as port, baseline as other:
            ways: dict[str, tuple[int, str, type_of_request]] = {
                "ours": (port, "/api/v1/invoices", lambda n: json.dumps(written(accounts, n)).encode()),
                "baseline": (other, "/invoices", ready_made(key, accounts)),
            }
            for clients in CLIENTS:
                measure(clients, ways, key)


def measure(clients: int, ways: dict[str, tuple[int, str, type_of_request]], key: str) -> None:
    rates: dict[str, list[float]] = {name: [] for name in ways}
    failed = dict.fromkeys(ways, 0)
    for _ in range(ROUNDS):
        for name, (port, path, request) in ways.items():
            rate, wrong = load(port, path, key, request, clients)
            rates[name].append(rate)
            failed[name] += wrong
    ours, baseline = (statistics.median(rates[name]) for name in ("ours", "baseline"))
    line = {"name": f"posting_{clients}_clients", "ours": round(ours, 1), "baseline": round(baseline, 1)}
    line |= {"unit": "invoices/s", "failed": failed["ours"], "baseline_failed": failed["baseline"]}
    print(json.dumps({**line, "ratio": round(ours / baseline, 2), "goal": GOAL}), flush=True)


def load(port: int, path: str, key: str, request: type_of_request, clients: int) -> tuple[float, int]:
    """Invoices a second by so many clients, each on a connection of its own, and how many were not taken."""
    bodies = [[request(next(_numbers)) for _ in range(int(SECONDS * 400))] for _ in range(clients)]
    taken, wrong = [0] * clients, [0] * clients
    begun, over = threading.Event(), threading.Event()

    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    )
    bodies = [[f"{head}Content-Length: {len(each)}\r\n\r\n".encode() + each for each in mine] for mine in bodies]

    def post(mine: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
            for request in bodies[mine]:
                wrong[mine] += status_of(wire, request) != 201
                taken[mine] += begun.is_set()
                if over.is_set():
                    break

    threads = [threading.Thread(target=post, args=(mine,)) for mine in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(1.0)  # connections and plans are made
    begun.set()
    began = time.perf_counter()
    time.sleep(SECONDS)
    rate = sum(taken) / (time.perf_counter() - began)
    over.set()
    for thread in threads:
        thread.join()
    return rate, sum(wrong)


def status_of(wire: socket.socket, request: bytes) -> int:
    """Send one request and take the whole answer; a client that costs little, since it runs beside what it measures."""
    wire.sendall(request)
    held = b""
    while b"\r\n\r\n" not in held:
        held += wire.recv(65536)
    head, _, rest = held.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
    while len(rest) < length:
        rest += wire.recv(65536)
    return int(head[9:12])


def open_accounts(world: World) -> list[str]:
    """The numbers of accounts among which invoices are spread, as an ERP's are; their buyer has no approval rules."""
    facts: dict[str, Any] = {"supplier": world.nordwind, "currency": "EUR", "buyer": world.elsewhere}
    return [create_account(number=f"B-{n}", name=f"Branch {n}", **facts).number for n in range(ACCOUNTS)]


def written(accounts: list[str], number: int) -> dict[str, Any]:
    """An invoice with five lines as an ERP writes it."""
    lines = [
        {"number": str(n), "name": f"Ball bearing 620{n}", "quantity": "10", "unit": "C62", "unit_price": "12.50",
         "net_amount": "125.00", "tax_category": "S", "tax_rate": "19"}
        for n in range(1, 6)
    ]  # fmt: skip
    return {
        "external_id": f"ERP-{number:07d}", "number": f"P-{number:07d}", "account": accounts[number % len(accounts)],
        "issue_date": "2026-03-02", "due_date": "2026-04-01", "currency": "EUR", "order_reference": "PO-4711",
        "lines": lines,
        "totals": {"total_without_tax": "625.00", "tax": "118.75", "total_with_tax": "743.75", "payable": "743.75"},
    }  # fmt: skip


def ready_made(key: str, accounts: list[str]) -> type_of_request:
    """The rows that ours made of an invoice, to be written again under other numbers; one invoice for each account."""
    program = Client(headers={"Authorization": f"Bearer {key}"})
    made = []
    for _ in accounts:
        told = program.post("/api/v1/invoices", written(accounts, next(_numbers)), content_type="application/json")
        assert told.status_code == 201, told.content
        made.append(as_rows(Invoice.objects.get(pk=told.json()["id"])))

    def request(number: int) -> bytes:
        rows = dict(made[number % len(made)], number=f"P-{number:07d}", external_id=f"ERP-{number:07d}")
        rows["presentments"] = [{**rows["presentments"][0], "external_id": f"ERP-{number:07d}"}]
        return json.dumps(rows, cls=JSONEncoder).encode()

    return request


def as_rows(invoice: Invoice) -> dict[str, Any]:
    (presentment,) = Presentment.objects.filter(invoice=invoice)
    rows = InvoiceRows(invoice).data
    event_rows: Any = InvoiceRows().fields["events"]
    told = Event.objects.filter(subject_id=presentment.pk).order_by("pk")
    rows["events"] = [event_rows.child.to_representation(event) for event in told]
    file = {"owner_id": str(invoice.supplier_id), "uploader_kind": "key", "name": "x.json", "size": 900}
    times = dict.fromkeys(("begun_at", "uploaded_at", "checked_at"), invoice.posted_at)
    rows["file"] = {**file, **times, "content_type": "application/json", "purpose": "original", "verdict": "clean",
                    "sha256": uuid4().hex * 2, "uploader_id": str(uuid4())}  # fmt: skip
    return dict(rows)


@contextmanager
def on_this_database() -> Iterator[None]:
    """What is served meanwhile works on the database of this measurement."""
    before = os.environ["EIPP_DATABASE_URL"]
    parts = urlsplit(before)
    os.environ["EIPP_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    try:
        yield
    finally:
        os.environ["EIPP_DATABASE_URL"] = before


if __name__ == "__main__":
    main()
