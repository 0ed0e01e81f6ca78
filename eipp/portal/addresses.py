"""Where the buyer's invoices are mailed: for each account with each supplier, kept by the buyer's administrator."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.web.address_book import AddressBook
from eipp.web.pieces import Crumb
from messaging.topics import topic

MOST = 100


class AddressesPage(AddressBook):
    side = "buyer"
    template = "portal/addresses.html"

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = CustomerAccount.objects.visible_to(actor).select_related("supplier")
        accounts = list(rows.order_by("supplier__name", "number")[:MOST])
        return {
            **self.book(accounts),
            "crumbs": (Crumb(_("Mails to you"), reverse("web:preferences")), Crumb(_("Accounts"))),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip
