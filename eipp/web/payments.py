"""Payments on both faces: the list, and one payment with its invoices and what became of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Crumb
from eipp.web.situations import PAYMENT_WORDS
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.payment import ON_THE_WAY, Payment, PaymentShare

CHIPS: dict[str, Any] = {"": words("All"), "on_the_way": words("On the way"), "settled": words("Settled"),
                         "failed": words("Not paid")}  # fmt: skip
STATES = {"on_the_way": ON_THE_WAY, "settled": ("settled",),
          "failed": ("failed", "cancelled", "returned", "charged_back")}  # fmt: skip


class PaymentList(ListPage):
    """The payments that the reader sees, the newest first."""

    template = "web/payments.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {
        "-submitted": "-submitted_at", "submitted": "submitted_at", "amount": "amount_minor", "number": "number",
    }  # fmt: skip

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Payment.objects.visible_to(actor).select_related("supplier", "buyer")
        if status := self.asked("status", among=STATES):
            rows = rows.filter(state__in=STATES[status])
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *PAYMENT_WORDS[row.state]) for row in found["rows"]], "chips": CHIPS.items(),
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:payment",
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class PaymentView(Page):
    """One payment. `face` names the URLs' namespace."""

    template = "web/payment.html"
    face: ClassVar[str]

    @cached_property
    def payment(self) -> Payment:
        rows = Payment.objects.visible_to(self.request.actor).select_related("supplier", "buyer", "legal_entity")
        found: Payment = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.payment)

    def context(self) -> dict[str, Any]:
        payment, actor = self.payment, self.request.actor
        shares = PaymentShare.objects.visible_to(actor).filter(payment=payment).select_related("invoice")
        word, meaning = PAYMENT_WORDS[payment.state]
        mine = actor.side == "buyer" and actor.may("payment.make")
        return {
            "payment": payment, "shares": list(shares.order_by("invoice__due_date", "pk")), "word": word,
            "meaning": meaning, "entries": timeline(actor, payment), "detail": f"{self.face}:invoice",
            "may_go_on": mine and payment.state == "submitted" and bool(payment.checkout_url),
            "may_cancel": mine and payment.state in ("submitted", "unknown") and not payment.cancel_requested_at,
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")), Crumb(payment.number)),
            "live_topics": (topic("payment", payment.pk),), "moving": payment.state in ON_THE_WAY,
        }  # fmt: skip
