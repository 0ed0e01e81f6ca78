"""Payments: one payment for many invoices of one payee; the payer gives card or account on the gateway's own page."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import idempotency, shapes
from eipp.api.operation import operation
from eipp.api.payment_entry import (
    NewPayment,
    Prices,
    on_account_of,
    payee_and_amount,
    prices,
    saved_of,
    shares_of,
    way_of,
)
from eipp.api.resource import Page, Query, Resource
from eipp.gateways.gateway import Way
from eipp.kernel import clock
from workflows.gateway_talk import request_cancel
from workflows.intent import enter
from workflows.payee import accounts_for
from workflows.paying import begin
from workflows.payment import ON_THE_WAY, Payment
from workflows.payment_search import search
from workflows.planned import replan


class PaymentItem(msgspec.Struct):
    """`checkout_url` is the gateway's page on which the payer pays, while it is open.

    `amount` is all that is paid, `surcharge` what of it is the price of paying this way. `means` says what it was paid
    with ("card ending 4242"); a bank transfer carries the `reference`. `received` is what came, empty before. `pay_to`
    is the payee's verified account while a transfer is waited for, until `expires_at`.
    """

    id: UUID
    number: str
    state: str
    state_since: datetime
    gateway: str
    method: str
    means: str
    reference: str
    currency: str
    amount: str
    surcharge: str
    saved_method: UUID | None
    submitted_at: datetime
    settled_at: datetime | None
    expires_at: datetime | None
    planned_for: date | None
    received: str
    failure: str
    failure_sentence: str
    checkout_url: str


class Share(msgspec.Struct):
    """How much of the payment is meant for one invoice."""

    invoice: UUID
    invoice_number: str
    amount: str


class PayTo(msgspec.Struct):
    """Where a transfer goes: an account of the payee's that was verified."""

    holder: str
    account: str
    bank: str


class OnAccount(msgspec.Struct):
    """How much of the payment is meant for no invoice."""

    account: UUID
    amount: str


class PaymentDetail(PaymentItem):
    invoices: list[Share]
    on_account: list[OnAccount]
    pay_to: PayTo | None


class PaymentQuery(Query):
    """`q` is a part of a payment's number or reference or of the number of an invoice that it pays, or its amount."""

    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Payment)]})] = ""
    invoice: UUID | None = None
    q: Annotated[str, Meta(max_length=200)] = ""
    entered_from: date | None = None
    entered_to: date | None = None


class NewDay(shapes.Written):
    planned_for: date


class Nothing(shapes.Written):
    """Nothing is to be said."""


