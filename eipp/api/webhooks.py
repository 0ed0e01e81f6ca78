"""Webhooks: addresses of your own that are called with each event, and what came of each call."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.models import Organisation
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Nothing, Page, Query, Resource
from eipp.kernel.outside_address import LONGEST
from messaging.webhook import (
    RIGHT,
    WebhookEndpoint,
    add_webhook,
    change_webhook,
    endpoints_of,
    remove_webhook,
    rotate_secret,
    switch,
    try_out,
)
from messaging.webhook_call import WebhookCall, calls_of, repeat, repeat_range

Url = Annotated[str, Meta(min_length=1, max_length=LONGEST, examples=["https://erp.example.com/eipp"])]
Title = Annotated[str, Meta(max_length=100)]
EventName = Annotated[str, Meta(min_length=1, max_length=60, examples=["invoice.presented"])]
Names = Annotated[list[EventName], Meta(max_length=200)]
Position = Annotated[int, Meta(ge=0, le=2**62)]
STATES: dict[str, dict[str, Any]] = {
    "waiting": {"taken_at": None, "failed_at": None},
    "taken": {"taken_at__isnull": False},
    "failed": {"taken_at": None, "failed_at__isnull": False},
}


class WebhookItem(msgspec.Struct):
    """`names`: of the events that it hears, none for all. Switched off, `reason` says why where we did it."""

    id: UUID
    url: str
    title: str
    names: list[str]
    active: bool
    reason: str
    failing_since: datetime | None
    created_at: datetime


class WebhookSecret(WebhookItem):
    """`secret` is shown this once: verify each call by it, as Standard Webhooks says."""

    secret: str


class WebhookTry(msgspec.Struct):
    """One try: the status that the receiver answered and the first KB of its answer, or `fault`: why none came."""

    tried_at: datetime
    status: int | None
    milliseconds: int
    answer: str
    fault: str


class WebhookCallItem(msgspec.Struct):
    """One event for this webhook, by its `position` in the feed. `state`: waiting (until `retry_at`), taken, failed."""

    id: UUID
    position: int
    name: str
    state: str
    made_at: datetime
    retry_at: datetime
    taken_at: datetime | None
    tries: list[WebhookTry]


class NewWebhook(shapes.Written):
    """No `names`: all events that you may see."""

    url: Url
    title: Title = ""
    names: Names = []


class WebhookChange(shapes.Written):
    """What is left out stays. `active` switches it off and on; what waits meanwhile is kept."""

    url: Url | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    names: Names | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Rotation(shapes.Written):
    """For how many hours the former secret signs as well."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 24


class Repetition(shapes.Written):
    """Give `calls`, or positions in the feed: all behind `after`, up to `until`."""

    calls: Annotated[list[UUID], Meta(max_length=500)] = []
    after: Position | None = None
    until: Position | None = None


class Repeated(msgspec.Struct):
    """How many events are told again; `next` is the position to go on behind, where a range is longer than 1,000."""

    count: int
    next: int | None


class CallQuery(Query):
    state: Annotated[str, Meta(max_length=10, extra_json_schema={"enum": ["", *STATES]})] = ""


class WebhookList(Resource):
    @operation("List webhooks", right=RIGHT, tag="webhooks", query=Query, answers={200: Page[WebhookItem]})
    def get(self, request: Request) -> Response:
        return self.page(endpoints_of(self.actor), self.query(), lambda row: WebhookItem(**_head(row)))

    @operation("Add a webhook", right=RIGHT, tag="webhooks", body=NewWebhook, answers={201: WebhookSecret}, secret=True,
               example={"url": "https://erp.example.com/eipp", "names": ["invoice.presented"]})  # fmt: skip
    def post(self, request: Request) -> Response:
        """The address must be reachable from the Internet; what happens from now on is told to it. Each call carries
        `webhook-id` (the same when an event is told again), `webhook-timestamp` and `webhook-signature`."""
        new: NewWebhook = self.body()
        own = Organisation.objects.visible_to(self.actor).get(pk=self.actor.organisation_id or "")
        row, secret = add_webhook(self.actor, own, url=new.url, title=new.title, names=new.names)
        return Response(_with(row, secret), status=201, headers={"Location": f"{request.path}/{row.pk}"})


