"""Bulk: a result for each line in its order, a wrong line spoils no other, and both ways in agree row for row."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from documents.models import StoredFile
from eipp.kernel.events import Event, EventSubject
from eipp.ledger.models import Invoice
from eipp.ledger.verify import differences
from tests.api.cast import Cast, invoice
from workflows import receiving
from workflows.approval import ApprovalRule
from workflows.presentment import Presentment

NDJSON = "application/x-ndjson"


def written(*lines: Any) -> bytes:
    return b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)


def bulk(cast: Cast, *lines: Any, **headers: str) -> list[dict[str, Any]]:
    response = cast.erp.post("invoices/bulk", written(*lines), kind=NDJSON, **headers)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == NDJSON
    return [json.loads(line) for line in response.content.splitlines()]


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [result["outcome"] for result in results]


def mixed() -> list[Any]:
    """Right, wrong and in between, some of which depend on others."""
    first, second, third = invoice(), invoice(), invoice()
    return [
        first, second,
        {**first, "order_reference": "PO-4711"},  # the next version of the first
        {**second},  # the same again
        {**invoice(), "number": second["number"]},  # a number that is taken by then
        invoice(account="nobody"),
        {**invoice(), "lines": [{"number": "1", "name": "A", "quantity": "1", "unit_price": "1,5"}]},
        b"no json",
        {**invoice(), "colour": "red"},
        invoice(type_code="381", due_date=None, preceding_invoice=third["number"]),  # before its invoice
        third,
        invoice(type_code="381", due_date=None, preceding_invoice=third["number"]),
        invoice(totals=None, lines=[{"number": "1", "name": "Free", "quantity": "1", "unit_price": "0"}]),
        {**third, "issue_date": "2026-03-03"},  # of what is credited by now, so its words alone are taken
        invoice(buyer={"vat_id": "GB123456789"}, account=""),
    ]  # fmt: skip


def test_each_line_has_its_result_in_order_and_a_wrong_one_spoils_no_other(cast: Cast) -> None:
    results = bulk(cast, *mixed())
    assert outcomes(results) == [
        "created", "created", "revised", "repeated", "error", "quarantined", "error", "error", "error", "created",
        "created", "created", "created", "revised", "created",
    ]  # fmt: skip
    assert [result["line"] for result in results] == list(range(1, 16))
    taken, price, broken, unknown = (results[n] for n in (4, 6, 7, 8))
    assert (taken["code"], price["errors"][0]["pointer"]) == ("number_taken", "/lines/0/unit_price")
    assert (broken["code"], unknown["code"], unknown["errors"][0]["pointer"]) == (
        "malformed_json", "unknown_field", "/colour",
    )  # fmt: skip
    assert [reason["code"] for reason in results[5]["reasons"]] == ["EIPP-BUYER-UNKNOWN"]
    assert results[2]["id"] == results[0]["id"]
    assert cast.payer.get(f"invoices/{results[0]['id']}").json()["version"] == 2
    assert list(differences()) == []


@pytest.mark.long
@pytest.mark.parametrize("size", [1, 2, 500])
def test_both_ways_in_leave_the_same_rows_events_and_balances(
    size: int, cast: Cast, monkeypatch: pytest.MonkeyPatch, settle: Callable[[], None]
) -> None:
    """Line by line through `POST invoices`, and all of them in sets: the same tables but for ids, times and hashes."""
    ApprovalRule.objects.create(buyer=cast.buyer, currency="EUR", from_minor=100_00)
    lines = [*mixed(), *(invoice() for _ in range(30))]
    monkeypatch.setattr(receiving, "SET", size)
    by_set = _left_behind(lambda: bulk(cast, *lines), settle)
    one_by_one = _left_behind(
        lambda: [cast.erp.post("invoices", line if isinstance(line, bytes) else json.dumps(line).encode())
                 for line in lines], settle,
    )  # fmt: skip
    for name, rows in one_by_one.items():
        assert by_set[name] == rows, name
    assert len(one_by_one["Invoice"]) == 35
    assert len(one_by_one["ApprovalRun"]) == 35  # none for what asks for nothing, two for what was corrected


def _left_behind(act: Callable[[], Any], settle: Callable[[], None]) -> dict[str, list[Any]]:
    """What an action adds to each table, its ids told by the order in which they come; then all of it is undone."""
    tables = [model for model in apps.get_models() if model._meta.app_label in ("ledger", "workflows", "kernel")]
    tables += [model for model in apps.get_models() if model._meta.app_label in ("documents", "messaging")]
    unlike = {"Seal", "Lease", "Bookmark"}
    with transaction.atomic():
        known = {model: set(model._base_manager.values_list("pk", flat=True)) for model in tables}
        act()
        settle()
        found = {
            model.__name__: [row for row in model._base_manager.order_by("pk").values()
                             if row[_key(model)] not in known[model]]
            for model in tables if model.__name__ not in unlike
        }  # fmt: skip
        names = _names_of_rows(found)
        told = {name: sorted(repr(_plain(row, names)) for row in rows) for name, rows in found.items()}
        transaction.set_rollback(True)
    return told


def _key(model: Any) -> str:
    return str(model._meta.pk.attname)


def _names_of_rows(found: dict[str, list[Any]]) -> dict[Any, str]:
    """What the rows are called outside: by number, external id and version, or by what they belong to."""
    names: dict[Any, str] = {}
    for kind in ("Invoice", "CreditNote", "Presentment"):
        for row in found[kind]:
            names[row["id"]] = f"{kind} {row['number']} {row['external_id']} {row['version']}"
    for row in found["StoredFile"]:
        names[row["id"]] = f"file {row['sha256']}"
    for row in found["Event"]:
        names[("event", row["id"])] = f"{row['name']} {names.get(row['subject_id'], '')}"
    return names


def _plain(row: dict[str, Any], names: dict[Any, str]) -> dict[str, Any]:
    plain = {}
    for column, value in row.items():
        if column in ("id", "key", "request_id", "next_sequence", "sequence") or column.endswith(
            ("_at", "_since", "_hash")
        ):
            continue
        if column == "event_id":
            value = names.get(("event", value))
        if isinstance(value, UUID):
            value = names.get(value, "another")
        plain[column] = bytes(value) if isinstance(value, memoryview) else value
    return plain


def test_the_comparison_sees_a_difference(cast: Cast, settle: Callable[[], None]) -> None:
    one, other = invoice(), invoice()
    first = _left_behind(lambda: bulk(cast, one, other), settle)
    second = _left_behind(lambda: bulk(cast, one, {**other, "order_reference": "PO-1"}), settle)
    third = _left_behind(lambda: bulk(cast, one), settle)
    assert first["Invoice"] != second["Invoice"]
    assert first["Event"] == second["Event"] != third["Event"]


def test_what_broke_off_is_completed_by_the_same_call_and_nothing_is_doubled(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks in the third set: two whole sets stand; the second call repeats them and does the rest."""
    lines = [invoice() for _ in range(10)]
    monkeypatch.setattr(receiving, "SET", 3)
    turns, insert = count(1), receiving.attach_each

    def breaks(*args: Any, **facts: Any) -> None:
        if next(turns) == 3:
            raise ConnectionResetError
        insert(*args, **facts)

    monkeypatch.setattr(receiving, "attach_each", breaks)
    cast.erp.client.raise_request_exception = False
    broken = cast.erp.post("invoices/bulk", written(*lines), kind=NDJSON, Idempotency_Key="day-1")
    assert (broken.status_code, Invoice.objects.count(), StoredFile.objects.count()) == (500, 6, 6)
    assert outcomes(bulk(cast, *lines, Idempotency_Key="day-1")) == ["repeated"] * 6 + ["created"] * 4
    again = cast.erp.post("invoices/bulk", written(*lines), kind=NDJSON, Idempotency_Key="day-1")
    assert again["Idempotency-Replayed"] == "true"
    assert (Invoice.objects.count(), Presentment.objects.count(), StoredFile.objects.count()) == (10, 10, 10)
    assert list(differences()) == []


