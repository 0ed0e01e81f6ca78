"""Credit notes: what suppliers gave back."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.invoice_arrival import Intake, Posted, PostQuery, take_json
from eipp.api.invoice_reading import DocumentBody, body_of
from eipp.api.invoice_writing import NewCreditNote
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.ledger.document import fold
from eipp.ledger.models import CreditNote


class CreditNoteItem(msgspec.Struct):
    """`open` is credit that is not used yet; `corrects` is the invoice it is for."""

    id: UUID
    number: str
    external_id: str
    account: shapes.AccountBrief
    currency: str
    issue_date: date
    payable: str
    open: str
    reason: str
    corrects: UUID | None
    dispute: UUID | None


class CreditNoteDetail(CreditNoteItem):
    document: DocumentBody


class CreditNoteQuery(Query):
    account: UUID | None = None
    invoice: Annotated[UUID | None, Meta(description="Only those that correct this invoice.")] = None
    number: Annotated[str, Meta(max_length=100)] = ""


class CreditNoteList(Resource):
    @operation("List credit notes", right="invoice.view", tag="credit notes", query=CreditNoteQuery,
               answers={200: Page[CreditNoteItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: CreditNoteQuery = self.query()
        wanted: dict[str, Any] = {"account": query.account, "corrects": query.invoice}
        wanted["number_folded"] = fold(query.number) or None
        rows = _rows(self.actor).filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, lambda row: CreditNoteItem(**_head(row)), order="-issue_date")

    @operation(
        "Post a credit note", right="credit.post", tag="credit notes", body=NewCreditNote, atomic=False,
        answers={200: Posted, 201: Posted, 202: Intake},
        example={
            "external_id": "ERP-2026-C-12", "number": "C-2026-0012", "account": "C-1001", "issue_date": "2026-03-09",
            "currency": "EUR", "invoice": "2026-0871", "reason": "Three bearings came back.",
            "lines": [{"number": "1", "name": "Ball bearing 6204", "quantity": "3", "unit_price": "12.50",
                       "tax_rate": "19"}],
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """It goes the way of every document: 201 when it is posted, 200 when it was before, 202 when it is held back,
        with every reason. One that answers a credit request closes it, and is refused where it does not fit it."""
        new: NewCreditNote = self.body()
        return take_json(self.actor, self.content(), new.as_document(), PostQuery(), credit_request=new.credit_request)


class CreditNoteOne(Resource):
    @operation("Read a credit note", right="invoice.view", tag="credit notes", answers={200: CreditNoteDetail})
    def get(self, request: Request, id: UUID) -> Response:
        note = self.find(_rows(self.actor), id)
        return Response(CreditNoteDetail(**_head(note), document=body_of(note)))


def _rows(actor: Any) -> QuerySet[CreditNote]:
    return CreditNote.objects.visible_to(actor).select_related("account")


def _head(note: CreditNote) -> dict[str, Any]:
    return {
        "id": note.pk, "number": note.number, "external_id": note.external_id,
        "account": shapes.account(note.account), "currency": note.currency, "issue_date": note.issue_date,
        "payable": note.payable.text, "open": note.open.text, "reason": note.reason, "corrects": note.corrects_id,
        "dispute": note.dispute_id,
    }  # fmt: skip
