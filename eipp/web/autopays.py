"""Autopay on both faces: the standing orders, and one with the payments that it planned."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.web.pages import ListPage, Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.situations import PAYMENT_WORDS
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.autopay import Autopay
from workflows.payment import Payment

WORDS: dict[str, tuple[Any, Meaning]] = {
    "active": (words("Pays by itself"), "good"), "stopped": (words("Stopped"), "bad"),
    "ended": (words("Ended"), "quiet"),
}  # fmt: skip


class AutopayList(ListPage):
    """Those that the reader sees, the newest first."""

    template = "web/autopays.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {"-set": "-set_at", "set": "set_at", "number": "number"}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Autopay.objects.visible_to(actor).select_related("legal_entity", "buyer", "account", "saved_method")
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *WORDS[row.state], when(row)) for row in found["rows"]],
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:autopay",
            "tabs": payment_tabs(self.face, "autopays"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class AutopayView(Page):
    """One of them. The supplier sees that it is there and what it will pay, not from where."""

    template = "web/autopay.html"
    face: ClassVar[str]

    @cached_property
    def order(self) -> Autopay:
        rows = Autopay.objects.visible_to(self.request.actor)
        rows = rows.select_related("legal_entity", "buyer", "account", "saved_method__buyer")
        found: Autopay = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.order)

    def context(self) -> dict[str, Any]:
        order, actor = self.order, self.request.actor
        word, meaning = WORDS[order.state]
        payments = Payment.objects.visible_to(actor).filter(autopay=order).order_by("-planned_for", "-pk")[:50]
        return {
            "order": order, "word": word, "meaning": meaning, "facts": _facts(order, buyer_side=actor.side == "buyer"),
            "payments": [(row, *PAYMENT_WORDS[row.state]) for row in payments], "detail": f"{self.face}:payment",
            "moves": [move for move in order.moves(actor) if move.name in ("resume", "end")],
            "entries": timeline(actor, order), "buyer_side": actor.side == "buyer",
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(_("Autopay"), reverse(f"{self.face}:autopays")), Crumb(order.number)),
            "live_topics": (topic("autopay", order.pk),),
        }  # fmt: skip


def when(order: Autopay) -> str:
    """When it pays, in words."""
    if order.timing == Autopay.Timing.BEFORE:
        return _("%(days)s days before the due date") % {"days": order.days}
    if order.timing == Autopay.Timing.MONTHLY:
        return _("On day %(day)s of each month, what falls due before the next") % {"day": order.days}
    return str(Autopay.Timing(order.timing).label)


def _facts(order: Autopay, *, buyer_side: bool) -> list[Fact]:
    facts = [
        Fact(_("Account"), f"{order.account.number} {order.account.name}" if order.account else _("All accounts")),
        Fact(_("Pays"), when(order)), Fact(_("Notice"), _("%(days)s days before") % {"days": order.notice_days}),
        Fact(_("At most in one payment"), order.cap), Fact(_("At most in a month"), order.month_cap),
        Fact(_("Only invoices up to"), order.invoice_cap),
        Fact(_("Only what was approved"), _("Yes") if order.only_approved else None),
        Fact(_("Charges"), str(order.saved_method) if buyer_side else None),
    ]  # fmt: skip
    return [fact for fact in facts if fact.value not in (None, "")]
