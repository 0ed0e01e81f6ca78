"""Early-payment offers on both faces: the list, and one offer with what each paying day comes to and its answers."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel import clock
from eipp.web.offer_terms import said_terms, steps_typed, typed_expiry, typed_scale
from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Crumb, Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import authority, offering
from workflows.offer import ANSWERABLE, RIGHT, WAITING, Offer
from workflows.offer_answer import asked, missing
from workflows.offer_terms import paying_days

CHIPS: dict[str, Any] = {
    "": words("All"), "waiting": words("Waiting"), "accepted": words("Agreed"), "earned": words("Earned"),
    "missed": words("Missed"),
}  # fmt: skip
STATES = {"waiting": WAITING, "accepted": ("accepted",), "earned": ("earned",), "missed": ("missed",)}
OFFER_WORDS: dict[str, tuple[Any, Meaning]] = {
    "drafted": (words("Waits for a second person"), "waiting"), "proposed": (words("Proposed"), "waiting"),
    "countered": (words("Other terms proposed"), "waiting"), "approving": (words("Waits for approval"), "waiting"),
    "accepted": (words("Agreed"), "good"), "declined": (words("Declined"), "quiet"),
    "expired": (words("Expired"), "quiet"), "withdrawn": (words("Withdrawn"), "quiet"),
    "earned": (words("Earned"), "good"), "missed": (words("Missed"), "bad"),
}  # fmt: skip
FIRST_DAYS = 7  # shown before the rest, which opens


class OfferList(ListPage):
    """The offers that the reader sees, the newest first."""

    template = "web/offers.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-made": "-made_at", "made": "made_at", "amount": "amount_minor", "day": "until",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Offer.objects.visible_to(actor).select_related("supplier", "buyer", "account")
        if status := self.asked("status", among=STATES):
            rows = rows.filter(state__in=STATES[status])
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *OFFER_WORDS[row.state]) for row in found["rows"]], "chips": CHIPS.items(),
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:offer",
            "new_url": reverse("portal:new-offer") if actor.may(RIGHT) and actor.side == "buyer" else "",
            "tabs": payment_tabs(self.face, "offers"), "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class OfferView(Page):
    """One offer: accept, approve, decline, withdraw, or propose other terms. `face` names the URLs' namespace."""

    template = "web/offer.html"
    face: ClassVar[str]
    makes: ClassVar[Mapping[str, str]] = {
        "accept": "accept", "decline": "decline", "withdraw": "withdraw", "counter": "counter", "approve": "approve",
        "reject": "reject",
    }  # fmt: skip

    @cached_property
    def offer(self) -> Offer:
        rows = Offer.objects.visible_to(self.request.actor).select_related(
            "supplier", "buyer", "legal_entity", "account"
        )
        found: Offer = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.offer)

    def accept(self) -> str:
        if offering.accept(self.request.actor, self.offer):
            return _("It is above your limit: it waits for a second person.")
        if self.offer.state == "approving":
            return _("It is wanted by both, and waits for the approval that the buyer's rules ask for.")
        return _("Agreed: whoever pays in time takes the discount off.")

    def approve(self) -> str:
        offering.approve(self.request.actor, self.offer)
        return _("You agreed to it.")

    def reject(self) -> str:
        self.offer.reject(self.request.actor, reason=self.typed("reason"))
        return _("It is not approved; the invoices stay as they are.")

    def decline(self) -> str:
        self.offer.decline(self.request.actor, reason=self.typed("reason"))
        return _("The offer is declined; the invoices stay as they are.")

    def withdraw(self) -> str:
        self.offer.withdraw(self.request.actor)
        return _("The offer is withdrawn.")

    def counter(self) -> str:
        asked = offering.counter(
            self.request.actor, self.offer, typed_scale(self), expires_on=typed_expiry(self),
            comment=self.typed("comment"),
        )  # fmt: skip
        if asked:
            return _("It is above your limit: it waits for a second person.")
        return _("Your terms are proposed; the other side answers.")

    def context(self) -> dict[str, Any]:
        offer, actor = self.offer, self.request.actor
        word, meaning = OFFER_WORDS[offer.state]
        terms, kept, today = offer.latest, offer.kept(), offer.today(clock.now())
        scale = terms.scale
        first = today if offer.state in (*WAITING, "accepted") else offer.made_at.date()
        days = paying_days(kept, scale, first=min(first, scale.until)) if kept else []
        quorum, four_eyes = asked(offer)
        return {
            "offer": offer, "word": word, "meaning": meaning, "terms": terms, "said": said_terms(scale),
            "days": days[:FIRST_DAYS], "more_days": days[FIRST_DAYS:], "last": days[-1] if days else None,
            "best": days[0] if days else None,
            "shares": list(offer.shares.select_related("invoice").order_by("due_on", "pk")),
            "moves": [move for move in offer.moves(actor) if move.name != "counter"],
            "may_counter": offer.refusal(actor, "counter") is None,
            "answers": offer.state in ANSWERABLE and actor.side != offer.turn,
            "waits_for": authority.waiting_for(offer) if actor.side == "supplier" else None,
            "missing": missing(offer) if offer.state == "approving" else 0, "quorum": quorum, "four_eyes": four_eyes,
            "needs_approval": actor.side == "buyer" and offer.state in ANSWERABLE and quorum,
            "pays": self._pays(kept), "detail": f"{self.face}:invoice", "buyer_side": actor.side == "buyer",
            "entries": timeline(actor, offer), "live_topics": (topic("offer", offer.pk),),
            "first_day": today, "steps_typed": steps_typed(self), "shown_pay_by": scale.until,
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(_("Early payment"), reverse(f"{self.face}:offers")), Crumb(offer.number)),
        }  # fmt: skip

    def _pays(self, kept: list[Any]) -> str:
        """The address that pays what is still open of it, for who may."""
        actor = self.request.actor
        if actor.side != "buyer" or not actor.may("payment.make") or self.offer.state != "accepted":
            return ""
        chosen = "&".join(f"invoice={share.invoice_id}" for share in kept if share.invoice.free)
        return f"{reverse('portal:pay')}?{chosen}" if chosen else ""
