"""Finance charges (late fees): what was charged for which invoice and period, and giving it up."""

from datetime import date, datetime
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
from eipp.ledger.models import FinanceCharge
from workflows.authority import AuthorityRequest
from workflows.finance_charge_waiver import RIGHT, waive


class FinanceChargeItem(msgspec.Struct):
    """`document` is the charge's own document, an invoice of the kind `finance_charge`; `invoice` the one that was not
    paid in time. From `begins` to `ends` on `base`, what was past due and not in dispute. One for each invoice and
    `charged_for`; `dispute` is set where it makes up for a dispute that was declined."""

    id: UUID
    number: str
    document: UUID
    invoice: UUID
    invoice_number: str
    account: shapes.AccountBrief
    currency: str
    amount: str
    open: str
    waived: str
    base: str
    charged_for: date
    begins: date
    ends: date
    charged_at: datetime
    reason: str
    waiver_reason: str
    dispute: str


class FinanceChargeQuery(Query):
    invoice: Annotated[UUID | None, Meta(description="Only those for this invoice.")] = None
    account: UUID | None = None


class Waiver(shapes.Written):
    """Without an amount, all of it that is open."""

    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    amount: shapes.Amount | None = None


class Waived(msgspec.Struct):
    """`waits_for`: the authority request, where the amount is above the limit and a second person is asked."""

    charge: FinanceChargeItem
    waits_for: UUID | None


class FinanceChargeList(Resource):
    @operation("List late fees", right="invoice.view", tag="finance charges", query=FinanceChargeQuery,
               answers={200: Page[FinanceChargeItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        """The newest first."""
        query: FinanceChargeQuery = self.query()
        wanted = {"invoice": query.invoice, "document__account": query.account}
        rows = _rows(self.actor).filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, _item, order="-charged_at")


class FinanceChargeOne(Resource):
    @operation("Read a late fee", right="invoice.view", tag="finance charges", answers={200: FinanceChargeItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(_rows(self.actor), id)))


class FinanceChargeWaive(Resource):
    @operation(
        "Waive a late fee", right=RIGHT, tag="finance charges", body=Waiver, answers={200: Waived}, money=True,
        example={"reason": "A long-standing customer; the bank was closed."}, refuses=(409,),
    )  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """A credit note over the charge's document takes it back at once; above the limit a second person is asked."""
        new: Waiver = self.body()
        charge = self.find(_rows(self.actor), id)
        amount = shapes.amount(new.amount, charge.currency, "amount") if new.amount else None
        given = waive(self.actor, charge, reason=new.reason, amount=amount, now=clock.now())
        fresh = _item(self.find(_rows(self.actor), id))
        return Response(Waived(fresh, given.pk if isinstance(given, AuthorityRequest) else None))


def _rows(actor: Any) -> QuerySet[FinanceCharge]:
    rows: QuerySet[FinanceCharge] = FinanceCharge.objects.visible_to(actor)
    return rows.select_related("document__account__supplier", "invoice", "rule", "supplier")


def _item(row: FinanceCharge) -> FinanceChargeItem:
    document = row.document
    return FinanceChargeItem(
        id=row.pk, number=document.number, document=document.pk, invoice=row.invoice_id,
        invoice_number=row.invoice.number, account=shapes.account(document.account), currency=row.currency,
        amount=row.amount.text, open=document.open.text, waived=row.waived.text, base=row.base.text,
        charged_for=row.charged_for, begins=row.begins_on, ends=row.ends_on, charged_at=row.charged_at,
        reason=row.reason, waiver_reason=row.waiver_reason, dispute=row.cause,
    )  # fmt: skip
