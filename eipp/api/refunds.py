"""Refunds: money of a payment, or of a cash receipt that came otherwise, that goes back in whole or part."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.models import LegalEntity
from eipp.api import idempotency, shapes
from eipp.api.operation import operation
from eipp.api.payments import Nothing
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from workflows import refund_file, refund_request, refund_talk
from workflows.payment import Payment
from workflows.payment_file import FORMS
from workflows.refund import RIGHT, Refund


class PaidTo(msgspec.Struct):
    """`account` is an IBAN, or an account number with `bic` as its bank's code; its middle is left out for whoever may
    not make refunds."""

    holder: str
    account: str
    bic: str


class RefundItem(msgspec.Struct):
    """`gateway` is the provider that sends it back; empty where the supplier does by its own bank (a payout). That goes
    to `paid_to`, the payer's bank details in force; `bank_run` is the payment file that it stands in."""

    id: UUID
    number: str
    state: str
    state_since: datetime
    payment: UUID | None
    payment_number: str
    gateway: str
    currency: str
    amount: str
    reason: str
    asked_at: datetime
    submitted_at: datetime | None
    succeeded_at: datetime | None
    failure: str
    paid_to: "PaidTo | None"
    bank_run: UUID | None


class RefundPartItem(msgspec.Struct):
    """What it is taken from: unapplied money of a cash receipt; with an invoice, what that had paid there, which is
    open again or, with a credit note, is paid by that instead."""

    cash_receipt: UUID
    invoice: UUID | None
    invoice_number: str
    credit_note: UUID | None
    amount: str


class RefundDetail(RefundItem):
    parts: list[RefundPartItem]


class RefundQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Refund)]})] = ""
    payment: UUID | None = None


class Reopened(shapes.Written):
    invoice: UUID
    amount: shapes.Amount


class NewRefund(shapes.Written):
    """Of a `payment`, or of a `cash_receipt` that came without one: say which of the two.

    It is taken from what is unapplied, then off the invoices that are due last. `reopen` says off which invoices
    instead; `credit_note`: its open amount pays them, so that the payer gets the credit as money. `by_bank`: to the
    payer's bank details, once a refund the way it came has failed.
    """

    amount: shapes.Amount
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    payment: UUID | None = None
    cash_receipt: UUID | None = None
    reopen: Annotated[list[Reopened], Meta(max_length=500)] = []
    credit_note: UUID | None = None
    by_bank: bool = False


class NewRefundFile(shapes.Written):
    """Of all payouts of a `legal_entity` in a `currency` that are to be sent; `form`: `pain.001` or `csv`. bank_run:
    that of a file made before, which is given again."""

    legal_entity: UUID
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    form: Annotated[str, Meta(extra_json_schema={"enum": list(FORMS)})] = "pain.001"
    bank_run: UUID | None = None


class RefundFileItem(msgspec.Struct):
    """`content` is the file; each refund in it is marked as sent and carries `bank_run`."""

    bank_run: UUID
    name: str
    content_type: str
    content: str


