"""Approvals: what waits for the buyer's yes, and the decision."""

from datetime import datetime
from typing import Annotated, Any, Literal
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
from workflows.approval import ApprovalRun, decide


class ApprovalItem(msgspec.Struct):
    """One invoice on its way through your organisation's rules. `missing`: how many approvers are still wanted."""

    id: UUID
    state: str
    state_since: datetime
    invoice: UUID
    invoice_number: str
    currency: str
    payable: str
    covered: str
    quorum: int
    missing: int
    four_eyes: bool
    requested_at: datetime
    actions: list[shapes.Action]


class ApprovalQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(ApprovalRun)]})] = ""
    invoice: UUID | None = None


class Decision(shapes.Written):
    """A rejection needs a reason."""

    verdict: Literal["approve", "reject"]
    reason: Annotated[str, Meta(max_length=1000)] = ""


class ApprovalList(Resource):
    @operation("List approvals", right="invoice.view", tag="approvals", query=ApprovalQuery,
               answers={200: Page[ApprovalItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: ApprovalQuery = self.query()
        if query.state:
            shapes.one_of(query.state, shapes.states(ApprovalRun), "?state")
        wanted = {"state": query.state or None, "invoice": query.invoice}
        rows = _rows(self.actor).filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, lambda run: _item(run, self.actor))


class ApprovalOne(Resource):
    @operation("Read an approval", right="invoice.view", tag="approvals", answers={200: ApprovalItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(_rows(self.actor), id), self.actor))


class ApprovalDecide(Resource):
    @operation("Approve or reject", right="approval.decide", tag="approvals", body=Decision,
               answers={200: ApprovalItem}, example={"verdict": "approve"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The decision belongs to the invoice as it stands, and covers its total less what is disputed now."""
        new: Decision = self.body()
        decide(self.actor, self.find(_rows(self.actor), id), verdict=new.verdict, reason=new.reason, now=clock.now())
        return Response(_item(self.find(_rows(self.actor), id), self.actor))


def _rows(actor: Any) -> QuerySet[ApprovalRun]:
    return ApprovalRun.objects.visible_to(actor).select_related("invoice").prefetch_related("decisions")


def _item(run: ApprovalRun, actor: Any) -> ApprovalItem:
    agreed = {decision.decided_by for decision in run.decisions.all() if decision.verdict == "approved"}
    return ApprovalItem(
        id=run.pk, state=run.state, state_since=run.state_since, invoice=run.invoice_id,
        invoice_number=run.invoice.number, currency=run.currency, payable=run.invoice.payable.text,
        covered=run.covered.text, quorum=run.quorum, missing=max(0, run.quorum - len(agreed)),
        four_eyes=run.four_eyes, requested_at=run.requested_at, actions=shapes.actions(run, actor),
    )  # fmt: skip
