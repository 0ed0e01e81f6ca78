"""How an invoice's amounts came about, for both faces: each posting, what is set apart and why, and what is left."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.ledger.breakdown import Aside, Movement, breakdown
from eipp.ledger.models import Invoice
from eipp.web.destinations import face_of
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from messaging.topics import topic
from workflows.dispute import Dispute
from workflows.payment import Payment

#: The reasons that have pages: kind of reason -> model and page.
REASONS: dict[str, tuple[Any, str]] = {"dispute": (Dispute, "dispute"), "payment": (Payment, "payment")}


class BreakdownPage(Page):
    """One question: why is this the amount?"""

    template = "web/breakdown.html"
    face: ClassVar[str]

    @cached_property
    def invoice(self) -> Invoice:
        rows = Invoice.objects.visible_to(self.request.actor).select_related("supplier", "buyer", "account")
        found: Invoice = self.found(rows, self.kwargs["pk"])
        return found

    def context(self) -> dict[str, Any]:
        invoice, actor = self.invoice, self.request.actor
        found = breakdown(actor, invoice, on=self.today)
        named = self._named((*found.held, *found.expected))
        return {
            "invoice": invoice, "payable": found.payable, "url": reverse(f"{self.face}:invoice", args=[invoice.pk]),
            "movements": [(row, self._url(row)) for row in found.movements],
            "held": [(row, *named.get(row.reason[1], ("", ""))) for row in found.held],
            "expected": [(row, *named.get(row.reason[1], ("", ""))) for row in found.expected],
            "live_topics": (topic("invoice", invoice.pk), topic("account", invoice.account_id)),
            "crumbs": (
                Crumb(_("Invoices"), reverse(f"{self.face}:invoices")),
                Crumb(invoice.number, reverse(f"{self.face}:invoice", args=[invoice.pk])), Crumb(_("Amounts")),
            ),
        }  # fmt: skip

    def _named(self, rows: Iterable[Aside]) -> dict[UUID, tuple[str, str]]:
        """The number and the page of each reason that the reader may see."""
        wanted: dict[str, set[UUID]] = {}
        for row in rows:
            wanted.setdefault(row.reason[0], set()).add(row.reason[1])
        named = {}
        for kind in wanted.keys() & REASONS.keys():
            model, page = REASONS[kind]
            for found in model.objects.visible_to(self.request.actor).filter(pk__in=wanted[kind]):
                named[found.pk] = (str(found.number), reverse(f"{self.face}:{page}", args=[found.pk]))
        return named

    def _url(self, row: Movement) -> str:
        """The page of what paid or credited it."""
        face, document = face_of(self.request.actor), row.document
        if document is None:
            return ""
        if document._meta.model_name == "creditnote":
            return reverse(f"{face}:credit-note-pdf", args=[document.pk])
        if document.account_id != self.invoice.account_id:
            return ""
        if document.payment_id:
            return reverse(f"{face}:payment", args=[document.payment_id])
        return reverse("desk:cash-receipt", args=[document.pk]) if face == "desk" else reverse("portal:receipts")
