"""Disputes: the buyer questions an invoice, the supplier answers."""

from datetime import date, datetime
from decimal import Decimal
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
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice, InvoiceLine
from workflows.authority import AuthorityRequest
from workflows.credit_request import CreditRequest
from workflows.dispute import REASONS, Dispute, open_dispute

Reason = Annotated[str, Meta(max_length=20, extra_json_schema={"enum": list(REASONS)})]


class DisputeItem(msgspec.Struct):
    """`waiting_for` says who is to act: `supplier`, `buyer`, or nobody once it is closed."""

    id: UUID
    number: str
    state: str
    waiting_for: str
    reason: str
    account: shapes.AccountBrief
    invoice: UUID | None
    currency: str
    amount: str
    proposed: str | None
    accepted: str
    opened_at: datetime
    closed_at: datetime | None


class DisputedLine(msgspec.Struct):
    """A line in question; `id` is what `accept` names."""

    id: UUID
    invoice_line: UUID
    line_number: str
    quantity: str
    accepted_quantity: str | None


class DisputeDetail(DisputeItem):
    """`actions` are what you can do now, each by POST to `disputes/{id}/<name>`; `credit_request`: credit that the ERP
    is asked for; `authority_request`: what waits for a second person of the supplier's, who alone sees it."""

    comment: str
    answer: str
    credit_request: UUID | None
    authority_request: UUID | None
    lines: list[DisputedLine]
    actions: list[shapes.Action]


class DisputeQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Dispute)]})] = ""
    account: UUID | None = None
    invoice: UUID | None = None
    opened_from: date | None = None


class LineInQuestion(shapes.Written):
    """So many units of an invoice line, found by its id or by its number on the invoice."""

    quantity: shapes.Number
    id: UUID | None = None
    line_number: Annotated[str, Meta(max_length=100)] = ""


class NewDispute(shapes.Written):
    """Give lines with quantities, or an amount with tax, or neither for all that is left to pay of the invoice."""

    invoice: UUID
    reason: Reason
    comment: shapes.Text = ""
    lines: Annotated[list[LineInQuestion], Meta(max_length=1000)] = []
    amount: shapes.Amount | None = None


class DisputeList(Resource):
    @operation("List disputes", right="invoice.view", tag="disputes", query=DisputeQuery,
               answers={200: Page[DisputeItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: DisputeQuery = self.query()
        wanted: dict[str, Any] = {"account": query.account, "invoice": query.invoice, "state": query.state or None}
        if query.state:
            shapes.one_of(query.state, shapes.states(Dispute), "?state")
        if query.opened_from:
            wanted["opened_at__date__gte"] = shapes.day(query.opened_from, "?opened_from")
        rows = Dispute.objects.visible_to(self.actor).select_related("account")
        return self.page(rows.filter(**{k: v for k, v in wanted.items() if v is not None}), query, item_of)

    @operation(
        "Dispute an invoice", right="dispute.open", tag="disputes", body=NewDispute, answers={201: DisputeDetail},
        example={
            "invoice": "0199d0a0-0000-7000-8000-000000000000", "reason": "damaged",
            "comment": "Three of the ten arrived broken.", "lines": [{"line_number": "1", "quantity": "3"}],
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """What is in question is held back at once: nobody is asked to pay it until it is answered."""
        new: NewDispute = self.body()
        shapes.one_of(new.reason, REASONS, "reason")
        invoice = Invoice.objects.visible_to(self.actor).filter(pk=new.invoice).first()
        if invoice is None:
            raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422, field="invoice")
        amount = None if new.amount is None else shapes.amount(new.amount, invoice.currency, "amount")
        dispute = open_dispute(
            self.actor, invoice, reason=new.reason, comment=new.comment, lines=_lines(invoice, new.lines),
            amount=amount, now=clock.now(),
        )  # fmt: skip
        headers = {"Location": f"{request.path}/{dispute.pk}"}
        return Response(detail_of(dispute, self.actor), status=201, headers=headers)


class DisputeOne(Resource):
    @operation("Read a dispute", right="invoice.view", tag="disputes", answers={200: DisputeDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(detail_of(self.find(rows_of(self.actor), id), self.actor))


def rows_of(actor: Any) -> QuerySet[Dispute]:
    return Dispute.objects.visible_to(actor).select_related("account", "invoice")


def item_of(dispute: Dispute) -> DisputeItem:
    return DisputeItem(**_head(dispute))


def detail_of(dispute: Dispute, actor: Any) -> DisputeDetail:
    lines = dispute.lines.select_related("line")
    asked = AuthorityRequest.objects.visible_to(actor).filter(about_id=dispute.pk, state="waiting").first()
    request = CreditRequest.objects.visible_to(actor).filter(dispute=dispute).exclude(state="cancelled").first()
    return DisputeDetail(
        **_head(dispute), comment=dispute.comment, answer=dispute.answer, actions=shapes.actions(dispute, actor),
        credit_request=request.pk if request else None, authority_request=asked.pk if asked else None,
        lines=[
            DisputedLine(line.pk, line.line_id, line.line.line_number, f"{line.quantity:f}",
                         shapes.plain(line.accepted_quantity))
            for line in lines
        ],
    )  # fmt: skip


def _head(dispute: Dispute) -> dict[str, Any]:
    return {
        "id": dispute.pk, "number": dispute.number, "state": dispute.state, "waiting_for": dispute.ball,
        "reason": dispute.reason, "account": shapes.account(dispute.account), "invoice": dispute.invoice_id,
        "currency": dispute.currency, "amount": dispute.amount.text, "accepted": dispute.accepted.text,
        "proposed": dispute.proposed.text if dispute.proposed else None,
        "opened_at": dispute.opened_at, "closed_at": dispute.closed_at,
    }  # fmt: skip


def _lines(invoice: Invoice, asked: list[LineInQuestion]) -> list[tuple[InvoiceLine, Decimal]]:
    rows = list(invoice.lines.all()) if asked else []
    found: dict[UUID, tuple[InvoiceLine, Decimal]] = {}
    for index, line in enumerate(asked):
        field = f"lines[{index}]"
        row = next((row for row in rows if _is_meant(line, row)), None)
        if row is None:
            raise Refusal("unknown_line", "The invoice has no such line.", status=422, field=field)
        if row.pk in found:
            raise Refusal("line_twice", "Each line can be named once.", status=422, field=field)
        found[row.pk] = (row, shapes.number(line.quantity, f"{field}.quantity"))
    return list(found.values())


def _is_meant(line: LineInQuestion, row: InvoiceLine) -> bool:
    return row.pk == line.id if line.id else row.line_number == line.line_number


def money_of(dispute: Dispute, text: str) -> Money:
    return shapes.amount(text, dispute.currency, "amount")
