"""Autopay: the buyers' standing orders, to be read and ended; setting one up asks a person who they are."""

from datetime import datetime
from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api.operation import operation
from eipp.api.payments import Nothing
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from workflows.autopay import Autopay


class AutopayItem(msgspec.Struct):
    """`account` is empty where it pays for all accounts with the payee; a limit is empty where there is none."""

    id: UUID
    number: str
    state: str
    state_since: datetime
    payee: str
    account: UUID | None
    currency: str
    timing: str
    days: int
    notice_days: int
    cap: str
    month_cap: str
    invoice_cap: str
    only_approved: bool
    stop_reason: str
    stop_sentence: str


class AutopayList(Resource):
    @operation("List autopay orders", right="payment.view", tag="payments", query=Query,
               answers={200: Page[AutopayItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = Autopay.objects.visible_to(self.actor).select_related("legal_entity")
        return self.page(rows, self.query(), _item)


class AutopayOne(Resource):
    @operation("Read an autopay order", right="payment.view", tag="payments", answers={200: AutopayItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(Autopay.objects.visible_to(self.actor), id)))


class AutopayEnd(Resource):
    @operation("End autopay", right="payment.make", tag="payments", body=Nothing, answers={200: AutopayItem},
               money=True)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """What it has planned already stays, and can be cancelled payment by payment."""
        self.body()
        return Response(_item(self.find(Autopay.objects.visible_to(self.actor), id).end(self.actor, now=clock.now())))


def _item(row: Autopay) -> AutopayItem:
    return AutopayItem(
        id=row.pk, number=row.number, state=row.state, state_since=row.state_since, payee=row.legal_entity.name,
        account=row.account_id, currency=row.currency, timing=row.timing, days=row.days, notice_days=row.notice_days,
        cap=row.cap.text if row.cap else "", month_cap=row.month_cap.text if row.month_cap else "",
        invoice_cap=row.invoice_cap.text if row.invoice_cap else "", only_approved=row.only_approved,
        stop_reason=row.stop_reason, stop_sentence=row.stop_sentence,
    )  # fmt: skip
