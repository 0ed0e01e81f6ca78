"""Early-payment offers: open invoices paid before they are due, for a discount by the day."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import idempotency, shapes
from eipp.api.operation import operation
from eipp.api.payments import Nothing
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.ledger.agreed_discount import Scale
from eipp.ledger.models import Invoice
from workflows import offering
from workflows.offer import RIGHT, WAITING, Offer
from workflows.offer_answer import missing
from workflows.offer_terms import MOST_STEPS, paying_days, scale_asked

Percent = Annotated[str, Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$", max_length=8, examples=["12.5"],
                              description="Percent, with at most four decimals.")]  # fmt: skip


class OfferStep(shapes.Written):
    """So many percent off whatever is paid by the end of a day."""

    percent: Percent
    until: date


class OfferItem(msgspec.Struct):
    """`answer_by_side`: who answers, `buyer` or `supplier`; `least_discount`: what paying on `pay_by`, the last day,
    takes off; `won`: what was earned; `by_itself`: the supplier's standing terms accepted it."""

    id: UUID
    number: str
    state: str
    state_since: datetime
    account: UUID
    currency: str
    amount: str
    least_discount: str
    won: str
    pay_by: date
    answer_by: date
    answer_by_side: str
    proposed_by_side: str
    by_itself: bool
    version: int
    accepted_at: datetime | None


class OfferedInvoice(msgspec.Struct):
    """`left_out`: it was disputed, paid or withdrawn when the rest was agreed."""

    invoice: UUID
    invoice_number: str
    due_on: date
    amount: str
    won: str
    left_out: bool


class OfferDay(msgspec.Struct):
    """What paying all of it on a day comes to; `yearly_rate` in percent."""

    on: date
    discount: str
    to_pay: str
    yearly_rate: str


class OfferDetail(OfferItem):
    """`yearly_rate` or `steps` are the latest terms; `days` what each paying day from today on comes to;
    `approvals_missing`: how many of the buyer's people have yet to agree, told to the buyer alone."""

    comment: str
    yearly_rate: str | None
    steps: list[OfferStep]
    invoices: list[OfferedInvoice]
    days: list[OfferDay]
    approvals_missing: int | None
    actions: list[shapes.Action]


class OfferQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Offer)]})] = ""


class Terms(shapes.Written):
    """A yearly rate up to `pay_by`, or steps. `answer_by` is a week from now where it is not said."""

    yearly_rate: Percent | None = None
    pay_by: date | None = None
    steps: Annotated[list[OfferStep], Meta(max_length=MOST_STEPS)] = []
    answer_by: date | None = None
    comment: Annotated[str, Meta(max_length=1000)] = ""


class NewOffer(Terms, kw_only=True):
    invoices: Annotated[list[UUID], Meta(min_length=1, max_length=offering.MOST_INVOICES)]


class Reason(shapes.Written):
    reason: Annotated[str, Meta(max_length=1000)] = ""


