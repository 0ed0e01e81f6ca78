"""What waits while an amount is disputed, as the supplier's people set it: a table by reason."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from workflows.dispute import REASONS
from workflows.dispute_rule import RIGHT, rules_of, set_rule


class DisputeRulesPage(Page):
    """Everything waits until somebody who keeps the late fees sets it otherwise; each reason is saved by itself."""

    side = "supplier"
    template = "desk/dispute_rules.html"
    makes: ClassVar[Mapping[str, str]] = {"set": "set"}

    def set(self) -> str:
        set_rule(
            self.request.actor, self.typed("reason"), late_fees_wait=bool(self.typed("late_fees_wait")),
            discount_waits=bool(self.typed("discount_waits")),
        )  # fmt: skip
        return _("It holds for disputes that are opened from now on.")

    def context(self) -> dict[str, Any]:
        rules = rules_of(self.request.actor)
        return {
            "may_set": self.request.actor.may(RIGHT),
            "lines": [(reason, REASONS[reason], fees, discount) for reason, fees, discount in rules],
            "crumbs": (Crumb(_("Late fees"), reverse("desk:late-fees")), Crumb(_("While disputed"))),
        }  # fmt: skip
