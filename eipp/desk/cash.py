"""Cash to apply: money from the bank that waits for a customer, and receipts of which something is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.desk import waiting
from eipp.desk.cash_words import OUTCOME_WORDS, because
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt
from eipp.web.pages import ListPage
from eipp.web.pieces import Meaning
from eipp.web.remittances import payment_tabs
from messaging.topics import topic
from workflows.bank_statement import BankEntry

CHIPS: dict[str, Any] = {
    "": words("To apply"), "entries": words("Whose is it?"), "receipts": words("On account"),
    "left": words("Left on account"), "all": words("All receipts"),
}  # fmt: skip
MOST = 200


@dataclass(frozen=True, slots=True)
class CashRow:
    """A line of the queue. amount: what came or went; left: what nobody has applied."""

    key: str
    url: str
    who: str
    what: str
    reason: str
    day: date
    amount: Money
    left: Money | None
    word: Any
    meaning: Meaning

    def weight(self, today: date) -> int:
        return abs((self.left or self.amount).minor) * ((today - self.day).days + 1)


class CashPage(ListPage):
    """What keeps most money waiting longest is first; all receipts by their day, page by page."""

    side = "supplier"
    template = "desk/cash.html"
    orders: ClassVar[Mapping[str, str]] = {"-received": "-received_on", "received": "received_on"}

    def context(self) -> dict[str, Any]:
        actor, status = self.request.actor, self.asked("status", among=CHIPS)
        found: dict[str, Any] = {"next_cursor": ""}
        if status == "all":
            receipts = CashReceipt.objects.visible_to(actor).select_related("account", "left_on_account")
            found = self.page_of(receipts)
            lines = [receipt_row(row) for row in found["rows"]]
        else:
            lines = sorted(self._queue(status), key=lambda row: (-row.weight(self.today), row.day))
        return {
            **found, "lines": lines, "chips": CHIPS.items(), "status": status, "paged": status == "all",
            "tabs": payment_tabs("desk", "cash"), "may_load": actor.may("cash.apply"),
            "live_topics": (topic("worklist", actor.organisation_id), topic("organisation", actor.organisation_id)),
        }  # fmt: skip

    def _queue(self, status: str) -> list[CashRow]:
        actor, rows = self.request.actor, []
        if status in ("", "entries"):
            entries = waiting.entries(actor).select_related("statement").order_by("-amount_minor", "pk")[:MOST]
            rows += [entry_row(entry) for entry in entries]
        if status in ("", "receipts", "left"):
            chosen = waiting.left_on_account(actor) if status == "left" else waiting.receipts(actor)
            found = chosen.select_related("account", "left_on_account").prefetch_related("bank_entries")
            rows += [receipt_row(receipt) for receipt in found.order_by("-unapplied_minor", "pk")[:MOST]]
        return rows


def entry_row(entry: BankEntry) -> CashRow:
    return CashRow(
        f"entry-{entry.pk}", reverse("desk:bank-entry", args=[entry.pk]), entry.counterparty or _("Unknown payer"),
        entry.text or " ".join(entry.references), because(entry), entry.booked_on, entry.amount, None,
        *OUTCOME_WORDS[entry.outcome],
    )  # fmt: skip


def receipt_row(receipt: CashReceipt) -> CashRow:
    """A receipt; its bank entries are at hand where the reason is to be told."""
    fetched = getattr(receipt, "_prefetched_objects_cache", {}).get("bank_entries", ())
    word, meaning = receipt_words(receipt)
    return CashRow(
        f"receipt-{receipt.pk}", reverse("desk:cash-receipt", args=[receipt.pk]), receipt.account.name,
        receipt.reference, next((because(entry) for entry in fetched), ""), receipt.received_on, receipt.amount,
        receipt.unapplied if receipt.unapplied_minor else None, word, meaning,
    )  # fmt: skip


def receipt_words(receipt: CashReceipt) -> tuple[Any, Meaning]:
    if receipt.reversed_at:
        return _("Taken back"), "quiet"
    if not receipt.unapplied_minor:
        return _("Applied"), "good"
    if hasattr(receipt, "left_on_account"):
        return _("Left on account"), "quiet"
    return (_("Not applied"), "waiting") if receipt.unapplied == receipt.amount else (_("Partly applied"), "waiting")
