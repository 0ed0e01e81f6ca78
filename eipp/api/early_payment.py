"""Early payment: what a supplier's company gives by itself to who asks to pay early."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.api import shapes
from eipp.api.offers import Percent
from eipp.api.operation import operation
from eipp.api.resource import Resource
from eipp.kernel import clock
from workflows.offer_setting import RIGHT, OfferSetting, set_setting, standing_of


class StandingTerms(msgspec.Struct):
    """`accounts`: those that get it, none for all of the company's; a buyer is told its own accounts, and
    neither `legal_entity` nor `largest`."""

    legal_entity: UUID | None
    currency: str
    yearly_rate: str
    least_days: int
    largest: str | None
    accounts: list[UUID]
    active: bool


class StandingTermsList(msgspec.Struct):
    items: list[StandingTerms]


class NewStandingTerms(shapes.Written):
    """`least_days`: how many days before the due date the last paying day is at least; `largest`: how much may be out
    at these terms at one time."""

    currency: shapes.Currency
    yearly_rate: Percent
    least_days: Annotated[int, Meta(ge=1, le=180)] = 1
    largest: shapes.Amount | None = None
    accounts: Annotated[list[UUID], Meta(max_length=500)] = []
    active: bool = True


class EarlyPayment(Resource):
    @operation("List what is given for early payment", right="payment.view", tag="offers",
               answers={200: StandingTermsList})  # fmt: skip
    def get(self, request: Request) -> Response:
        """A supplier's own terms; for a buyer what its accounts get without anybody answering."""
        if self.actor.side == "supplier":
            rows = OfferSetting.objects.visible_to(self.actor).order_by("legal_entity", "currency")
            return Response(StandingTermsList([_item(row) for row in rows]))
        accounts = list(CustomerAccount.objects.visible_to(self.actor).order_by("pk"))
        found: dict[UUID, StandingTerms] = {}
        for (account, _), row in standing_of(accounts, [each.currency for each in accounts]).items():
            if row.pk not in found:
                found[row.pk] = msgspec.structs.replace(_item(row), legal_entity=None, largest=None, accounts=[])
            found[row.pk].accounts.append(account)
        return Response(StandingTermsList(list(found.values())))


class EarlyPaymentOne(Resource):
    @operation(
        "Say what is given for early payment", right=RIGHT, tag="offers", body=NewStandingTerms,
        answers={200: StandingTerms}, example={"currency": "EUR", "yearly_rate": "9", "least_days": 5},
    )  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """By a legal entity in a currency, to whoever asks for no more; from now on."""
        entity = self.find(LegalEntity.objects.visible_to(self.actor), id)
        new: NewStandingTerms = self.body()
        largest = shapes.amount(new.largest, new.currency, "largest") if new.largest is not None else None
        row = set_setting(
            self.actor, entity, new.currency, yearly=Decimal(new.yearly_rate), least_days=new.least_days,
            largest=largest, chosen=new.accounts, active=new.active, now=clock.now(),
        )  # fmt: skip
        return Response(_item(row))


def _item(row: OfferSetting) -> StandingTerms:
    return StandingTerms(
        legal_entity=row.legal_entity_id, currency=row.currency, yearly_rate=f"{row.yearly:f}",
        least_days=row.least_days, largest=row.largest.text if row.largest else None,
        accounts=[UUID(key) for key in row.chosen], active=row.active,
    )  # fmt: skip
