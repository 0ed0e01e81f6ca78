"""What waits for the buyer's approval, and what was decided: one by one, or several at once."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words
from django.utils.translation import ngettext

from eipp.kernel.refusal import Refusal
from eipp.portal.payments import uuid_or_none
from eipp.web.pages import ListPage
from eipp.web.situations import APPROVAL_WORDS
from messaging.topics import topic
from workflows import approval
from workflows.approval import ApprovalRun
from workflows.offer import Offer

CHIPS: dict[str, Any] = {
    "": words("Waiting"), "approved": words("Approved"), "rejected": words("Rejected"), "all": words("All"),
}  # fmt: skip


class ApprovalsPage(ListPage):
    side = "buyer"
    template = "portal/approvals.html"
    makes: ClassVar[Mapping[str, str]] = {"approve": "approve"}
    orders: ClassVar[Mapping[str, str]] = {"requested": "requested_at", "-requested": "-requested_at"}

    def approve(self) -> str:
        """All of the chosen ones or none, so that nobody has to find out which."""
        actor = self.request.actor
        ids = [key for key in map(uuid_or_none, self.request.POST.getlist("run")[:200]) if key]
        if not ids:
            raise Refusal("none_chosen", _("Choose at least one invoice to approve."), status=422)
        runs = ApprovalRun.objects.visible_to(actor).filter(pk__in=ids).select_related("invoice").order_by("pk")
        with transaction.atomic():
            for run in runs:
                approval.decide(actor, run, verdict="approve")
        return ngettext("%(count)d invoice is approved.", "%(count)d invoices are approved.", len(runs)) % {
            "count": len(runs)
        }

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = ApprovalRun.objects.visible_to(actor).select_related("invoice__supplier", "invoice__account")
        status = self.asked("status", among=CHIPS)
        if status != "all":
            rows = rows.filter(state=status or "waiting")
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *APPROVAL_WORDS[row.state]) for row in found["rows"]], "chips": CHIPS.items(),
            "may_decide": actor.may("approval.decide") and not status, "today": self.today,
            "offers": Offer.objects.visible_to(actor).filter(state="approving").order_by("-made_at")[:20],
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip
