"""Approval rules: what a buyer asks of its people before an invoice is paid; seen by all, kept by administrators."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.web.team import TeamView, tabs
from messaging.topics import topic
from workflows.approval_rule import MOST_PEOPLE, change_rule, remove_rule, rules_seen, set_rule


class RulesPage(TeamView):
    """From which amount on how many people approve, by currency; and whether one of them may pay."""

    side, face = "buyer", "portal"
    template = "portal/approval_rules.html"
    makes: ClassVar[Mapping[str, str]] = {"set": "set", "change": "change", "remove": "remove"}

    def set(self) -> str:
        rule = set_rule(self.request.actor, **self._written(self.typed("currency").upper()))
        return _("The rule from %(amount)s on holds now.") % {"amount": rule.starts_at}

    def change(self) -> str:
        rule = change_rule(self.request.actor, self._rule_id(), **self._written(self.typed("currency").upper()))
        return _("The rule from %(amount)s on holds now.") % {"amount": rule.starts_at}

    def remove(self) -> str:
        remove_rule(self.request.actor, self._rule_id())
        return _("The rule is removed; what it was asked for already, it still asks.")

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        accounts = CustomerAccount.objects.visible_to(actor)
        used = sorted(set(accounts.values_list("currency", flat=True).order_by("currency")))
        return {
            "rules": rules_seen(actor), "currencies": used, "people": range(1, MOST_PEOPLE + 1),
            "may_administer": actor.may("approval.administer") and not actor.is_limited,
            "organisation": self.organisation, "tabs": tabs(self, "approval-rules"), "tried": self.typed("rule"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _written(self, currency: str) -> dict[str, Any]:
        try:
            starts_at = Money.parse(self.typed("amount") or "0", currency)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.sentence, status=422, field="amount") from None
        quorum = self.typed("quorum")
        return {"starts_at": starts_at, "quorum": int(quorum) if quorum in map(str, range(1, MOST_PEOPLE + 1)) else 0,
                "four_eyes": bool(self.typed("four_eyes"))}  # fmt: skip

    def _rule_id(self) -> UUID:
        try:
            return UUID(self.typed("rule"))
        except ValueError:
            raise Http404 from None
