"""Payments: one payment for many invoices of one payee; the payer gives card or account on the gateway's own page."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from django.conf import settings
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import idempotency, shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.gateways.gateway import Way, ways
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows.gateway_talk import open_checkout, request_cancel
from workflows.intent import MOST_INVOICES, enter
from workflows.payee import accounts_for
from workflows.payment import METHODS, ON_THE_WAY, Payment


class PaymentItem(msgspec.Struct):
    """`checkout_url` is the gateway's page on which the payer pays, while it is open.

    `means` says what it was paid with ("card ending 4242"); a bank transfer carries the `reference`. `received` is what
    came, empty before. `pay_to` is the payee's verified account while a transfer is waited for, until `expires_at`.
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
    submitted_at: datetime
    settled_at: datetime | None
    expires_at: datetime | None
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


class PaymentDetail(PaymentItem):
    invoices: list[Share]
    pay_to: PayTo | None


class PaymentQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Payment)]})] = ""
    invoice: UUID | None = None


class NewShare(shapes.Written):
    invoice: UUID
    amount: shapes.Amount


class NewPayment(shapes.Written):
    """Invoices of one payee in one currency, each with the amount to pay on it.

    `method` and `gateway` say how; left out, the first that takes the currency is meant.
    """

    invoices: Annotated[list[NewShare], Meta(min_length=1, max_length=MOST_INVOICES)]
    method: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *METHODS]})] = ""
    gateway: Annotated[str, Meta(max_length=30)] = ""


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
        shares = self._shares(new.invoices)
        way = _way(new, shares[0][1].currency)
        payment = enter(
            self.actor, shares, gateway=way.gateway, method=way.method, attempt=_attempt(request), now=clock.now()
        )
        if payment.state == "submitted" and not payment.checkout_url:
            payment = open_checkout(payment)
        headers = {"Location": f"{request.path}/{payment.pk}"}
        return Response(_detail(self.find(_rows(self.actor), payment.pk), self.actor), status=201, headers=headers)

    def _shares(self, asked: list[NewShare]) -> list[tuple[Invoice, Money]]:
        found = Invoice.objects.visible_to(self.actor).in_bulk([share.invoice for share in asked])
        shares = []
        for index, share in enumerate(asked):
            invoice = found.get(share.invoice)
            if invoice is None:
                raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422,
                              field=f"invoices[{index}].invoice")  # fmt: skip
            shares.append((invoice, shapes.amount(share.amount, invoice.currency, f"invoices[{index}].amount")))
        return shares


class PaymentOne(Resource):
    @operation("Read a payment", right="payment.view", tag="payments", answers={200: PaymentDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class PaymentCancel(Resource):
    @operation("Cancel a payment", right="payment.make", tag="payments", body=Nothing, answers={202: PaymentDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The gateway is asked to close it; what became of it then stands at its address."""
        self.body()
        payment = self.find(_rows(self.actor), id)
        request_cancel(self.actor, payment, now=clock.now())
        location = request.path.removesuffix("/cancel")
        found = self.find(_rows(self.actor), id)
        return Response(_detail(found, self.actor), status=202, headers={"Location": location})


def _way(new: NewPayment, currency: str) -> Way:
    """The first way of paying this currency that fits what was said."""
    if new.gateway:
        shapes.one_of(new.gateway, settings.GATEWAYS, "gateway")
    if new.method:
        shapes.one_of(new.method, METHODS, "method")
    fitting = [way for way in ways(currency) if new.gateway in ("", way.gateway) and new.method in ("", way.method)]
    if not fitting:
        said = METHODS.get(new.method, "This")
        raise Refusal("method_not_offered", f"{said} is no way of paying {currency} here.", status=422, field="method")
    return fitting[0]


def _rows(actor: Any) -> QuerySet[Payment]:
    rows = Payment.objects.visible_to(actor).select_related("legal_entity")
    return rows.prefetch_related("shares__invoice")


def _attempt(request: Any) -> UUID:
    """The domain's own key, which holds where the stored answer got lost."""
    key = idempotency.key_of(request, required=True)
    return uuid5(request.auth.organisation_id, f"{request.auth.person_id or 'key'} {key}")


def _head(payment: Payment, actor: Any) -> dict[str, Any]:
    return {
        "id": payment.pk, "number": payment.number, "state": payment.state, "state_since": payment.state_since,
        "gateway": payment.gateway, "method": payment.method, "means": payment.means,
        "reference": payment.reference, "currency": payment.currency,
        "amount": payment.amount.text, "submitted_at": payment.submitted_at, "settled_at": payment.settled_at,
        "expires_at": payment.expires_at, "received": payment.received.text if payment.received is not None else "",
        "failure": payment.failure, "failure_sentence": payment.failure_sentence,
        # Whoever has it can pay there: the payer's alone.
        "checkout_url": payment.checkout_url if actor.side == "buyer" else "",
    }  # fmt: skip


def _detail(payment: Payment, actor: Any) -> PaymentDetail:
    shares = [Share(share.invoice_id, share.invoice.number, share.amount.text) for share in payment.shares.all()]
    return PaymentDetail(**_head(payment, actor), invoices=shares, pay_to=_pay_to(payment))


def _pay_to(payment: Payment) -> PayTo | None:
    accounts = accounts_for(payment.legal_entity, payment.currency)
    if payment.method != "bank_transfer" or payment.state not in ON_THE_WAY or not accounts:
        return None
    account = accounts[0]
    return PayTo(account.get("holder") or payment.legal_entity.name, account.get("iban", ""), account.get("bic", ""))
