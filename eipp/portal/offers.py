"""Early-payment offers, from the buyer's side: what could be had, what is offered, and asking for it."""

from typing import Any

from eipp.accounts.models import CustomerAccount
from eipp.ledger.models import Invoice
from eipp.web.offer_terms import NewOfferView
from eipp.web.offers import OfferList, OfferView
from workflows.offer import RIGHT
from workflows.offer_setting import standing_of


class OffersPage(OfferList):
    side, face = "buyer", "portal"

    def context(self) -> dict[str, Any]:
        """And what suppliers give by themselves, to whoever could ask for it."""
        found = super().context()
        if not self.request.actor.may(RIGHT):
            return found | {"given": []}
        accounts = CustomerAccount.objects.visible_to(self.request.actor).select_related("legal_entity")
        rows = list(accounts.order_by("number")[:200])
        given = standing_of(rows, list({row.currency for row in rows}))
        told = [(given[row.pk, row.currency], row) for row in rows if (row.pk, row.currency) in given]
        return found | {"given": told[:10]}


class OfferPage(OfferView):
    side, face = "buyer", "portal"


class NewOfferPage(NewOfferView):
    side, face = "buyer", "portal"

    def offered(self) -> Any:
        return Invoice.objects.visible_to(self.request.actor)
