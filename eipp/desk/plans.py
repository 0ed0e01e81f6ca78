"""Instalment plans, from the supplier's side."""

from functools import cached_property
from typing import Any

from eipp.accounts.models import CustomerAccount
from eipp.ledger.models import Invoice
from eipp.web.plans import NewPlanView, PlanList, PlanView


class PlansPage(PlanList):
    side = "supplier"
    face = "desk"


class PlanPage(PlanView):
    side = "supplier"
    face = "desk"


class NewPlanPage(NewPlanView):
    """For one customer: what is past due is ticked."""

    side = "supplier"
    face = "desk"

    @cached_property
    def account(self) -> CustomerAccount:
        found: CustomerAccount = self.found(CustomerAccount.objects.visible_to(self.request.actor), self.kwargs["pk"])
        return found

    def offered(self) -> Any:
        return Invoice.objects.visible_to(self.request.actor).filter(account=self.account, buyer__isnull=False)
