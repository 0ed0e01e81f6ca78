"""Early-payment offers, from the supplier's side."""

from functools import cached_property
from typing import Any

from eipp.accounts.models import CustomerAccount
from eipp.ledger.models import Invoice
from eipp.web.offer_terms import NewOfferView
from eipp.web.offers import OfferList, OfferView


class OffersPage(OfferList):
    side, face = "supplier", "desk"


class OfferPage(OfferView):
    side, face = "supplier", "desk"


class NewOfferPage(NewOfferView):
    """For one customer."""

    side, face = "supplier", "desk"

    @cached_property
    def account(self) -> CustomerAccount:
        found: CustomerAccount = self.found(CustomerAccount.objects.visible_to(self.request.actor), self.kwargs["pk"])
        return found

    def offered(self) -> Any:
        return Invoice.objects.visible_to(self.request.actor).filter(account=self.account)
