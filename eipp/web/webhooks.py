"""Webhooks: the addresses of an organisation's own programs that are called with each event, and how that goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eipp.kernel.outside_address import target
from eipp.kernel.refusal import Refusal
from eipp.web.pages import ListPage
from eipp.web.pieces import Crumb
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from eipp.web.team import TeamView, tabs
from messaging.webhook import (
    RIGHT,
    WebhookEndpoint,
    add_webhook,
    change_webhook,
    endpoints_of,
    remove_webhook,
    rotate_secret,
    switch,
    try_out,
)
from messaging.webhook_call import WebhookCall, calls_of, repeat, repeat_range

#: What people choose among: a kind of happenings -> the events' names.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "invoices": ("Invoices", ("invoice.presented", "invoice.released", "invoice.withdrawn", "invoice.superseded",
                              "invoice.closed", "invoice.reopened")),
    "charges": ("Late fees", ("finance_charge.posted", "finance_charge.waived")),
    "credit": ("Credit notes", ("credit_note.posted",)),
    "cash": ("Cash receipts and applications", ("cash_receipt.posted", "cash_receipt.reversed", "application.made",
                                                "application.reversed")),
    "disputes": ("Disputes", ("dispute.opened", "dispute.answered", "dispute.asked", "dispute.proposed",
                              "dispute.accepted", "dispute.agreed", "dispute.declined", "dispute.withdrawn")),
    "approvals": ("Approvals", ("approval.requested", "approval.approved", "approval.rejected", "approval.lapsed")),
    "payments": ("Payments", ("payment.submitted", "payment.pending", "payment.settled", "payment.failed",
                              "payment.returned", "payment.charged_back", "payment.expired")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A webhook as a row: the host stands for the address, whose rest may be a secret."""

    row: WebhookEndpoint
    host: str
    url: str
    hears: str


