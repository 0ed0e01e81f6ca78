"""Instalment plans, from the buyer's side."""

from typing import Any

from eipp.ledger.models import Invoice
from eipp.web.plans import NewPlanView, PlanList, PlanView


class PlansPage(PlanList):
    side = "buyer"
    face = "portal"


class PlanPage(PlanView):
    side = "buyer"
    face = "portal"


class NewPlanPage(NewPlanView):
    """What is past due is ticked."""

    side = "buyer"
    face = "portal"

    def offered(self) -> Any:
        return Invoice.objects.visible_to(self.request.actor)
