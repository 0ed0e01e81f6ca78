"""Instalment plans: open invoices paid in parts on agreed days."""

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
from eipp.api.payments import Nothing
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows import planning
from workflows.plan import RIGHT, Plan
from workflows.plan_parts import MOST
from workflows.saved_method import SavedMethod


class PlanItem(msgspec.Struct):
    """`proposed_by_side` is `buyer` or `supplier`; `change_by_side` who wants other instalments, empty for nobody.
    `is_charged`: each instalment is charged on its day to what the payer has saved."""

    id: UUID
    number: str
    state: str
    state_since: datetime
    currency: str
    amount: str
    came: str
    comment: str
    version: int
    grace_days: int
    proposed_by_side: str
    change_by_side: str
    agreed_at: datetime | None
    is_charged: bool


class Instalment(shapes.Written):
    due_on: date
    amount: shapes.Amount


class PlannedInvoice(msgspec.Struct):
    invoice: UUID
    invoice_number: str
    amount: str
    came: str


class PlanDetail(PlanItem):
    invoices: list[PlannedInvoice]
    instalments: list[Instalment]
    proposed_instalments: list[Instalment]


class PlanQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Plan)]})] = ""


class NewMeans(shapes.Written):
    """saved_method: yours, for that payee; left out, nothing is charged by itself."""

    saved_method: UUID | None = None


class InPlan(shapes.Written):
    """How much of an invoice the plan is about."""

    invoice: UUID
    amount: shapes.Amount


class NewPlan(shapes.Written):
    """The instalments are as much as the invoices' amounts together, to the cent, on days that go on."""

    invoices: Annotated[list[InPlan], Meta(min_length=1, max_length=500)]
    instalments: Annotated[list[Instalment], Meta(min_length=1, max_length=MOST)]
    comment: Annotated[str, Meta(max_length=1000)] = ""


class NewInstalments(shapes.Written):
    instalments: Annotated[list[Instalment], Meta(min_length=1, max_length=MOST)]


