"""Charge-backs: what a card's owner took back by the bank, and the evidence set against it."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents.file import StoredFile
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.payments import Nothing
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows import chargeback_talk
from workflows.chargeback import RIGHT, Chargeback


class ChargebackItem(msgspec.Struct):
    """`amount` is what the bank took, `fee` what the provider takes for it; evidence is heard until `answer_by`."""

    id: UUID
    number: str
    state: str
    state_since: datetime
    payment: UUID
    payment_number: str
    currency: str
    amount: str
    fee: str
    failure: str
    failure_sentence: str
    opened_at: datetime
    answer_by: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None


class ChargebackQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Chargeback)]})] = ""


class NewEvidence(shapes.Written):
    """The invoices go with it as PDF; `files` are further ones that were sent to `/files` before."""

    text: Annotated[str, Meta(min_length=1, max_length=20000)]
    files: Annotated[list[UUID], Meta(max_length=50)] = []


class ChargebackList(Resource):
    @operation("List charge-backs", right="payment.view", tag="charge-backs", query=ChargebackQuery,
               answers={200: Page[ChargebackItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: ChargebackQuery = self.query()
        rows = _rows(self.actor)
        if query.state:
            rows = rows.filter(state=shapes.one_of(query.state, shapes.states(Chargeback), "?state"))
        return self.page(rows, query, partial(_item, actor=self.actor))


class ChargebackOne(Resource):
    @operation("Read a charge-back", right="payment.view", tag="charge-backs", answers={200: ChargebackItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(_rows(self.actor), id), self.actor))


class ChargebackAnswer(Resource):
    @operation("Answer a charge-back", right=RIGHT, tag="charge-backs", body=NewEvidence, money=True, atomic=False,
               answers={200: ChargebackItem}, example={"text": "Delivered on 3 March, signed for."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The evidence goes to the provider once; while it is weighed, the customer is not asked to pay again."""
        new: NewEvidence = self.body()
        row = self.find(_rows(self.actor), id)
        files = list(StoredFile.objects.visible_to(self.actor).filter(pk__in=new.files))
        if len(files) < len(set(new.files)):
            raise Refusal("unknown_file", "There is no such file that you can see.", status=422, field="files")
        row.answer(self.actor, text=new.text, files=files, now=clock.now())
        chargeback_talk.send(row, now=clock.now())
        return Response(_item(self.find(_rows(self.actor), id), self.actor))


class ChargebackLose(Resource):
    @operation("Take the loss of a charge-back", right=RIGHT, tag="charge-backs", body=Nothing, money=True,
               answers={200: ChargebackItem})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The payer keeps the money; the invoices are to be paid in another way."""
        self.body()
        self.find(_rows(self.actor), id).lose(self.actor, now=clock.now())
        return Response(_item(self.find(_rows(self.actor), id), self.actor))


def _rows(actor: Any) -> QuerySet[Chargeback]:
    rows: QuerySet[Chargeback] = Chargeback.objects.visible_to(actor).select_related("payment__legal_entity")
    return rows


def _item(row: Chargeback, actor: Actor) -> ChargebackItem:
    """What the provider takes for it is the supplier's affair."""
    fee = row.fee.text if actor.side == "supplier" else ""
    return ChargebackItem(
        id=row.pk, number=row.number, state=row.state, state_since=row.state_since, payment=row.payment_id,
        payment_number=row.payment.number, currency=row.currency, amount=row.amount.text, fee=fee,
        failure=row.failure, failure_sentence=row.failure_sentence, opened_at=row.opened_at, answer_by=row.answer_by,
        answered_at=row.answered_at, closed_at=row.closed_at,
    )  # fmt: skip