class RefundList(Resource):
    @operation("List refunds", right="payment.view", tag="refunds", query=RefundQuery, answers={200: Page[RefundItem]})
    def get(self, request: Request) -> Response:
        query: RefundQuery = self.query()
        if query.state:
            shapes.one_of(query.state, shapes.states(Refund), "?state")
        wanted = {"state": query.state or None, "payment": query.payment}
        rows = _rows(self.actor).filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, lambda row: RefundItem(**_head(row, self.actor)))

    @operation(
        "Refund a payment", right=RIGHT, tag="refunds", body=NewRefund, answers={201: RefundDetail}, money=True,
        atomic=False,
        example={"payment": "0199d0a0-0000-7000-8000-000000000000", "amount": "30.00", "reason": "Two boxes came back"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """It is set aside and goes back the way it came; `requested` waits for a second person above the limit, and a
        `submitted` one without `gateway` is yours to send by your bank."""
        new: NewRefund = self.body()
        matter = self._matter(new)
        refund = refund_request.request(
            self.actor, matter, shapes.amount(new.amount, matter.currency, "amount"), reason=new.reason,
            reopen=self._reopened(new, matter.currency), credit_note=self._credit_note(new), by_bank=new.by_bank,
            attempt=_attempt(request), now=clock.now(),
        )  # fmt: skip
        refund_talk.send(refund, now=clock.now())
        headers = {"Location": f"{request.path}/{refund.pk}"}
        return Response(_detail(self.find(_rows(self.actor), refund.pk), self.actor), status=201, headers=headers)

    def _matter(self, new: NewRefund) -> Payment | CashReceipt:
        if (new.payment is None) == (new.cash_receipt is None):
            raise Refusal("payment_or_receipt", "Say a payment or a cash receipt.", status=422, field="payment")
        rows: Any = (Payment if new.payment else CashReceipt).objects.visible_to(self.actor)
        found: Payment | CashReceipt | None = rows.filter(pk=new.payment or new.cash_receipt).first()
        if found is None:
            field = "payment" if new.payment else "cash_receipt"
            raise Refusal(f"unknown_{field}", "There is no such money that you can see.", status=422, field=field)
        return found

    def _reopened(self, new: NewRefund, currency: str) -> list[tuple[Invoice, Money]] | None:
        found = Invoice.objects.visible_to(self.actor).in_bulk([each.invoice for each in new.reopen])
        shares = []
        for index, each in enumerate(new.reopen):
            if each.invoice not in found:
                raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422,
                              field=f"reopen[{index}].invoice")  # fmt: skip
            shares.append((found[each.invoice], shapes.amount(each.amount, currency, f"reopen[{index}].amount")))
        return shares or None

    def _credit_note(self, new: NewRefund) -> CreditNote | None:
        if new.credit_note is None:
            return None
        found = CreditNote.objects.visible_to(self.actor).filter(pk=new.credit_note).first()
        if found is None:
            raise Refusal("unknown_credit_note", "There is no such credit note that you can see.", status=422,
                          field="credit_note")  # fmt: skip
        return found


class RefundOne(Resource):
    @operation("Read a refund", right="payment.view", tag="refunds", answers={200: RefundDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class RefundSent(Resource):
    @operation("Mark a payout as sent", right=RIGHT, tag="refunds", body=Nothing, answers={200: RefundDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """You have sent it by your bank, with the refund's number in its text; the bank statement settles it."""
        self.body()
        self.find(_rows(self.actor), id).mark_sent(self.actor, now=clock.now())
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class RefundNotSent(Resource):
    @operation("Say that a payout was not sent", right=RIGHT, tag="refunds", body=Nothing, answers={200: RefundDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The payment file never went to your bank, or it did not take it: it is to be sent as before."""
        self.body()
        self.find(_rows(self.actor), id).mark_not_sent(self.actor, now=clock.now())
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class RefundFile(Resource):
    @operation("Make a payment file of refunds", right=RIGHT, tag="refunds", body=NewRefundFile,
               answers={200: RefundFileItem}, money=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        """Each payout goes to the payer's bank details in force and is marked as sent; your bank statement settles it.
        A refund whose payer has none in force any more is named, and no file is made."""
        new: NewRefundFile = self.body()
        shapes.one_of(new.form, FORMS, "form")
        entity = LegalEntity.objects.visible_to(self.actor).filter(pk=new.legal_entity).first()
        if entity is None:
            raise Refusal("unknown_legal_entity", "There is no such body that you can see.", status=422,
                          field="legal_entity")  # fmt: skip
        run = new.bank_run or uuid5(_attempt(request), "file")
        made = refund_file.make(self.actor, entity, new.currency, form=new.form, bank_run=run, now=clock.now())
        return Response(RefundFileItem(run, made.name, made.content_type, made.content.decode()))


class RefundCancel(Resource):
    @operation("Take a refund back", right=RIGHT, tag="refunds", body=Nothing, answers={200: RefundDetail}, money=True)
    def post(self, request: Request, id: UUID) -> Response:
        """Before anything was sent; what was set aside is as before."""
        self.body()
        self.find(_rows(self.actor), id).cancel(self.actor, now=clock.now())
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


def _rows(actor: Any) -> QuerySet[Refund]:
    """The payer hears of a refund when it is decided."""
    rows = Refund.objects.visible_to(actor).select_related("payment", "paid_to").prefetch_related("parts__invoice")
    if actor.side == "buyer":
        rows = rows.exclude(submitted_at=None)
    return rows


def _attempt(request: Any) -> UUID:
    """The domain's own key, which holds where the stored answer got lost."""
    key = idempotency.key_of(request, required=True)
    return uuid5(request.auth.organisation_id, f"refund {request.auth.person_id or 'key'} {key}")


def _paid_to(row: Refund, actor: Any) -> PaidTo | None:
    to = row.paid_to
    if to is None:
        return None
    return PaidTo(to.holder, to.account if actor.may(RIGHT) else str(to), to.bic)


def _head(row: Refund, actor: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "state": row.state, "state_since": row.state_since,
        "payment": row.payment_id, "payment_number": row.payment.number if row.payment else "",
        "gateway": row.gateway, "currency": row.currency, "amount": row.amount.text, "reason": row.reason,
        "asked_at": row.asked_at, "submitted_at": row.submitted_at, "succeeded_at": row.succeeded_at,
        "failure": row.failure, "paid_to": _paid_to(row, actor), "bank_run": row.bank_run,
    }  # fmt: skip


def _detail(row: Refund, actor: Any) -> RefundDetail:
    parts = [
        RefundPartItem(
            cash_receipt=part.receipt_id, invoice=part.invoice_id, amount=part.amount.text,
            invoice_number=part.invoice.number if part.invoice else "", credit_note=part.credit_note_id,
        )
        for part in row.parts.all()
    ]  # fmt: skip
    return RefundDetail(**_head(row, actor), parts=parts)
