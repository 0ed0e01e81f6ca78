"""Closed periods: up to which day your books are closed; nothing is posted there any more."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.models import Organisation
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.ledger import posting
from eipp.ledger.models import ClosedPeriod


class PeriodItem(msgspec.Struct):
    """Closed at a moment up to the end of the day `through`, the last of a month."""

    id: UUID
    through: date
    closed_at: datetime


class NewPeriod(shapes.Written):
    through: date


class PeriodList(Resource):
    @operation("List closed periods", right="account.view", tag="periods", query=Query, answers={200: Page[PeriodItem]})
    def get(self, request: Request) -> Response:
        """Empty for buyers: books are the supplier's."""
        query: Query = self.query()
        return self.page(ClosedPeriod.objects.visible_to(self.actor), query, _item, order="-through")

    @operation("Close a period", right="period.close", tag="periods", body=NewPeriod, answers={201: PeriodItem},
               example={"through": "2026-02-28"})  # fmt: skip
    def post(self, request: Request) -> Response:
        """All months up to the last day of one. Corrections that come later are posted in the open period."""
        new: NewPeriod = self.body()
        through = shapes.day(new.through, "through")
        supplier = Organisation.objects.visible_to(self.actor).get(pk=self.actor.organisation_id or "")
        return Response(_item(posting.close_period(self.actor, supplier, through)), status=201)


def _item(row: ClosedPeriod) -> PeriodItem:
    return PeriodItem(row.pk, row.through, row.closed_at)
