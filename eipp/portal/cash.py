"""Money on account: what suppliers received from the buyer, and what of it no invoice has taken yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as words

from eipp.ledger.models import Application, CashReceipt, Invoice
from eipp.web.pages import ListPage
from eipp.web.remittances import payment_tabs
from messaging.topics import topic

CHIPS: dict[str, Any] = {"": words("On account"), "all": words("All money received")}
MOST = 500  # applications of one page


class ReceiptsPage(ListPage):
    """What is on account first; each receipt with the invoices that it went to."""

    side = "buyer"
    template = "portal/receipts.html"
    orders: ClassVar[Mapping[str, str]] = {"-received": "-received_on", "received": "received_on"}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = CashReceipt.objects.visible_to(actor).select_related("supplier", "account")
        if self.asked("status", among=CHIPS) != "all":
            rows = rows.filter(unapplied_minor__gt=0, reversed_at=None)
        if currency := self.asked("currency"):
            rows = rows.filter(currency=currency)
        found = self.page_of(rows)
        paid = self._paid(found["rows"])
        return {
            **found, "lines": [(row, paid[row.pk]) for row in found["rows"]], "chips": CHIPS.items(),
            "tabs": payment_tabs("portal", "receipts"), "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _paid(self, receipts: Sequence[CashReceipt]) -> dict[UUID | None, list[Invoice]]:
        """The invoices that each still pays: one query."""
        rows = Application.objects.visible_to(self.request.actor).filter(
            receipt__in=[receipt.pk for receipt in receipts], reverses=None, reversed_by=None
        )
        found: dict[UUID | None, list[Invoice]] = defaultdict(list)
        for row in rows.select_related("invoice").order_by("recorded_at", "pk")[:MOST]:
            found[row.receipt_id].append(row.invoice)
        return found
