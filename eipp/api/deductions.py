"""Deductions: what payers kept back of invoices, and how each is resolved: accepted, charged back or written off."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.disputes import Reason
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt, Invoice
from workflows import answering, deduction
from workflows.deduction import Deduction
from workflows.dispute import REASONS, Dispute

STATES = ("open", "accepted", "charged_back", "written_off", "withdrawn")
ENDS = {"accepted": "accepted", "declined": "charged_back", "written_off": "written_off", "withdrawn": "withdrawn"}


class DeductionItem(msgspec.Struct):
    """`id` and `number` are those of the dispute in which it is answered. `state`: `open`, `accepted` (credited),
    `charged_back` (the payer owes it), `written_off` or `withdrawn`. `said` is the payer's reason as it came;
    `cash_receipt` the money that was short."""

    id: UUID
    number: str
    state: str
    dispute_state: str
    reason: str
    said: str
    account: shapes.AccountBrief
    invoice: UUID | None
    invoice_number: str
    cash_receipt: UUID | None
    currency: str
    amount: str
    accepted: str
    taken_at: datetime
    closed_at: datetime | None


class DeductionQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *STATES]})] = ""
    account: UUID | None = None
    invoice: UUID | None = None
    taken_from: date | None = None


class NewDeduction(shapes.Written):
    """So much of an `invoice` was kept back, all that is left to pay where no `amount` is given; `said`: the payer's
    words, from which the reason is found where `reason` is empty."""

    invoice: UUID
    amount: shapes.Amount | None = None
    reason: Reason | None = None
    said: Annotated[str, Meta(max_length=200)] = ""
    cash_receipt: UUID | None = None


class Resolution(shapes.Written):
    """`outcome`: `accept` (credited, all of it or an `amount` of it), `charge_back` (the payer owes it: say why) or
    `write_off`."""

    outcome: Annotated[str, Meta(extra_json_schema={"enum": ["accept", "charge_back", "write_off"]})]
    amount: shapes.Amount | None = None
    reason: shapes.Text = ""


class DeductionList(Resource):
    @operation("List deductions", right="invoice.view", tag="deductions", query=DeductionQuery,
               answers={200: Page[DeductionItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: DeductionQuery = self.query()
        rows = _rows(self.actor)
        if query.state:
            shapes.one_of(query.state, STATES, "?state")
            rows = _in_state(rows, query.state)
        if query.taken_from:
            rows = rows.filter(opened_at__date__gte=shapes.day(query.taken_from, "?taken_from"))
        wanted = {"account": query.account, "invoice": query.invoice}
        return self.page(rows.filter(**{k: v for k, v in wanted.items() if v is not None}), query, item_of)

    @operation("Take a deduction", right=deduction.RIGHT, tag="deductions", body=NewDeduction,
               answers={201: DeductionItem}, money=True,
               example={"invoice": "0199d0a0-0000-7000-8000-000000000000", "amount": "6.85"})  # fmt: skip
    def post(self, request: Request) -> Response:
        """It is held as disputed and answered as a dispute; `deduction.taken` tells both sides."""
        new: NewDeduction = self.body()
        invoice = _found(Invoice, self.actor, new.invoice, "invoice")
        receipt = _found(CashReceipt, self.actor, new.cash_receipt, "cash_receipt") if new.cash_receipt else None
        if receipt and (receipt.legal_entity_id, receipt.buyer_id) != (invoice.legal_entity_id, invoice.buyer_id):
            raise Refusal("other_payer", "This money is not of who owes the invoice.", status=422, field="cash_receipt")
        if new.reason:
            shapes.one_of(new.reason, list(REASONS), "reason")
        amount = shapes.amount(new.amount, invoice.currency, "amount") if new.amount else None
        dispute = deduction.take(
            self.actor, invoice, amount, reason=new.reason or "", said=new.said, receipt=receipt, now=clock.now()
        )
        headers = {"Location": f"{request.path}/{dispute.pk}"}
        return Response(item_of(self.find(_rows(self.actor), dispute.pk)), status=201, headers=headers)


class DeductionOne(Resource):
    @operation("Read a deduction", right="invoice.view", tag="deductions", answers={200: DeductionItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(item_of(self.find(_rows(self.actor), id)))


class DeductionResolve(Resource):
    @operation("Resolve a deduction", right="dispute.work", tag="deductions", body=Resolution,
               answers={200: DeductionItem}, money=True, example={"outcome": "accept"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Above your limit it stays `open` and waits for a second person; where your ERP issues credit notes, what is
        accepted is asked of it as a credit request."""
        new: Resolution = self.body()
        shapes.one_of(new.outcome, ("accept", "charge_back", "write_off"), "outcome")
        dispute, now = self.find(_rows(self.actor), id), clock.now()
        match new.outcome:
            case "accept":
                amount = shapes.amount(new.amount, dispute.currency, "amount") if new.amount else None
                answering.accept(self.actor, dispute, now=now, amount=amount)
            case "charge_back":
                dispute.decline(self.actor, now=now, reason=new.reason)
            case _:
                deduction.write_off(self.actor, dispute, now=now)
        return Response(item_of(self.find(_rows(self.actor), id)))


def item_of(row: Dispute) -> DeductionItem:
    taken: Deduction = row.deduction
    return DeductionItem(
        id=row.pk, number=row.number, state=ENDS.get(row.state, "open"), dispute_state=row.state, reason=row.reason,
        said=taken.said, account=shapes.account(row.account), invoice=row.invoice_id,
        invoice_number=row.invoice.number if row.invoice else "", cash_receipt=taken.receipt_id, currency=row.currency,
        amount=row.amount.text, accepted=row.accepted.text, taken_at=row.opened_at, closed_at=row.closed_at,
    )  # fmt: skip


def _rows(actor: Any) -> QuerySet[Dispute]:
    rows: QuerySet[Dispute] = Dispute.objects.visible_to(actor).filter(deduction__isnull=False)
    return rows.select_related("account", "invoice", "deduction")


def _in_state(rows: QuerySet[Dispute], state: str) -> QuerySet[Dispute]:
    if state == "open":
        return rows.exclude(state__in=list(ENDS))
    return rows.filter(state=next(own for own, told in ENDS.items() if told == state))


def _found(model: Any, actor: Any, pk: UUID, field: str) -> Any:
    row = model.objects.visible_to(actor).filter(pk=pk).first()
    if row is None:
        raise Refusal(f"unknown_{field}", "There is no such row that you can see.", status=422, field=field)
    return row