class PaymentList(Resource):
    @operation("List payments", right="payment.view", tag="payments", query=PaymentQuery,
               answers={200: Page[PaymentItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: PaymentQuery = self.query()
        if query.state:
            shapes.one_of(query.state, shapes.states(Payment), "?state")
        wanted = {"state": query.state or None, "shares__invoice": query.invoice}
        rows = Payment.objects.visible_to(self.actor)
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        days = {"begins": query.entered_from, "ends": query.entered_to}
        span = {name: shapes.day(day, f"?entered_{word}") if day else None
                for (name, day), word in zip(days.items(), ("from", "to"), strict=True)}  # fmt: skip
        rows = search(rows, self.actor, text=query.q.replace("\0", "").strip(), **span)
        return self.page(rows, query, lambda row: PaymentItem(**_head(row, self.actor)))

    @operation(
        "Pay invoices", right="payment.make", tag="payments", body=NewPayment, answers={201: PaymentDetail},
        money=True, atomic=False,
        example={
            "invoices": [{"invoice": "0199d0a0-0000-7000-8000-000000000000", "amount": "119.00"}],
            "method": "bank_transfer",
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The payment is entered and its amounts are held; then lead the payer to `checkout_url`.

        A bank transfer has none: send the amount to `pay_to` with the `reference`.
        """
        new: NewPayment = self.body()
        shares = shares_of(self.actor, new.invoices, on=new.planned_for)
        on_account = on_account_of(self.actor, new.on_account)
        saved, (payee, amount) = saved_of(self.actor, new), payee_and_amount(shares, on_account)
        way = Way(saved.gateway, saved.kind) if saved else way_of(new, payee, amount)
        payment = enter(
            self.actor, shares, gateway=way.gateway, method=way.method, saved=saved, on_account=on_account,
            price=new.price, planned_for=new.planned_for, attempt=_attempt(request), now=clock.now(),
        )  # fmt: skip
        payment = begin(payment)
        headers = {"Location": f"{request.path}/{payment.pk}"}
        return Response(_detail(self.find(_rows(self.actor), payment.pk), self.actor), status=201, headers=headers)


class PaymentPrice(Resource):
    @operation(
        "What paying costs", right="payment.make", tag="payments", body=NewPayment, answers={200: Prices},
        example={"invoices": [{"number": "R-2026-0042", "amount": "119.00"}]},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The all-in price of each way of paying, before anything is paid: nothing moves. It holds for 30 minutes."""
        new: NewPayment = self.body()
        shares, on_account = shares_of(self.actor, new.invoices), on_account_of(self.actor, new.on_account)
        payee, amount = payee_and_amount(shares, on_account)
        accounts = [*(invoice.account for invoice, _ in shares), *on_account]
        return Response(prices(payee, amount, accounts, now=clock.now()))


class PaymentOne(Resource):
    @operation("Read a payment", right="payment.view", tag="payments", answers={200: PaymentDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class PaymentPlan(Resource):
    @operation("Move a planned payment", right="payment.make", tag="payments", body=NewDay,
               answers={200: PaymentDetail}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """To another day, before its own has come."""
        new: NewDay = self.body()
        replan(self.actor, self.find(_rows(self.actor), id), new.planned_for, now=clock.now())
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class PaymentCancel(Resource):
    @operation("Cancel a payment", right="payment.make", tag="payments", body=Nothing, answers={202: PaymentDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The gateway is asked to close it; what became of it then stands at its address."""
        self.body()
        payment = self.find(_rows(self.actor), id)
        if payment.state == "planned":
            payment.drop_plan(self.actor, now=clock.now())
        else:
            request_cancel(self.actor, payment, now=clock.now())
        location = request.path.removesuffix("/cancel")
        found = self.find(_rows(self.actor), id)
        return Response(_detail(found, self.actor), status=202, headers={"Location": location})


def _rows(actor: Any) -> QuerySet[Payment]:
    rows = Payment.objects.visible_to(actor).select_related("legal_entity")
    return rows.prefetch_related("shares__invoice", "on_account")


def _attempt(request: Any) -> UUID:
    """The domain's own key, which holds where the stored answer got lost."""
    key = idempotency.key_of(request, required=True)
    return uuid5(request.auth.organisation_id, f"{request.auth.person_id or 'key'} {key}")


def _head(payment: Payment, actor: Any) -> dict[str, Any]:
    return {
        "id": payment.pk, "number": payment.number, "state": payment.state, "state_since": payment.state_since,
        "gateway": payment.gateway, "method": payment.method, "means": payment.means,
        "reference": payment.reference, "currency": payment.currency,
        "amount": payment.amount.text, "surcharge": payment.surcharge.text,
        "saved_method": payment.saved_method_id if actor.side == "buyer" else None,
        "submitted_at": payment.submitted_at, "settled_at": payment.settled_at,
        "expires_at": payment.expires_at, "planned_for": payment.planned_for,
        "received": payment.received.text if payment.received is not None else "",
        "failure": payment.failure, "failure_sentence": payment.failure_sentence,
        # Whoever has it can pay there: the payer's alone.
        "checkout_url": payment.checkout_url if actor.side == "buyer" else "",
    }  # fmt: skip


def _detail(payment: Payment, actor: Any) -> PaymentDetail:
    shares = [Share(share.invoice_id, share.invoice.number, share.amount.text) for share in payment.shares.all()]
    kept = [OnAccount(row.account_id, row.amount.text) for row in payment.on_account.all()]
    return PaymentDetail(**_head(payment, actor), invoices=shares, on_account=kept, pay_to=_pay_to(payment))


def _pay_to(payment: Payment) -> PayTo | None:
    accounts = accounts_for(payment.legal_entity, payment.currency)
    if payment.method != "bank_transfer" or payment.state not in ON_THE_WAY or not accounts:
        return None
    account = accounts[0]
    return PayTo(account.get("holder") or payment.legal_entity.name, account.get("iban", ""), account.get("bic", ""))
