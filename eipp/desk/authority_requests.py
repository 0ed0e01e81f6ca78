"""What waits for a second person: the list, and one of them, granted, declined or taken back."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.person import names_of
from eipp.web.claims import dispute_tabs
from eipp.web.destinations import destination
from eipp.web.pages import ListPage, Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Meaning
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import authorised
from workflows.authority import AuthorityRequest

CHIPS: dict[str, Any] = {"": words("Waiting"), "done": words("Decided"), "all": words("All")}
WORDS: dict[str, tuple[Any, Meaning]] = {
    "waiting": (words("Waits for a second person"), "waiting"), "granted": (words("Granted"), "good"),
    "declined": (words("Declined"), "bad"), "withdrawn": (words("Taken back"), "quiet"),
}  # fmt: skip


class AuthorityRequestsPage(ListPage):
    """The oldest that waits is first."""

    side = "supplier"
    template = "desk/authority_requests.html"
    orders: ClassVar[Mapping[str, str]] = {
        "asked": "asked_at", "-asked": "-asked_at", "-amount": "-amount_minor", "amount": "amount_minor",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = AuthorityRequest.objects.visible_to(actor).select_related("account")
        match self.asked("status", among=CHIPS):
            case "":
                rows = rows.filter(state="waiting")
            case "done":
                rows = rows.exclude(state="waiting")
        found = self.page_of(rows)
        people = names_of(row.asked_by for row in found["rows"])
        lines = [(row, *WORDS[row.state], people.get(row.asked_by, _("a program"))) for row in found["rows"]]
        return {
            **found, "lines": lines, "chips": CHIPS.items(), "tabs": dispute_tabs("desk", "authority-requests"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class AuthorityRequestPage(Page):
    """In the worklist, and as a page of its own: who asks for what, and what it is about."""

    side = "supplier"
    template = "desk/authority_request.html"
    item: ClassVar[str] = "desk/item_authority_request.html"
    makes: ClassVar[Mapping[str, str]] = {"grant": "grant", "decline": "decline", "withdraw": "withdraw"}

    @cached_property
    def row(self) -> AuthorityRequest:
        rows = AuthorityRequest.objects.visible_to(self.request.actor).select_related("account", "supplier")
        found: AuthorityRequest = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.row)

    def grant(self) -> str:
        authorised.grant(self.request.actor, self.row)
        return _("It is granted and done: %(what)s.") % {"what": self.row}

    def decline(self) -> str:
        self.row.decline(self.request.actor, reason=self.typed("reason"))
        return _("It is declined; your colleague reads why.")

    def withdraw(self) -> str:
        self.row.withdraw(self.request.actor)
        return _("It is taken back; nothing was done.")

    def context(self) -> dict[str, Any]:
        row, actor = self.row, self.request.actor
        word, meaning = WORDS[row.state]
        can = {move.name for move in row.moves(actor)}
        why_not = row.refusal(actor, "grant") if row.state == "waiting" and "grant" not in can else None
        return {
            "row": row, "word": word, "meaning": meaning, "facts": self._facts(), "can": can,
            "why_not": why_not.sentence if why_not else "", "asker": self._name(row.asked_by),
            "entries": timeline(actor, row),
            "crumbs": (Crumb(_("Disputes"), reverse("desk:disputes")),
                       Crumb(_("Second person"), reverse("desk:authority-requests")), Crumb(str(row))),
            "live_topics": (topic("authority_request", row.pk), topic("organisation", actor.organisation_id)),
        }  # fmt: skip

    def _facts(self) -> Sequence[Fact]:
        row = self.row
        where = destination(self.request.actor, [(row.about_kind.partition(".")[2], row.about_id)])
        facts = [
            Fact(_("Asked by"), self._name(row.asked_by)), Fact(_("Asked on"), row.asked_at.date()),
            Fact(_("For"), row.get_kind_display()), Fact(_("About"), row.about_number, where),
            Fact(_("Customer"), row.account.name if row.account else ""), Fact(_("Why"), row.reason),
            Fact(_("Decided by"), self._name(row.decided_by) if row.decided_by else ""), Fact(_("Answer"), row.answer),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value]

    def _name(self, key: Any) -> str:
        return names_of([key]).get(key, "") or _("a program")