class PlanList(Resource):
    @operation("List instalment plans", right="payment.view", tag="plans", query=PlanQuery,
               answers={200: Page[PlanItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: PlanQuery = self.query()
        rows = _rows(self.actor)
        if query.state:
            shapes.one_of(query.state, shapes.states(Plan), "?state")
            rows = rows.filter(state=query.state)
        return self.page(rows, query, lambda row: PlanItem(**_head(row)))

    @operation(
        "Propose an instalment plan", right=RIGHT, tag="plans", body=NewPlan, answers={201: PlanDetail}, money=True,
        example={
            "invoices": [{"invoice": "0199d0a0-0000-7000-8000-000000000000", "amount": "100.00"}],
            "instalments": [{"due_on": "2026-12-01", "amount": "50.00"}, {"due_on": "2027-01-01", "amount": "50.00"}],
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The other side agrees or not; as long as an agreed plan is kept, its invoices are not chased."""
        new: NewPlan = self.body()
        shares = self._shares(new.invoices)
        plan = planning.propose(
            self.actor, shares, _parts(new.instalments, shares[0][1].currency), comment=new.comment,
            attempt=_attempt(request), now=clock.now(),
        )  # fmt: skip
        headers = {"Location": f"{request.path}/{plan.pk}"}
        return Response(_detail(self.find(_rows(self.actor), plan.pk)), status=201, headers=headers)

    def _shares(self, asked: list[InPlan]) -> list[tuple[Invoice, Money]]:
        found = Invoice.objects.visible_to(self.actor).in_bulk([share.invoice for share in asked])
        shares = []
        for index, share in enumerate(asked):
            invoice = found.get(share.invoice)
            if invoice is None:
                raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422,
                              field=f"invoices[{index}].invoice")  # fmt: skip
            shares.append((invoice, shapes.amount(share.amount, invoice.currency, f"invoices[{index}].amount")))
        return shares


class PlanOne(Resource):
    @operation("Read an instalment plan", right="payment.view", tag="plans", answers={200: PlanDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id)))


class PlanMove(Resource):
    """What is done with a plan, without anything to be told."""

    def moved(self, id: UUID, name: str) -> Response:
        self.body()
        plan = self.find(_rows(self.actor), id)
        if name == "agree":
            planning.agree(self.actor, plan, now=clock.now())
        else:
            getattr(plan, name)(self.actor, now=clock.now())
        return Response(_detail(self.find(_rows(self.actor), id)))


class PlanAgree(PlanMove):
    @operation("Agree to a plan", right=RIGHT, tag="plans", body=Nothing, answers={200: PlanDetail}, money=True)
    def post(self, request: Request, id: UUID) -> Response:
        """Only the other side can; above the limit of the supplier's person it stays proposed until a second agrees."""
        return self.moved(id, "agree")


class PlanDecline(PlanMove):
    @operation("Decline a plan", right=RIGHT, tag="plans", body=Nothing, answers={200: PlanDetail}, money=True)
    def post(self, request: Request, id: UUID) -> Response:
        return self.moved(id, "decline")


class PlanWithdraw(PlanMove):
    @operation("Withdraw a proposed plan", right=RIGHT, tag="plans", body=Nothing, answers={200: PlanDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        return self.moved(id, "withdraw")


class PlanChange(Resource):
    @operation("Propose other instalments", right=RIGHT, tag="plans", body=NewInstalments, answers={200: PlanDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The present ones hold until the other side agrees."""
        new: NewInstalments = self.body()
        plan = self.find(_rows(self.actor), id)
        plan.propose_change(self.actor, now=clock.now(), parts=_parts(new.instalments, plan.currency))
        return Response(_detail(self.find(_rows(self.actor), id)))


class PlanAcceptChange(PlanMove):
    @operation("Agree to other instalments", right=RIGHT, tag="plans", body=Nothing, answers={200: PlanDetail},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        return self.moved(id, "accept_change")


class PlanDropChange(PlanMove):
    @operation("Leave a plan as it is", right=RIGHT, tag="plans", body=Nothing, answers={200: PlanDetail}, money=True)
    def post(self, request: Request, id: UUID) -> Response:
        return self.moved(id, "drop_change")


class PlanMeans(Resource):
    @operation("Have instalments charged by themselves", right="payment.make", tag="plans", body=NewMeans,
               answers={200: PlanDetail}, money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Each instalment is charged to a `saved_method` on its day; without one, you pay each yourself. One that could
        not be charged is `plan.not_charged`, and the plan stands until its days of grace are over."""
        new: NewMeans = self.body()
        plan = self.find(_rows(self.actor), id)
        if new.saved_method is None:
            plan.charge_no_more(self.actor, now=clock.now())
        else:
            saved = SavedMethod.objects.visible_to(self.actor).filter(pk=new.saved_method).first()
            if saved is None:
                raise Refusal("unknown_saved_method", "There is no such saved method that you can see.", status=422,
                              field="saved_method")  # fmt: skip
            choose = plan.change_means if plan.state == "agreed" else plan.choose_means
            choose(self.actor, now=clock.now(), saved=saved)
        return Response(_detail(self.find(_rows(self.actor), id)))


def _attempt(request: Any) -> UUID:
    """The domain's own key, which holds where the stored answer got lost."""
    key = idempotency.key_of(request, required=True)
    return uuid5(request.auth.organisation_id, f"plan {request.auth.person_id or 'key'} {key}")


def _rows(actor: Any) -> QuerySet[Plan]:
    rows: QuerySet[Plan] = Plan.objects.visible_to(actor)
    return rows


def _parts(asked: list[Instalment], currency: str) -> list[tuple[date, Money]]:
    return [
        (shapes.day(each.due_on, f"instalments[{index}].due_on"),
         shapes.amount(each.amount, currency, f"instalments[{index}].amount"))
        for index, each in enumerate(asked)
    ]  # fmt: skip


def _head(row: Plan) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "state": row.state, "state_since": row.state_since,
        "currency": row.currency, "amount": row.amount.text, "came": row.came.text, "comment": row.comment,
        "version": row.version, "grace_days": row.grace_days, "proposed_by_side": row.proposed_side,
        "change_by_side": row.change_side, "agreed_at": row.agreed_at, "is_charged": row.saved_method_id is not None,
    }  # fmt: skip


def _detail(row: Plan) -> PlanDetail:
    shares = row.shares.select_related("invoice").order_by("invoice__due_date", "pk")
    invoices = [
        PlannedInvoice(share.invoice_id, share.invoice.number, share.amount.text, share.came.text) for share in shares
    ]
    return PlanDetail(
        **_head(row) | {"came": row.outcome().came.text}, invoices=invoices, instalments=_told(row, row.version),
        proposed_instalments=_told(row, row.version + 1) if row.change_side else [],
    )  # fmt: skip


def _told(row: Plan, version: int) -> list[Instalment]:
    return [Instalment(due_on=part.due_on, amount=part.amount.text) for part in row.parts(version)]