class WebhookOne(Resource):
    @operation("Read a webhook", right=RIGHT, tag="webhooks", answers={200: WebhookItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(WebhookItem(**_head(self.find(endpoints_of(self.actor), id))))

    @operation("Change a webhook", right=RIGHT, tag="webhooks", body=WebhookChange, answers={200: WebhookItem})
    def patch(self, request: Request, id: UUID) -> Response:
        row = self.find(endpoints_of(self.actor), id)
        change: WebhookChange = self.body()
        said = {name: getattr(change, name) for name in ("url", "title", "names")}
        said = {name: value for name, value in said.items() if value is not UNSET}
        if said:
            row = change_webhook(self.actor, row, **said)
        if isinstance(change.active, bool):
            row = switch(self.actor, row, on=change.active)
        return Response(WebhookItem(**_head(row)))


class WebhookRotate(Resource):
    @operation(
        "Draw a new secret", right=RIGHT, tag="webhooks", body=Rotation, answers={200: WebhookSecret}, secret=True
    )
    def post(self, request: Request, id: UUID) -> Response:
        row = self.find(endpoints_of(self.actor), id)
        overlap = timedelta(hours=self.body().overlap_hours)
        return Response(_with(*rotate_secret(self.actor, row, overlap=overlap)))


class WebhookTest(Resource):
    @operation("Try a webhook out", right=RIGHT, tag="webhooks", body=Nothing, answers={202: WebhookItem})
    def post(self, request: Request, id: UUID) -> Response:
        """Calls it with an event of its own, `webhook.tested`, whatever names it hears."""
        row = self.find(endpoints_of(self.actor), id)
        self.body()
        try_out(self.actor, row)
        return Response(WebhookItem(**_head(row)), status=202)


class WebhookRemove(Resource):
    @operation("Remove a webhook", right=RIGHT, tag="webhooks", body=Nothing, answers={200: WebhookItem})
    def post(self, request: Request, id: UUID) -> Response:
        row = self.find(endpoints_of(self.actor), id)
        self.body()
        remove_webhook(self.actor, row)
        return Response(WebhookItem(**_head(row) | {"active": False}))


class WebhookCalls(Resource):
    @operation("List the calls of a webhook", right=RIGHT, tag="webhooks", query=CallQuery,
               answers={200: Page[WebhookCallItem]})  # fmt: skip
    def get(self, request: Request, id: UUID) -> Response:
        """The newest events first; the log of tries is kept for thirty days."""
        query: CallQuery = self.query()
        row = self.find(endpoints_of(self.actor), id)
        calls = calls_of(self.actor, row)
        if query.state:
            shapes.one_of(query.state, STATES, "?state")
            calls = calls.filter(**STATES[query.state])
        return self.page(calls, query, _call, order="-position")


class WebhookRepeat(Resource):
    @operation("Tell events again", right=RIGHT, tag="webhooks", body=Repetition, answers={202: Repeated})
    def post(self, request: Request, id: UUID) -> Response:
        row = self.find(endpoints_of(self.actor), id)
        wanted: Repetition = self.body()
        if wanted.after is not None:
            count, following = repeat_range(self.actor, row, after=wanted.after, until=wanted.until)
            return Response(Repeated(count, following), status=202)
        calls = calls_of(self.actor, row).filter(pk__in=wanted.calls)
        return Response(Repeated(repeat(self.actor, calls), None), status=202)


def _with(row: WebhookEndpoint, secret: str) -> WebhookSecret:
    return WebhookSecret(**_head(row), secret=secret)


def _head(row: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": row.pk, "url": row.url, "title": row.title, "names": row.names, "active": row.is_on,
        "reason": row.reason, "failing_since": row.failing_since, "created_at": row.created_at,
    }  # fmt: skip


def _call(row: WebhookCall) -> WebhookCallItem:
    tries = [WebhookTry(each.tried_at, each.status, each.milliseconds, each.answer, each.fault)
             for each in row.tries.all()]  # fmt: skip
    return WebhookCallItem(row.pk, row.position, row.name, row.state, row.made_at, row.retry_at, row.taken_at, tries)