class OfferList(Resource):
    @operation("List early-payment offers", right="payment.view", tag="offers", query=OfferQuery,
               answers={200: Page[OfferItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: OfferQuery = self.query()
        rows = _rows(self.actor)
        if query.state:
            rows = rows.filter(state=shapes.one_of(query.state, shapes.states(Offer), "?state"))
        return self.page(rows, query, lambda row: OfferItem(**_head(row)))

    @operation(
        "Propose an early payment", right=RIGHT, tag="offers", body=NewOffer, answers={201: OfferDetail}, money=True,
        example={
            "invoices": ["0199d0a0-0000-7000-8000-000000000000"], "yearly_rate": "12", "pay_by": "2026-12-04",
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Open, undisputed invoices of one account and currency, all that is free of them. What the supplier's standing
        terms give is accepted at once; what its person may not give alone is `drafted` until a second one lets it go.
        """
        new: NewOffer = self.body()
        offer = offering.propose(
            self.actor, self._invoices(new.invoices), _scale(new), expires_on=new.answer_by, comment=new.comment,
            attempt=_attempt(request), now=clock.now(),
        )  # fmt: skip
        headers = {"Location": f"{request.path}/{offer.pk}"}
        return Response(_detail(self.find(_rows(self.actor), offer.pk), self.actor), status=201, headers=headers)

    def _invoices(self, asked: list[UUID]) -> list[Invoice]:
        found = Invoice.objects.visible_to(self.actor).in_bulk(asked)
        for index, key in enumerate(asked):
            if key not in found:
                raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422,
                              field=f"invoices[{index}]")  # fmt: skip
        return [found[key] for key in asked]


class OfferOne(Resource):
    @operation("Read an early-payment offer", right="payment.view", tag="offers", answers={200: OfferDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return self.told(id)

    def told(self, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


class OfferAccept(OfferOne):
    @operation("Accept an early-payment offer", right=RIGHT, tag="offers", body=Nothing, answers={200: OfferDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The other side's terms. It is `approving` where the buyer's rules ask for more people; above the limit of the
        supplier's person it stays as it is until a second one agrees."""
        self.body()
        offering.accept(self.actor, self.find(_rows(self.actor), id), now=clock.now())
        return self.told(id)


class OfferCounter(OfferOne):
    @operation("Propose other terms", right=RIGHT, tag="offers", body=Terms, answers={200: OfferDetail}, money=True,
               example={"steps": [{"percent": "1.2", "until": "2026-12-04"}]})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """For the same invoices; the other side answers."""
        new: Terms = self.body()
        offer = self.find(_rows(self.actor), id)
        offering.counter(self.actor, offer, _scale(new), expires_on=new.answer_by, comment=new.comment, now=clock.now())
        return self.told(id)


class OfferApprove(OfferOne):
    @operation("Approve an early payment", right="approval.decide", tag="offers", body=Nothing,
               answers={200: OfferDetail}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """By one of the buyer's approvers; the last one that the rules ask for lets it hold."""
        self.body()
        offering.approve(self.actor, self.find(_rows(self.actor), id), now=clock.now())
        return self.told(id)


class OfferReject(OfferOne):
    @operation("Do not approve an early payment", right="approval.decide", tag="offers", body=Reason,
               answers={200: OfferDetail}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        said: Reason = self.body()
        self.find(_rows(self.actor), id).reject(self.actor, now=clock.now(), reason=said.reason)
        return self.told(id)


class OfferDecline(OfferOne):
    @operation("Decline an early-payment offer", right=RIGHT, tag="offers", body=Reason, answers={200: OfferDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        said: Reason = self.body()
        self.find(_rows(self.actor), id).decline(self.actor, now=clock.now(), reason=said.reason)
        return self.told(id)


class OfferWithdraw(OfferOne):
    @operation("Withdraw an early-payment offer", right=RIGHT, tag="offers", body=Nothing, answers={200: OfferDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """One's own, as long as it is not agreed; while the buyer's approvers decide, either side can."""
        self.body()
        self.find(_rows(self.actor), id).withdraw(self.actor, now=clock.now())
        return self.told(id)


def _rows(actor: Any) -> QuerySet[Offer]:
    rows: QuerySet[Offer] = Offer.objects.visible_to(actor).select_related("supplier")
    return rows


def _attempt(request: Any) -> UUID:
    """The domain's own key, which holds where the stored answer got lost."""
    key = idempotency.key_of(request, required=True)
    return uuid5(request.auth.organisation_id, f"offer {request.auth.person_id or 'key'} {key}")


def _scale(terms: Terms) -> Scale:
    steps = [(Decimal(step.percent), step.until) for step in terms.steps]
    until = terms.pay_by or max((day for _, day in steps), default=None)
    if until is None:
        raise Refusal("day_missing", "Say until which day paying earns the discount.", status=422, field="pay_by")
    yearly = Decimal(terms.yearly_rate) if terms.yearly_rate is not None else None
    return scale_asked(until=until, yearly=yearly, steps=steps, today=clock.today())


def _head(row: Offer) -> dict[str, Any]:
    other = "supplier" if row.turn == "buyer" else "buyer"
    return {
        "id": row.pk, "number": row.number, "state": row.state, "state_since": row.state_since,
        "account": row.account_id, "currency": row.currency, "amount": row.amount.text,
        "least_discount": row.least.text, "won": row.won.text, "pay_by": row.until, "answer_by": row.expires_on,
        "answer_by_side": other, "proposed_by_side": row.proposed_side, "by_itself": row.by_itself,
        "version": row.version, "accepted_at": row.accepted_at,
    }  # fmt: skip


def _detail(row: Offer, actor: Any) -> OfferDetail:
    terms, kept = row.latest, row.kept()
    scale, now = terms.scale, clock.now()
    days = paying_days(kept, scale, first=row.today(now)) if row.state in (*WAITING, "accepted") else []
    shares = row.shares.select_related("invoice").order_by("due_on", "pk")
    return OfferDetail(
        **_head(row), comment=terms.comment, yearly_rate=shapes.plain(scale.yearly),
        steps=[OfferStep(percent=f"{percent:f}", until=last) for percent, last in scale.steps],
        invoices=[
            OfferedInvoice(share.invoice_id, share.invoice.number, share.due_on, share.amount.text, share.won.text,
                           share.left_out) for share in shares
        ],
        days=[OfferDay(day.on, day.discount.text, day.to_pay.text, f"{day.yearly:f}") for day in days],
        approvals_missing=missing(row) if actor.side == "buyer" else None, actions=shapes.actions(row, actor),
    )  # fmt: skip
