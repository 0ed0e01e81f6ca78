"""Authority requests: what somebody of the supplier's wants done above their limit; people decide it on the desk."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.dispute_actions import Empty
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from workflows.authority import AuthorityRequest


class AuthorityRequestItem(msgspec.Struct):
    """`kind` is whose limit counts (`credit`, `write_off`, `waiver`, `refund`, `plan`, `discount`); `about` is the id
    of the row."""

    id: UUID
    state: str
    kind: str
    about: UUID
    about_number: str
    currency: str
    amount: str
    reason: str
    answer: str
    asked_at: datetime
    decided_at: datetime | None
    actions: list[shapes.Action]


class AuthorityRequestQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(AuthorityRequest)]})] = ""


class AuthorityRequestList(Resource):
    @operation("List what waits for a second person", right="authority.ask", tag="authority",
               query=AuthorityRequestQuery, answers={200: Page[AuthorityRequestItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: AuthorityRequestQuery = self.query()
        rows: QuerySet[AuthorityRequest] = AuthorityRequest.objects.visible_to(self.actor)
        if query.state:
            rows = rows.filter(state=shapes.one_of(query.state, shapes.states(AuthorityRequest), "?state"))
        return self.page(rows, query, lambda row: _item(row, self.actor))


class AuthorityRequestOne(Resource):
    @operation("Read what waits for a second person", right="authority.ask", tag="authority",
               answers={200: AuthorityRequestItem})  # fmt: skip
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(AuthorityRequest.objects.visible_to(self.actor), id), self.actor))


class AuthorityRequestWithdraw(Resource):
    @operation("Take a request back", right="authority.ask", tag="authority", body=Empty,
               answers={200: AuthorityRequestItem})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """By whoever asked; a second person, and no program, grants or declines it on the desk."""
        self.body()
        row = self.find(AuthorityRequest.objects.visible_to(self.actor), id)
        row.withdraw(self.actor, now=clock.now())
        return Response(_item(row, self.actor))


def _item(row: AuthorityRequest, actor: Any) -> AuthorityRequestItem:
    can = [action for action in shapes.actions(row, actor) if action.name == "withdraw"]
    return AuthorityRequestItem(
        id=row.pk, state=row.state, kind=row.kind, about=row.about_id, about_number=row.about_number,
        currency=row.currency, amount=row.amount.text, reason=row.reason, answer=row.answer, asked_at=row.asked_at,
        decided_at=row.decided_at, actions=can,
    )  # fmt: skip
