"""Claims on both faces: the list, and one with its rows and the disputes that they became."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Crumb, Tab
from eipp.web.situations import DISPUTE_WORDS
from eipp.web.timelines import history
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.dispute import REASONS, Dispute
from workflows.models import Claim, ClaimLine


def dispute_tabs(face: str, current: str) -> tuple[Tab, ...]:
    """Disputes, and the claims by which many were opened at once; on the desk what became of them, and what waits."""
    shown = {"disputes": _("Disputes"), "claims": _("Claims")}
    if face == "desk":
        shown |= {"credit-requests": _("Credit on its way"), "authority-requests": _("Second person")}
    return tuple(Tab(word, reverse(f"{face}:{name}"), name == current) for name, word in shown.items())


class ClaimList(ListPage):
    """The claims that the reader sees, the newest first."""

    template = "web/claims.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-filed": "-filed_at", "filed": "filed_at", "number": "number", "amount": "amount_minor",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        found = self.page_of(Claim.objects.visible_to(actor).select_related("supplier", "account"))
        return {
            **found, "buyer_side": actor.side == "buyer", "detail": f"{self.face}:claim",
            "tabs": dispute_tabs(self.face, "claims"),
            "may_file": actor.side == "buyer" and actor.may("dispute.open"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class ClaimView(Page):
    """One claim. `face` names the URLs' namespace."""

    template = "web/claim.html"
    face: ClassVar[str]

    @cached_property
    def claim(self) -> Claim:
        rows = Claim.objects.visible_to(self.request.actor).select_related("supplier", "account")
        found: Claim = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.claim)

    def context(self) -> dict[str, Any]:
        claim, actor = self.claim, self.request.actor
        disputes = Dispute.objects.visible_to(actor).filter(claim_lines__claim=claim).select_related("invoice")
        lines = ClaimLine.objects.visible_to(actor).filter(claim=claim).order_by("position")
        told = history(actor, claim)
        return {
            "claim": claim, "files": told.files, "entries": told.entries, "detail": f"{self.face}:dispute",
            "disputes": [(row, *DISPUTE_WORDS[row.state]) for row in disputes.distinct().order_by("number")],
            "lines": [(line, REASONS[line.reason]) for line in lines], "buyer_side": actor.side == "buyer",
            "crumbs": (
                Crumb(_("Disputes"), reverse(f"{self.face}:disputes")),
                Crumb(_("Claims"), reverse(f"{self.face}:claims")), Crumb(claim.number),
            ),
            "live_topics": (topic("claim", claim.pk), topic("account", claim.account_id)),
        }  # fmt: skip
