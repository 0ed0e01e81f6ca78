"""Invoices: what buyers owe, read by both sides and posted by the supplier's ERP."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents.delivery import deliver
from documents.file import StoredFile
from eipp.api import invoice_arrival, shapes
from eipp.api.history import HistoryItem, HistoryQuery, history_item
from eipp.api.invoice_arrival import Intake, Posted
from eipp.api.invoice_reading import InvoiceDetail, InvoiceItem, detail_of, item_of
from eipp.api.invoice_writing import EXAMPLE, NewInvoice
from eipp.api.operation import operation
from eipp.api.resource import AnyForm, JsonParser, Page, Query, Resource
from eipp.api.today import today
from eipp.kernel import clock, events, feed
from eipp.kernel.events import Event
from eipp.kernel.refusal import Refusal
from eipp.ledger.document import fold
from eipp.ledger.invoice_list import SORTS, STATUSES
from eipp.ledger.models import Invoice
from workflows.presentment import Presentment
from workflows.withdrawal import withdraw

Raw = {"type": "string", "format": "binary"}


class XmlParser(JsonParser):
    media_type = "application/xml"


class TextXmlParser(JsonParser):
    media_type = "text/xml"


class PdfParser(JsonParser):
    media_type = "application/pdf"


class InvoiceQuery(Query):
    """`account` is an id, or the ERP's number; `updated_after` finds what anything has happened to since."""

    status: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": list(STATUSES)})] = "all"
    sort: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": list(SORTS)})] = "-issue_date"
    account: Annotated[str, Meta(max_length=60)] = ""
    number: Annotated[str, Meta(max_length=100)] = ""
    external_id: Annotated[str, Meta(max_length=200)] = ""
    text: Annotated[str, Meta(max_length=200, description="Found in numbers, references and the account.")] = ""
    currency: Annotated[str, Meta(max_length=3)] = ""
    due_from: date | None = None
    due_to: date | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    updated_after: Annotated[datetime, Meta(tz=True)] | None = None


class Withdrawal(shapes.Written):
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


class InvoiceList(Resource):
    parser_classes = (JsonParser, XmlParser, TextXmlParser, PdfParser)

    @operation("List invoices", right="invoice.view", tag="invoices", query=InvoiceQuery,
               answers={200: Page[InvoiceItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: InvoiceQuery = self.query()
        on = today(self.actor)
        rows = _rows(self.actor, query, on)
        order = SORTS[query.sort][0]
        return self.page(rows, query, partial(item_of, on=on), order=order)

    @operation(
        "Post an invoice", right="invoice.post", tag="invoices", body=NewInvoice, example=EXAMPLE, atomic=False,
        query=invoice_arrival.PostQuery, media={"application/xml": Raw, "application/pdf": Raw},
        answers={200: Posted, 201: Posted, 202: Intake},
        headers={
            "External-Id": "For XML and PDF: your own id of the document; its number when absent.",
            "Prefer": "`wait=10` waits so many seconds for the verdict on XML and PDF.",
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """JSON (your own invoice), XML (UBL, CII) or PDF (Factur-X, ZUGFeRD). JSON is checked and presented at once:
        201. XML and PDF are judged within seconds: 202 with the intake's address. What is an invoice but has a fault
        is kept: 202 with every reason. The same content again: 200; other content: the next version."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        query = self.query()
        content = self.content()
        if kind == "application/json" or not content:
            return invoice_arrival.take_json(self.actor, content, self.body(), query)
        return invoice_arrival.take_file(self.actor, content, query, request.headers)


class InvoiceOne(Resource):
    @operation("Read an invoice", right="invoice.view", tag="invoices", answers={200: InvoiceDetail})
    def get(self, request: Request, id: UUID) -> Response:
        invoice = self.find(_visible(self.actor), id)
        return Response(detail_of(invoice, self.actor, on=today(self.actor)))


class InvoiceOriginal(Resource):
    content_negotiation_class = AnyForm

    @operation("Download the original", right="invoice.view", tag="invoices", answers={200: bytes},
               produces="application/octet-stream")  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """The bytes as they came: JSON, XML or PDF."""
        invoice = self.find(_visible(self.actor), id)
        file = StoredFile.objects.visible_to(self.actor).filter(pk=invoice.original_id).first()
        if file is None:
            raise Refusal("no_original", "This invoice came without a file.", status=404)
        return deliver(self.actor, file)


class InvoiceHistory(Resource):
    @operation("Read an invoice's history", right="invoice.view", tag="invoices", query=HistoryQuery,
               answers={200: Page[HistoryItem]})  # fmt: skip
    def get(self, request: Request, id: UUID) -> Response:
        invoice = self.find(_visible(self.actor), id)
        ids = events.about(invoice).values("pk")
        rows = Event.objects.visible_to(self.actor).filter(pk__in=ids)
        return self.page(rows, self.query(), partial(history_item, actor=self.actor), order="id")


class InvoiceWithdraw(Resource):
    @operation("Withdraw an invoice", right="invoice.withdraw", tag="invoices", body=Withdrawal,
               answers={200: InvoiceDetail}, example={"reason": "Sent to the wrong customer."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """A credit note over all of it is posted; where your ERP issues credit notes, it is asked for it."""
        new: Withdrawal = self.body()
        invoice = self.find(_visible(self.actor), id)
        shown = Presentment.objects.visible_to(self.actor).filter(invoice=invoice).order_by("-version").first()
        if shown is None:
            raise Refusal("not_presented", "This invoice did not come by a document of its own.", status=409)
        withdraw(self.actor, shown, now=clock.now(), reason=new.reason)
        return Response(detail_of(self.find(_visible(self.actor), id), self.actor, on=today(self.actor)))


def _visible(actor: Any) -> Any:
    return Invoice.objects.visible_to(actor).select_related("account")


def _rows(actor: Any, query: InvoiceQuery, on: date) -> QuerySet[Invoice]:
    shapes.one_of(query.status, STATUSES, "?status")
    shapes.one_of(query.sort, SORTS, "?sort")
    for name in ("due_from", "due_to", "issued_from", "issued_to"):
        if (value := getattr(query, name)) is not None:
            shapes.day(value, f"?{name}")
    rows = _visible(actor).search(
        on=on, status=query.status, text=query.text, currency=query.currency, due_from=query.due_from,
        due_to=query.due_to, issued_from=query.issued_from, issued_to=query.issued_to, sort=query.sort,
    )  # fmt: skip
    if query.account:
        rows = rows.filter(**_account(query.account))
    if query.number:
        rows = rows.filter(number_folded=fold(query.number))
    if query.external_id:
        rows = rows.filter(external_id=query.external_id)
    if query.updated_after:
        after = shapes.moment(query.updated_after, "?updated_after")
        rows = rows.filter(pk__in=feed.touched(actor, "invoice", after=after))
    return rows


def _account(written: str) -> dict[str, Any]:
    try:
        return {"account": UUID(written)}
    except ValueError:
        return {"account__number": written}
