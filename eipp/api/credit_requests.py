"""Credit requests: credit that was agreed here and that the supplier's ERP is to issue, under the request's id."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from workflows.credit_request import CreditRequest


class CreditRequestItem(msgspec.Struct):
    """`amount` is what the credit note has to be over, tax included; `origin` is `dispute`, `credit` (the supplier's
    own decision) or `withdrawal` of the whole invoice."""

    id: UUID
    number: str
    state: str
    origin: str
    account: shapes.AccountBrief
    legal_entity: str
    invoice: UUID | None
    invoice_number: str
    dispute: UUID | None
    currency: str
    amount: str
    reason: str
    requested_at: datetime
    closed_at: datetime | None
    credit_note: UUID | None


class RequestedLine(msgspec.Struct):
    """A line as this platform would credit it; the ERP may write its note otherwise, over the same amount."""

    invoice_line: UUID | None
    line_number: str
    name: str
    quantity: str
    unit_price: str
    net: str
    tax_category: str
    tax_rate: str | None


class CreditRequestDetail(CreditRequestItem):
    """`answer` says why it was cancelled; `actions` are what you can do, by POST to `credit-requests/{id}/<name>`."""

    lines: list[RequestedLine]
    answer: str
    actions: list[shapes.Action]


class CreditRequestQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(CreditRequest)]})] = ""
    account: UUID | None = None
    invoice: UUID | None = None
    dispute: UUID | None = None


class Cancelled(shapes.Written):
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


class CreditRequestList(Resource):
    @operation("List credit requests", right="invoice.view", tag="credit notes", query=CreditRequestQuery,
               answers={200: Page[CreditRequestItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        """What waits for the ERP's credit notes is `state=open`."""
        query: CreditRequestQuery = self.query()
        if query.state:
            shapes.one_of(query.state, shapes.states(CreditRequest), "?state")
        wanted: dict[str, Any] = {name: getattr(query, name) for name in ("state", "account", "invoice", "dispute")}
        rows = _rows(self.actor).filter(**{name: value for name, value in wanted.items() if value})
        return self.page(rows, query, lambda row: CreditRequestItem(**_head(row)))


class CreditRequestOne(Resource):
    @operation("Read a credit request", right="invoice.view", tag="credit notes", answers={200: CreditRequestDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class CreditRequestCancel(Resource):
    @operation("Cancel a credit request", right="credit.give", tag="credit notes", body=Cancelled,
               answers={200: CreditRequestDetail}, example={"reason": "Credited by C-2026-0007 already."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The credit does not come: what was held is to be paid, and its dispute waits for an answer again."""
        cancelled: Cancelled = self.body()
        row = self.find(_rows(self.actor), id)
        row.cancel(self.actor, now=clock.now(), reason=cancelled.reason)
        return Response(_detail(row, self.actor))


def _rows(actor: Any) -> QuerySet[CreditRequest]:
    rows: QuerySet[CreditRequest] = CreditRequest.objects.visible_to(actor)
    return rows.select_related("account", "legal_entity", "invoice")


def _detail(row: CreditRequest, actor: Any) -> CreditRequestDetail:
    lines = [RequestedLine(**{**line, "invoice_line": line["invoice_line"] and UUID(line["invoice_line"])})
             for line in row.lines]  # fmt: skip
    return CreditRequestDetail(**_head(row), lines=lines, answer=row.answer, actions=shapes.actions(row, actor))


def _head(row: CreditRequest) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "state": row.state, "origin": row.origin,
        "account": shapes.account(row.account), "legal_entity": row.legal_entity.code, "invoice": row.invoice_id,
        "invoice_number": row.invoice.number if row.invoice else "", "dispute": row.dispute_id,
        "currency": row.currency, "amount": row.amount.text, "reason": row.reason, "requested_at": row.requested_at,
        "closed_at": row.closed_at, "credit_note": row.credit_note_id,
    }  # fmt: skip
