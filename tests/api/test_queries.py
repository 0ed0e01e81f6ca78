"""The number of queries does not grow with the number of rows."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from eipp.kernel import relays
from eipp.kernel.record import uuid7
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from messaging.models import Thread
from tests.api.cast import Cast
from tests.api.test_walls import Scene
from workflows.approval import ApprovalRun
from workflows.dispute import Dispute
from workflows.payment import Payment
from workflows.presentment import Presentment

LISTS = ["invoices", "credit-notes", "cash-receipts", "disputes", "approvals", "payments", "threads", "events",
         "intakes", "accounts", "summary"]  # fmt: skip


def multiply(model: Any, count: int, **unique: Any) -> None:
    """Copies of a row, since only their number matters here; `unique` makes the columns that must differ."""
    row = model.objects.first()
    facts = {
        field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if not field.primary_key
    }
    model.objects.bulk_create(
        [model(pk=uuid7(), **{**facts, **{name: make(n) for name, make in unique.items()}}) for n in range(count)]
    )


def fill(count: int) -> None:
    def text(n: int) -> str:
        return f"N{n}"

    for document in (Invoice, CreditNote):
        multiply(document, count, number=text, external_id=text)
    ids = list(Invoice.objects.filter(approval_runs=None).values_list("pk", flat=True))
    multiply(Dispute, count, number=text)
    multiply(Payment, count, number=text, reference=text, attempt=lambda _: uuid4())
    multiply(Presentment, count, external_id=text)
    multiply(ApprovalRun, count, invoice_id=ids.__getitem__)
    multiply(CashReceipt, count, external_id=text)
    multiply(Thread, count, object_id=ids.__getitem__)


def counted(cast: Cast, path: str) -> tuple[int, int]:
    """How many queries, how many rows; the use of a key is noted once a minute, so it is used before."""
    whose = cast.erp if path.startswith("intakes") else cast.payer
    whose.get("summary")
    with CaptureQueriesContext(connection) as queries:
        answer: Any = whose.get(path).json()
    return len(queries), len(answer.get("items", answer.get("currencies")))


def test_a_list_of_sixty_rows_takes_the_queries_of_a_short_one(cast: Cast) -> None:
    Scene.make(cast)
    for _ in range(2):
        cast.invoice()
    while relays.run_once():
        pass
    few = {path: counted(cast, path) for path in LISTS}
    fill(60)
    many = {path: counted(cast, f"{path}?limit=60" if path != "summary" else path) for path in LISTS}
    assert {path: found[0] for path, found in many.items()} == {path: found[0] for path, found in few.items()}
    assert {many[path][1] for path in LISTS if path not in ("events", "accounts", "summary")} == {60}
    assert max(queries for queries, _ in many.values()) <= 12


def test_an_invoice_takes_the_same_queries_whatever_its_number_of_lines(cast: Cast) -> None:
    line = {"name": "A", "quantity": "1", "unit_price": "1"}
    ids = [cast.invoice(lines=[{**line, "number": str(n)} for n in range(count)], totals=None) for count in (3, 60)]
    few, many = (_queries(cast, f"invoices/{id}") for id in ids)
    assert few == many <= 25


def _queries(cast: Cast, path: str) -> int:
    cast.payer.get(path)
    with CaptureQueriesContext(connection) as queries:
        cast.payer.get(path)
    return len(queries)