def test_sixty_lines_take_the_statements_of_three(cast: Cast) -> None:
    def statements(number: int) -> int:
        lines = written(*(invoice() for _ in range(number)))
        with CaptureQueriesContext(connection) as queries:
            assert cast.erp.post("invoices/bulk", lines, kind=NDJSON).status_code == 200
        return len(queries)

    statements(1)
    few, many = statements(3), statements(60)
    # PostgreSQL reserves ids for what it takes by COPY; SQLite takes 999 values in a statement.
    assert many <= few + (2 if connection.vendor == "postgresql" else 10)
    assert many <= 30


def test_one_invoice_takes_few_statements(cast: Cast) -> None:
    cast.invoice()
    with CaptureQueriesContext(connection) as queries:
        cast.invoice()
    assert len(queries) <= 26


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", NDJSON, 422), (b"\n\n", NDJSON, 422), (b"{}", "application/json", 415),
        (b"{}\n" * 10_001, NDJSON, 413), (b" " * (20 * 1024 * 1024 + 1), NDJSON, 413),
    ],
)  # fmt: skip
def test_what_is_no_such_call_is_refused_as_a_whole(cast: Cast, content: bytes, kind: str, status: int) -> None:
    response = cast.erp.post("invoices/bulk", content, kind=kind)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert not Presentment.objects.exists()


def test_a_buyer_posts_no_invoices(cast: Cast) -> None:
    assert cast.payer.post("invoices/bulk", written(invoice()), kind=NDJSON).status_code == 403


def test_the_bytes_of_each_line_are_its_original_and_nobody_elses(cast: Cast) -> None:
    mine, theirs = json.dumps(invoice()).encode() + b" ", invoice(account="C-2001")
    results = bulk(cast, mine, theirs)
    assert b"".join(cast.payer.get(f"invoices/{results[0]['id']}/original").streaming_content) == mine
    assert cast.payer.get(f"invoices/{results[1]['id']}/original").status_code == 404
    assert cast.stranger.get(f"invoices/{results[1]['id']}/original").status_code == 200


@pytest.mark.long
def test_five_thousand_lines_in_one_invoice_work(cast: Cast) -> None:
    line = {"name": "Ball bearing 6204", "quantity": "3", "unit_price": "0.35", "tax_rate": "19"}
    lines = [{**line, "number": str(number)} for number in range(5000)]
    (result,) = bulk(cast, invoice(lines=lines, totals=None))
    seen = cast.payer.get(f"invoices/{result['id']}").json()
    assert (len(seen["document"]["lines"]), seen["payable"]) == (5000, "6247.50")
    (refused,) = bulk(cast, invoice(lines=[*lines, {**line, "number": "5000"}], totals=None))
    assert (refused["outcome"], refused["errors"][0]["pointer"]) == ("error", "/lines")


def test_every_event_names_its_subjects(cast: Cast) -> None:
    bulk(cast, *(invoice() for _ in range(40)))
    for event in Event.objects.filter(name="invoice.presented"):
        kinds = set(EventSubject.objects.filter(event_id=event.pk).values_list("kind", flat=True))
        assert kinds == {"presentment", "invoice"}