class WebhookView(TeamView):
    """Drawing a secret asks first who one is, as for a key."""

    secret: str = ""
    sensitive: ClassVar[frozenset[str]] = frozenset()

    def opened(self) -> None:
        self.require_keeper()

    def make(self) -> Any:
        self.require_keeper()
        if self.request.POST.get("move") in self.sensitive and needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    def require_keeper(self) -> None:
        actor = self.request.actor
        if not actor.may(RIGHT) or actor.is_limited:
            raise Http404

    def shown(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """No cache keeps the page on which a secret stands."""
        response = super().shown(status=status, **more)
        response["Cache-Control"] = "no-store, private"
        return response

    def names(self) -> list[str]:
        """The events of the kinds that were chosen; none for all."""
        if self.request.POST.get("hears") != "some":
            return []
        kinds = [kind for kind in self.request.POST.getlist("kind") if kind in KINDS]
        if chosen := [*self.others(), *(name for kind in kinds for name in KINDS[kind][1])]:
            return chosen
        raise Refusal("nothing_chosen", _("Choose what it is told, or all events."), status=422, field="kind")

    def others(self) -> list[str]:
        """Events chosen by a program, one by one, which no kind stands for: they stay."""
        return []

    def proof(self) -> str:
        return way_to_prove(self.request) if needs_proof(self.request) else ""


class WebhooksPage(WebhookView):
    template = "web/webhooks.html"
    makes: ClassVar[Mapping[str, str]] = {"add": "add"}
    sensitive = frozenset({"add"})
    made: WebhookEndpoint | None = None

    def add(self) -> HttpResponse:
        self.made, self.secret = add_webhook(
            self.request.actor, self.organisation, url=self.typed("url"), title=self.typed("title"), names=self.names()
        )
        return self.shown()

    def context(self) -> dict[str, Any]:
        rows = endpoints_of(self.request.actor).order_by("-created_at")
        return {
            "webhooks": [_shown(row, self.face) for row in rows], "kinds": KINDS, "tabs": tabs(self, "webhooks"),
            "chosen": self.request.POST.getlist("kind"), "some": self.request.POST.get("hears") == "some",
            "secret": self.secret, "made": self.made, "proof": self.proof(), "organisation": self.organisation,
        }  # fmt: skip


class WebhookPage(WebhookView, ListPage):
    """One webhook: what it hears, how its calls went, and what can be done about it."""

    template = "web/webhook.html"
    makes: ClassVar[Mapping[str, str]] = {
        "change": "change", "rotate": "rotate", "off": "switch_off", "on": "switch_on", "test": "test",
        "remove": "remove", "repeat": "repeat_one", "repeat_all": "repeat_behind",
    }  # fmt: skip
    sensitive = frozenset({"rotate"})
    orders: ClassVar[Mapping[str, str]] = {"newest": "-position"}

    @cached_property
    def endpoint(self) -> WebhookEndpoint:
        found: WebhookEndpoint = self.found(endpoints_of(self.request.actor), self.kwargs["pk"])
        return found

    def make(self) -> Any:
        _exists = self.endpoint
        return super().make()

    def change(self) -> str:
        url, title = self.typed("url"), self.typed("title")
        change_webhook(self.request.actor, self.endpoint, url=url, title=title, names=self.names())
        return _("The webhook is changed.")

    def others(self) -> list[str]:
        whole = {name for _title, names in KINDS.values() if set(names) <= set(self.endpoint.names) for name in names}
        return [name for name in self.endpoint.names if name not in whole]

    def rotate(self) -> HttpResponse:
        self.endpoint, self.secret = rotate_secret(self.request.actor, self.endpoint)
        return self.shown()

    def switch_off(self) -> str:
        switch(self.request.actor, self.endpoint, on=False)
        return _("It is switched off; nothing is called until you switch it on.")

    def switch_on(self) -> str:
        switch(self.request.actor, self.endpoint, on=True)
        return _("It is switched on; what waited is called now.")

    def test(self) -> str:
        try_out(self.request.actor, self.endpoint)
        return _("It is called once; see below how it went.")

    def remove(self) -> HttpResponse:
        remove_webhook(self.request.actor, self.endpoint)
        return HttpResponseRedirect(reverse(f"{self.face}:webhooks"))

    def repeat_one(self) -> str:
        repeat(self.request.actor, [self._call()])
        return _("The event is told once more.")

    def repeat_behind(self) -> str:
        count, _following = repeat_range(self.request.actor, self.endpoint, after=self._call().position - 1)
        return ngettext("%(count)s event is told again.", "%(count)s events are told again.", count) % {"count": count}

    def context(self) -> dict[str, Any]:
        row, posted = self.endpoint, self.request.method == "POST" and not self.secret
        chosen = [kind for kind, (_title, names) in KINDS.items() if set(names) <= set(row.names)]
        found = self.page_of(calls_of(self.request.actor, row))
        return {
            **found, "others": self.others(), "endpoint": row, "host": target_host(row), "kinds": KINDS,
            "secret": self.secret, "proof": self.proof(),
            "chosen": self.request.POST.getlist("kind") if posted else chosen,
            "some": self.request.POST.get("hears") == "some" if posted else bool(row.names),
            "written_url": self.typed("url") if posted and "url" in self.request.POST else row.url,
            "written_title": self.typed("title") if posted and "title" in self.request.POST else row.title,
            "crumbs": (Crumb(_("Webhooks"), reverse(f"{self.face}:webhooks")), Crumb(target_host(row))),
        }  # fmt: skip

    def _call(self) -> WebhookCall:
        try:
            key = UUID(self.typed("call"))
        except ValueError:
            raise Http404 from None
        found: WebhookCall = self.found(calls_of(self.request.actor, self.endpoint), key)
        return found


def target_host(row: WebhookEndpoint) -> str:
    return target(row.url).written


def _shown(row: WebhookEndpoint, face: str) -> Shown:
    titles = [title for title, names in KINDS.values() if set(names) <= set(row.names)]
    hears = ", ".join(titles) or ", ".join(row.names) or _("All events")
    return Shown(row, target_host(row), reverse(f"{face}:webhook", args=[row.pk]), hears)
