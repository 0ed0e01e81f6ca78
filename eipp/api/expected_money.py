"""Promises and announced transfers: what the buyer says will come for which invoices, and by when."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import idempotency, shapes
from eipp.api.operation import operation
from eipp.api.payments import Nothing
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows import announced_payment, promise
from workflows.announced_payment import AnnouncedPayment
from workflows.expected import MOST_INVOICES
from workflows.payment_file import FORMS, payment_file
from workflows.promise import Promise


class ExpectedItem(msgspec.Struct):
    """`day` is the day it was said for; `came` what the ledger had of it when it ended; `reference` what its transfer
    carries."""

    id: UUID
    number: str
    state: str
    state_since: datetime
    day: date
    currency: str
    amount: str
    came: str
    reference: str
    comment: str


class ExpectedShareItem(msgspec.Struct):
    invoice: UUID
    invoice_number: str
    amount: str
    came: str


class ExpectedDetail(ExpectedItem):
    invoices: list[ExpectedShareItem]


class NewExpectedShare(shapes.Written):
    invoice: UUID
    amount: shapes.Amount


_Shares = Annotated[list[NewExpectedShare], Meta(min_length=1, max_length=MOST_INVOICES)]


class NewPromise(shapes.Written):
    """Invoices of one payee in one currency, and the day by which they are paid."""

    invoices: _Shares
    day: date
    reference: Annotated[str, Meta(max_length=140)] = ""
    comment: Annotated[str, Meta(max_length=500)] = ""


class NewAnnouncedPayment(shapes.Written):
    """Invoices of one payee in one currency that go in your own bank run on `day`.

    `bank_run`: the same for all that are to stand in one payment file; left out, it is one of its own.
    """

    invoices: _Shares
    day: date
    bank_run: UUID | None = None
    comment: Annotated[str, Meta(max_length=500)] = ""


class NewPaymentFile(shapes.Written):
    """`account`: your IBAN, from which your bank is to pay; it is written into the file and not kept."""

    form: Annotated[str, Meta(max_length=10, extra_json_schema={"enum": list(FORMS)})] = "pain.001"
    account: Annotated[str, Meta(max_length=42)] = ""


class PaymentFileItem(msgspec.Struct):
    """`left_out`: the numbers of the invoices that are not in it, because they are paid, disputed or not approved."""

    name: str
    content_type: str
    content: str
    left_out: list[str]


class PromiseQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Promise)]})] = ""


class AnnouncedQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(AnnouncedPayment)]})] = ""


class PromiseList(Resource):
    @operation("List promises", right="payment.view", tag="payments", query=PromiseQuery,
               answers={200: Page[ExpectedItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: PromiseQuery = self.query()
        rows = Promise.objects.visible_to(self.actor)
        return self.page(_in_state(rows, query.state, Promise), query, lambda row: ExpectedItem(**_head(row)))

    @operation("Promise a payment", right="promise.make", tag="payments", body=NewPromise,
               answers={201: ExpectedDetail}, money=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        """These amounts are not asked for until the day is over; no money moves."""
        new: NewPromise = self.body()
        row = promise.make(
            self.actor, _shares(self.actor, new.invoices), promised_on=new.day, reference=new.reference,
            comment=new.comment, attempt=_attempt(request, "promise"), now=clock.now(),
        )  # fmt: skip
        return Response(_detail(row), status=201, headers={"Location": f"{request.path}/{row.pk}"})


class PromiseOne(Resource):
    @operation("Read a promise", right="payment.view", tag="payments", answers={200: ExpectedDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(Promise.objects.visible_to(self.actor), id)))


class PromiseWithdraw(Resource):
    @operation("Withdraw a promise", right="promise.make", tag="payments", body=Nothing,
               answers={200: ExpectedDetail}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Its invoices are asked for again."""
        self.body()
        return Response(_detail(self.find(Promise.objects.visible_to(self.actor), id).withdraw(self.actor)))


