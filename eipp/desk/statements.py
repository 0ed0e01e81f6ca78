"""A customer's statement, from the supplier's side: the very figures that the customer sees."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.web.pieces import Crumb
from eipp.web.statements import StatementView


class StatementPage(StatementView):
    side = "supplier"
    face = "desk"

    @cached_property
    def account(self) -> CustomerAccount:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier", "legal_entity")
        found: CustomerAccount = self.found(rows, self.kwargs["pk"])
        return found

    def context(self) -> dict[str, Any]:
        account = self.account
        crumbs = (
            Crumb(_("Customers"), reverse("desk:customers")),
            Crumb(account.name, reverse("desk:customer", args=[account.pk])), Crumb(_("Statement")),
        )  # fmt: skip
        return {**super().context(), "crumbs": crumbs}
