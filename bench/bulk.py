"""Ten thousand invoices in one call, against bare COPY of the very rows that the call left, into the same tables.

Ours is the whole call over HTTP: read, checked, matched, posted, presented, recorded, answered. The baseline writes the
finished rows, table by table in one transaction, with every index, constraint and trigger in place.
"""

import http.client
import json
import statistics
import time
from typing import Any

from django.db import connection, transaction

from bench import ready
from bench.posting import on_this_database, open_accounts, written
from documents.models import FileLink, StoredFile
from eipp.demo.world import build
from eipp.kernel.append_only import lifted
from eipp.kernel.events import Event, EventSubject
from eipp.ledger.models import AccountBalance, DueBalance, Invoice, InvoiceLine, InvoiceTax, Posting
from tests.servers.web import served
from workflows.presentment import Presentment

INVOICES, ROUNDS, GOAL = 10_000, 3, 0.12
TABLES: tuple[type[Any], ...] = (
    StoredFile, Invoice, InvoiceLine, InvoiceTax, Posting, AccountBalance, DueBalance, Presentment, FileLink, Event,
    EventSubject,
)  # fmt: skip


def main() -> None:
    """One JSON object; the rates are medians of rounds that alternate, each on emptied tables."""
    rates: dict[str, list[float]] = {"ours": [], "baseline": []}
    with ready.database():
        world = build()
        accounts, key = open_accounts(world), world.key("nordwind")
        body = b"\n".join(json.dumps(written(accounts, number)).encode() for number in range(INVOICES))
        known = {table: _ids(table) for table in TABLES}
        with on_this_database(), served("eipp.asgi:application") as port:
            for _ in range(ROUNDS):
                rates["ours"].append(INVOICES / _call(port, key, body))
                rows = _taken_away(known)
                rates["baseline"].append(INVOICES / _copied_back(rows))
                _taken_away(known)
    ours, baseline = (statistics.median(rates[name]) for name in ("ours", "baseline"))
    line = {"name": f"bulk_{INVOICES}", "ours": round(ours, 1), "baseline": round(baseline, 1), "unit": "invoices/s"}
    print(json.dumps({**line, "ratio": round(ours / baseline, 3), "goal": GOAL}))


def _call(port: int, key: str, body: bytes) -> float:
    """Seconds until the whole answer is there. Raises when a line of it is not `created`."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {key}"}
    began = time.perf_counter()
    wire.request("POST", "/api/v1/invoices/bulk", body, headers)
    answer = wire.getresponse()
    content = answer.read()
    seconds = time.perf_counter() - began
    if answer.status != 200 or content.count(b'"outcome":"created"') != INVOICES:
        raise RuntimeError(f"{answer.status}: {content[:500]!r}")
    return seconds


def _taken_away(known: dict[type[Any], set[Any]]) -> dict[type[Any], bytes]:
    """The new rows of each table as COPY writes them; afterwards they are gone."""
    rows = {}
    with lifted(connection), connection.cursor() as cursor:
        for table in TABLES:
            where = f'"{table._meta.db_table}" WHERE NOT "{table._meta.pk.column}" = ANY(%s)'
            with cursor.copy(f"COPY (SELECT * FROM {where}) TO STDOUT", [list(known[table])]) as source:
                rows[table] = b"".join(bytes(part) for part in source)
        for table in reversed(TABLES):
            where = f'"{table._meta.db_table}" WHERE NOT "{table._meta.pk.column}" = ANY(%s)'
            cursor.execute(f"DELETE FROM {where}", [list(known[table])])
        cursor.execute("VACUUM ANALYZE")
    return rows


def _copied_back(rows: dict[type[Any], bytes]) -> float:
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, text in rows.items():
            with cursor.copy(f'COPY "{table._meta.db_table}" FROM STDIN') as target:
                target.write(text)
    return time.perf_counter() - began


def _ids(table: type[Any]) -> set[Any]:
    return set(table._base_manager.values_list("pk", flat=True))


if __name__ == "__main__":
    main()
