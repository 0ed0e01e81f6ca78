"""Credit requests: credit that was agreed and that the ERP has still to issue; the list, and one of them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.person import names_of
from eipp.web.claims import dispute_tabs
from eipp.web.pages import ListPage, Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Meaning
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.credit_request import CreditRequest

CHIPS: dict[str, Any] = {"": words("On its way"), "done": words("Closed"), "all": words("All")}
WORDS: dict[str, tuple[Any, Meaning]] = {
    "open": (words("Asked of the ERP"), "waiting"), "closed": (words("Credited"), "good"),
    "cancelled": (words("Cancelled"), "bad"),
}  # fmt: skip
ORIGINS: dict[str, Any] = {
    "dispute": words("Dispute"), "credit": words("Credit of your own"), "withdrawal": words("Withdrawn invoice"),
}  # fmt: skip


class CreditRequestsPage(ListPage):
    """The oldest that waits is first."""

    side = "supplier"
    template = "desk/credit_requests.html"
    orders: ClassVar[Mapping[str, str]] = {
        "asked": "requested_at", "-asked": "-requested_at", "-amount": "-amount_minor", "amount": "amount_minor",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = CreditRequest.objects.visible_to(actor).select_related("account", "invoice")
        match self.asked("status", among=CHIPS):
            case "":
                rows = rows.filter(state="open")
            case "done":
                rows = rows.exclude(state="open")
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *WORDS[row.state], ORIGINS[row.origin]) for row in found["rows"]],
            "chips": CHIPS.items(), "tabs": dispute_tabs("desk", "credit-requests"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class CreditRequestPage(Page):
    """What the ERP is asked for, line by line; it can be cancelled with a reason."""

    side = "supplier"
    template = "desk/credit_request.html"
    makes: ClassVar[Mapping[str, str]] = {"cancel": "cancel"}

    @cached_property
    def row(self) -> CreditRequest:
        rows = CreditRequest.objects.visible_to(self.request.actor)
        rows = rows.select_related("account", "invoice", "dispute", "credit_note", "legal_entity", "supplier", "buyer")
        found: CreditRequest = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.row)

    def cancel(self) -> str:
        self.row.cancel(self.request.actor, reason=self.typed("reason"))
        number = self.row.number
        return _("Request %(number)s is cancelled; what was held is to be paid or answered.") % {"number": number}

    def context(self) -> dict[str, Any]:
        row, actor = self.row, self.request.actor
        word, meaning = WORDS[row.state]
        return {
            "row": row, "word": word, "meaning": meaning, "facts": self._facts(), "entries": timeline(actor, row),
            "may_cancel": any(move.name == "cancel" for move in row.moves(actor)),
            "crumbs": (Crumb(_("Disputes"), reverse("desk:disputes")),
                       Crumb(_("Credit on its way"), reverse("desk:credit-requests")), Crumb(row.number)),
            "live_topics": (topic("credit_request", row.pk), topic("account", row.account_id)),
        }  # fmt: skip

    def _facts(self) -> Sequence[Fact]:
        row = self.row
        facts = [
            Fact(_("For"), row.account.name, reverse("desk:customer", args=[row.account_id])),
            self._linked(_("Invoice"), "invoice", row.invoice), self._linked(_("Dispute"), "dispute", row.dispute),
            self._linked(_("Credit note"), "credit-note", row.credit_note),
            Fact(_("Why"), row.reason), Fact(_("Issued by"), row.legal_entity.name),
            Fact(_("Asked by"), "".join(names_of([row.requested_by]).values()) or _("a program")),
            Fact(_("Asked on"), row.requested_at.date()), Fact(_("Id for the ERP"), str(row.pk)),
            Fact(_("Why cancelled"), row.answer),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value]

    def _linked(self, label: str, name: str, row: Any) -> Fact:
        return Fact(label, row.number, reverse(f"desk:{name}", args=[row.pk])) if row else Fact(label, "")
