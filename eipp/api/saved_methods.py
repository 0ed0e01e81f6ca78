"""Saved methods: the cards and bank accounts that a buyer keeps, as its programs may list, put first and remove them.

One is saved by a person on the portal, who proves who they are; a program never sees a number or a token.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from workflows import method_setup, saved_method
from workflows.saved_method import SavedMethod


class SavedMethodItem(msgspec.Struct):
    """`standing`: open, verifying, failed, usable, expired, stopped or removed; `may_use`: whether you pay with it."""

    id: UUID
    payee: UUID
    payee_name: str
    gateway: str
    kind: str
    name: str
    label: str
    expires_on: date | None
    is_default: bool
    standing: str
    stop_reason: str
    stop_sentence: str
    may_use: bool
    saved_at: datetime | None


class NoFields(shapes.Written):
    """Nothing is to be said."""


class SavedMethodList(Resource):
    @operation("List saved methods", right="payment.make", tag="payments", query=Query,
               answers={200: Page[SavedMethodItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: Query = self.query()
        rows = SavedMethod.objects.visible_to(self.actor).filter(removed_at=None)
        rows = rows.select_related("legal_entity", "buyer").prefetch_related("people")
        return self.page(rows, query, self._item)

    def _item(self, row: SavedMethod) -> SavedMethodItem:
        return item(row, may_use=row.usable(self.actor, on=clock.today(row.buyer.time_zone)))


class SavedMethodOne(Resource):
    @operation("Read a saved method", right="payment.make", tag="payments", answers={200: SavedMethodItem})
    def get(self, request: Request, id: UUID) -> Response:
        rows = SavedMethod.objects.visible_to(self.actor).select_related("legal_entity", "buyer")
        row = self.find(rows, id)
        return Response(item(row, may_use=row.usable(self.actor)))


class SavedMethodDefault(Resource):
    @operation("Put a saved method first", right="method.keep", tag="payments", body=NoFields,
               answers={200: SavedMethodItem})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """It is offered first for its payee from now on."""
        self.body()
        rows = SavedMethod.objects.visible_to(self.actor).select_related("legal_entity", "buyer")
        saved_method.make_default(self.actor, self.find(rows, id), now=clock.now())
        row = self.find(rows, id)
        return Response(item(row, may_use=row.usable(self.actor)))


class SavedMethodRemove(Resource):
    @operation("Remove a saved method", right="method.keep", tag="payments", body=NoFields,
               answers={200: SavedMethodItem})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """It is charged no more, and the payment provider forgets it."""
        self.body()
        rows = SavedMethod.objects.visible_to(self.actor).select_related("legal_entity", "buyer")
        saved_method.remove(self.actor, self.find(rows, id), now=clock.now())
        row = self.find(rows, id)
        method_setup.note(row.gateway, row.pk)
        return Response(item(row, may_use=False))


def item(row: SavedMethod, *, may_use: bool) -> SavedMethodItem:
    return SavedMethodItem(
        id=row.pk, payee=row.legal_entity_id, payee_name=row.legal_entity.name, gateway=row.gateway, kind=row.kind,
        name=row.name, label=row.label, expires_on=row.expires_on, is_default=row.is_default,
        standing=row.standing(clock.today(row.buyer.time_zone)), stop_reason=row.stop_reason,
        stop_sentence=row.stop_sentence, may_use=may_use, saved_at=row.saved_at,
    )  # fmt: skip