class AnnouncedList(Resource):
    @operation("List announced transfers", right="payment.view", tag="payments", query=AnnouncedQuery,
               answers={200: Page[ExpectedItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: AnnouncedQuery = self.query()
        rows = AnnouncedPayment.objects.visible_to(self.actor)
        return self.page(_in_state(rows, query.state, AnnouncedPayment), query, lambda row: ExpectedItem(**_head(row)))

    @operation("Announce a transfer", right="payment.make", tag="payments", body=NewAnnouncedPayment,
               answers={201: ExpectedDetail}, money=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        """Send the amount from your bank with the `reference`; these amounts are not asked for meanwhile."""
        new: NewAnnouncedPayment = self.body()
        attempt = _attempt(request, "announced")
        row = announced_payment.announce(
            self.actor, _shares(self.actor, new.invoices), pays_on=new.day, bank_run=new.bank_run or attempt,
            comment=new.comment, attempt=attempt, now=clock.now(),
        )  # fmt: skip
        return Response(_detail(row), status=201, headers={"Location": f"{request.path}/{row.pk}"})


class AnnouncedOne(Resource):
    @operation("Read an announced transfer", right="payment.view", tag="payments", answers={200: ExpectedDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(AnnouncedPayment.objects.visible_to(self.actor), id)))


class AnnouncedWithdraw(Resource):
    @operation("Withdraw an announced transfer", right="payment.make", tag="payments", body=Nothing,
               answers={200: ExpectedDetail}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """It does not go in the bank run after all; its invoices are asked for again."""
        self.body()
        return Response(_detail(self.find(AnnouncedPayment.objects.visible_to(self.actor), id).withdraw(self.actor)))


class AnnouncedFile(Resource):
    @operation("Make a payment file", right="payment.make", tag="payments", body=NewPaymentFile,
               answers={200: PaymentFileItem}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Of all that were announced in the same bank run: for your bank (pain.001) or for your programs (CSV)."""
        new: NewPaymentFile = self.body()
        shapes.one_of(new.form, FORMS, "form")
        chosen = self.find(AnnouncedPayment.objects.visible_to(self.actor), id)
        rows = AnnouncedPayment.objects.visible_to(self.actor).filter(bank_run=chosen.bank_run)
        run = list(rows.exclude(state="withdrawn").select_related("legal_entity").order_by("number"))
        made = payment_file(self.actor, run, form=new.form, account=new.account, now=clock.now())
        return Response(PaymentFileItem(made.name, made.content_type, made.content.decode(), list(made.left_out)))


def _in_state(rows: Any, state: str, machine: Any) -> Any:
    if state:
        shapes.one_of(state, shapes.states(machine), "?state")
    return rows.filter(state=state) if state else rows


def _shares(actor: Any, asked: list[NewExpectedShare]) -> list[tuple[Invoice, Money]]:
    found = Invoice.objects.visible_to(actor).in_bulk([share.invoice for share in asked])
    shares = []
    for index, share in enumerate(asked):
        if share.invoice not in found:
            raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422,
                          field=f"invoices[{index}].invoice")  # fmt: skip
        invoice = found[share.invoice]
        shares.append((invoice, shapes.amount(share.amount, invoice.currency, f"invoices[{index}].amount")))
    return shares


def _attempt(request: Any, kind: str) -> UUID:
    """The domain's own key, which holds where the stored answer got lost."""
    key = idempotency.key_of(request, required=True)
    return uuid5(request.auth.organisation_id, f"{kind} {request.auth.person_id or 'key'} {key}")


def _head(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "state": row.state, "state_since": row.state_since, "day": row.day,
        "currency": row.currency, "amount": row.amount.text, "came": row.came.text, "reference": row.reference,
        "comment": row.comment,
    }  # fmt: skip


def _detail(row: Any) -> ExpectedDetail:
    shares = row.shares.select_related("invoice").order_by("invoice__due_date", "pk")
    return ExpectedDetail(**_head(row), invoices=[
        ExpectedShareItem(share.invoice_id, share.invoice.number, share.amount.text, share.came.text)
        for share in shares
    ])  # fmt: skip
