"""Cash receipts: money that came, whether by a payment here, from a bank statement, or booked by the supplier's ERP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt, Invoice
from eipp.ledger.posting import Deposit
from workflows.erp_receipt import reverse_receipt, take_receipt

KIND = "erp"
MOST = 500


class ReceiptItem(msgspec.Struct):
    """`unapplied` is what no invoice has taken yet; `payment` is the payment of ours that it settled."""

    id: UUID
    external_id: str
    account: shapes.AccountBrief
    currency: str
    amount: str
    unapplied: str
    received_on: date
    kind: str
    reference: str
    order_reference: str
    payment: UUID | None
    posted_at: datetime
    reversed_at: datetime | None
    reversal_reason: str


class AppliedItem(msgspec.Struct):
    """What of it an invoice took; what was undone is not listed."""

    id: UUID
    invoice: UUID
    invoice_number: str
    amount: str
    applied_on: date


class ReceiptDetail(ReceiptItem):
    applications: list[AppliedItem]


class ReceiptQuery(Query):
    account: UUID | None = None
    external_id: Annotated[str, Meta(max_length=200)] = ""
    invoice: Annotated[UUID | None, Meta(description="Only those of which this invoice took something.")] = None


class NewApplication(shapes.Written):
    """How much of the receipt is for which invoice, by its number."""

    invoice: Annotated[str, Meta(min_length=1, max_length=100)]
    amount: shapes.Amount


class NewReceipt(shapes.Written):
    """Money that your ERP booked. `external_id` is your own id of it: sent again, the same content changes nothing and
    other content is refused. What `applications` leave is unapplied cash of the account."""

    account: Annotated[str, Meta(min_length=1, max_length=60, description="Your number of the customer account.")]
    amount: shapes.Amount
    currency: shapes.Currency
    received_on: date
    external_id: shapes.Reference = ""
    reference: shapes.Reference = ""
    order_reference: Annotated[
        str, Meta(max_length=200, description="The order or quote that it is a deposit for, kept for its invoice.")
    ] = ""
    legal_entity: Annotated[str, Meta(max_length=20, description="Code of the body that was paid.")] = ""
    applications: Annotated[list[NewApplication], Meta(max_length=MOST)] = []


class Reversal(shapes.Written):
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


class ReceiptList(Resource):
    @operation("List cash receipts", right="payment.view", tag="cash receipts", query=ReceiptQuery,
               answers={200: Page[ReceiptItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: ReceiptQuery = self.query()
        rows = _rows(self.actor)
        if query.account:
            rows = rows.filter(account=query.account)
        if query.external_id:
            rows = rows.filter(external_id=query.external_id)
        if query.invoice:
            rows = rows.filter(applications__invoice=query.invoice).distinct()
        return self.page(rows, query, lambda row: ReceiptItem(**_head(row)))

    @operation(
        "Post a cash receipt", right="receipt.post", tag="cash receipts", body=NewReceipt, money=True,
        answers={200: ReceiptDetail, 201: ReceiptDetail},
        example={
            "external_id": "BANK-2026-0311-7", "account": "C-1001", "amount": "166.60", "currency": "EUR",
            "received_on": "2026-03-11", "reference": "2026-0871",
            "applications": [{"invoice": "2026-0871", "amount": "166.60"}],
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """201 when it is new; 200 when it was posted before under the same `external_id`."""
        new: NewReceipt = self.body()
        receipt, is_new = take_receipt(self.actor, self._deposit(new), now=clock.now())
        headers = {"Location": f"{request.path}/{receipt.pk}"}
        found = _detail(self.find(_rows(self.actor), receipt.pk))
        return Response(found, status=201 if is_new else 200, headers=headers)

    def _deposit(self, new: NewReceipt) -> Deposit:
        account = CustomerAccount.objects.visible_to(self.actor).filter(number=new.account).first()
        if account is None:
            raise Refusal("unknown_account", "You have no customer account of this number.", status=422,
                          field="account")  # fmt: skip
        return Deposit(
            account=account, amount=shapes.amount(new.amount, new.currency, "amount"), kind=KIND,
            received_on=shapes.day(new.received_on, "received_on"), reference=new.reference,
            order_reference=new.order_reference,
            external_id=new.external_id, legal_entity=self._entity(new.legal_entity),
            shares=self._shares(new),
        )  # fmt: skip

    def _entity(self, code: str) -> LegalEntity | None:
        if not code:
            return None
        entity = LegalEntity.objects.visible_to(self.actor).filter(code=code).first()
        if entity is None:
            raise Refusal("unknown_legal_entity", "You have no legal entity of this code.", status=422,
                          field="legal_entity")  # fmt: skip
        return entity

    def _shares(self, new: NewReceipt) -> list[tuple[Invoice, Money]]:
        numbers = {each.invoice for each in new.applications}
        found: dict[str, list[Invoice]] = {}
        for invoice in Invoice.objects.visible_to(self.actor).filter(number__in=numbers, withdrawn_at=None):
            found.setdefault(invoice.number, []).append(invoice)
        shares = []
        for index, each in enumerate(new.applications):
            place = f"applications[{index}]"
            invoice = _one_of(found.get(each.invoice, []), new.currency, f"{place}.invoice")
            shares.append((invoice, shapes.amount(each.amount, invoice.currency, f"{place}.amount")))
        return shares


class ReceiptOne(Resource):
    @operation("Read a cash receipt", right="payment.view", tag="cash receipts", answers={200: ReceiptDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id)))


class ReceiptReverse(Resource):
    @operation("Reverse a cash receipt", right="receipt.post", tag="cash receipts", body=Reversal, money=True,
               answers={200: ReceiptDetail}, example={"reason": "Booked to the wrong customer."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Its applications are undone and the invoices are open again; the receipt stays, as reversed."""
        new: Reversal = self.body()
        reverse_receipt(self.actor, self.find(_rows(self.actor), id), reason=new.reason, now=clock.now())
        return Response(_detail(self.find(_rows(self.actor), id)))


def _one_of(invoices: list[Invoice], currency: str, place: str) -> Invoice:
    """The invoice that a number stands for; numbers come again with the years and the bodies."""
    fitting = [invoice for invoice in invoices if invoice.currency == currency] or invoices
    fitting = [invoice for invoice in fitting if invoice.open_minor] or fitting
    if not fitting:
        raise Refusal("unknown_invoice", "You have no invoice of this number.", status=422, field=place)
    if len(fitting) > 1:
        raise Refusal("ambiguous_number", "Several invoices have this number: apply the receipt on the page.",
                      status=422, field=place)  # fmt: skip
    return fitting[0]


def _rows(actor: Any) -> QuerySet[CashReceipt]:
    return CashReceipt.objects.visible_to(actor).select_related("account")


def _head(row: CashReceipt) -> dict[str, Any]:
    return {
        "id": row.pk, "external_id": row.external_id, "account": shapes.account(row.account), "currency": row.currency,
        "amount": row.amount.text, "unapplied": row.unapplied.text, "received_on": row.received_on, "kind": row.kind,
        "order_reference": row.order_reference,
        "reference": row.reference, "payment": row.payment_id, "posted_at": row.posted_at,
        "reversed_at": row.reversed_at, "reversal_reason": row.reversal_reason,
    }  # fmt: skip


def _detail(row: CashReceipt) -> ReceiptDetail:
    standing = row.applications.filter(reverses=None, reversed_by=None).select_related("invoice").order_by("pk")
    return ReceiptDetail(
        **_head(row),
        applications=[
            AppliedItem(each.pk, each.invoice_id, each.invoice.number, each.amount.text, each.applied_on)
            for each in standing
        ],
    )
