"""Legal entities: the supplier's bodies that issue and are paid, and who issues their credit notes."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.legal_entity import ISSUERS, choose_issuer
from eipp.accounts.models import LegalEntity
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource

Issuer = Annotated[str, Meta(max_length=10, extra_json_schema={"enum": [word for word, _ in ISSUERS]})]


class LegalEntityItem(msgspec.Struct):
    """`credit_notes_by`: `here`, the platform issues its credit notes, or `erp`, which is asked for each."""

    id: UUID
    code: str
    name: str
    country: str
    vat_id: str
    is_default: bool
    credit_notes_by: str


class LegalEntityChange(shapes.Written):
    credit_notes_by: Issuer


class LegalEntityList(Resource):
    @operation("List legal entities", right="account.view", tag="accounts", query=Query,
               answers={200: Page[LegalEntityItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        """A supplier's own; a buyer has none."""
        return self.page(LegalEntity.objects.visible_to(self.actor), self.query(), _item)


class LegalEntityOne(Resource):
    @operation("Read a legal entity", right="account.view", tag="accounts", answers={200: LegalEntityItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(LegalEntity.objects.visible_to(self.actor), id)))

    @operation("Say who issues credit notes", right="issuer.choose", tag="accounts", body=LegalEntityChange,
               answers={200: LegalEntityItem}, example={"credit_notes_by": "erp"})  # fmt: skip
    def patch(self, request: Request, id: UUID) -> Response:
        """From the next credit on; what your ERP was asked for before stays asked."""
        row = self.find(LegalEntity.objects.visible_to(self.actor), id)
        change: LegalEntityChange = self.body()
        return Response(_item(choose_issuer(self.actor, row, credit_notes_by=change.credit_notes_by)))


def _item(row: LegalEntity) -> LegalEntityItem:
    return LegalEntityItem(
        id=row.pk, code=row.code, name=row.name, country=row.country, vat_id=row.vat_id, is_default=row.is_default,
        credit_notes_by=row.credit_notes_by,
    )  # fmt: skip
