"""One movement of a bank statement that waits: what it says, why it waits, and what it may be."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.desk.applying import chosen_shares, offers
from eipp.desk.cash_words import OUTCOME_WORDS, because
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt
from eipp.web.pages import Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb
from eipp.web.tags.values import money_text
from eipp.web.timelines import timeline
from messaging.topics import topic
from workflows import cash_application
from workflows.bank_statement import BankEntry
from workflows.cash_proposals import for_entry

MOST = 20


class BankEntryPage(Page):
    """In the worklist, and as a page of its own."""

    side = "supplier"
    template = "desk/bank_entry.html"
    item: ClassVar[str] = "desk/item_bank_entry.html"
    makes: ClassVar[Mapping[str, str]] = {
        "assign": "assign", "note": "note", "reopen": "reopen", "take_back": "take_back",
    }  # fmt: skip

    @property
    def matter(self) -> BankEntry:
        return self.entry

    @cached_property
    def entry(self) -> BankEntry:
        rows = BankEntry.objects.visible_to(self.request.actor)
        found: BankEntry = self.found(rows.select_related("statement", "receipt", "account", "supplier"),
                                      self.kwargs["pk"])  # fmt: skip
        return found

    def assign(self) -> str:
        account = self._chosen(CustomerAccount.objects.visible_to(self.request.actor), "account",
                               _("Choose the customer."))  # fmt: skip
        shares = chosen_shares(self, self.entry.currency)
        cash_application.assign(self.request.actor, self.entry, account, shares)
        return _("%(amount)s are posted for %(name)s.") % {
            "amount": money_text(self.entry.amount),
            "name": account.name,
        }

    def note(self) -> str:
        cash_application.note(self.request.actor, self.entry, text=self.typed("note"))
        return _("It is noted as no customer’s payment.")

    def reopen(self) -> str:
        cash_application.reopen(self.request.actor, self.entry, reason=self.typed("reason"))
        return _("The entry waits again.")

    def take_back(self) -> str:
        receipt = self._chosen(CashReceipt.objects.visible_to(self.request.actor), "receipt",
                               _("Choose the receipt that went back."))  # fmt: skip
        cash_application.take_back(self.request.actor, self.entry, receipt)
        return _("The receipt is taken back; its invoices are open again.")

    def context(self) -> dict[str, Any]:
        entry, actor = self.entry, self.request.actor
        may = actor.may("cash.apply")
        word, meaning = OUTCOME_WORDS[entry.outcome]
        came, waits = entry.outcome == "waiting", may and entry.waits
        return {
            "entry": entry, "statement": entry.statement, "word": word, "meaning": meaning, "reason": because(entry),
            "facts": self._facts(), "may_assign": waits and came, "may_note": waits,
            "offers": offers(for_entry(actor, entry)) if waits and came else [],
            "find": self._wanted, "accounts": self._accounts() if waits and came else (),
            "chosen": self.request.POST.get("account", ""), "receipts": self._receipts() if waits and not came else (),
            "may_take_back": waits and not came, "may_reopen": may and entry.outcome == "noted",
            "receipt_url": reverse("desk:cash-receipt", args=[entry.receipt_id]) if entry.receipt_id else "",
            "entries": timeline(actor, entry),
            "crumbs": (Crumb(_("Payments"), reverse("desk:payments")), Crumb(_("Cash"), reverse("desk:cash")),
                       Crumb(money_text(entry.amount))),
            "live_topics": (topic("bank_entry", entry.pk),),
        }  # fmt: skip

    @property
    def _wanted(self) -> str:
        return self.request.GET.get("find", "").replace("\0", "").strip()[:100]

    def _accounts(self) -> Sequence[CustomerAccount]:
        """What was searched for; nothing before."""
        rows = CustomerAccount.objects.visible_to(self.request.actor).order_by("name", "pk")
        for word in self._wanted.split():
            rows = rows.filter(Q(name__icontains=word) | Q(number__icontains=word))
        return list(rows[:MOST]) if self._wanted else []

    def _receipts(self) -> Sequence[CashReceipt]:
        """Which receipts over this amount may be meant, the newest first."""
        rows = CashReceipt.objects.visible_to(self.request.actor).filter(
            amount_minor=-self.entry.amount_minor, currency=self.entry.currency, reversed_at=None, payment_id=None,
            legal_entity=self.entry.statement.legal_entity_id,
        )  # fmt: skip
        return list(rows.select_related("account").order_by("-received_on", "-pk")[:MOST])

    def _facts(self) -> Sequence[Fact]:
        entry = self.entry
        facts = [
            Fact(_("Payer") if entry.amount_minor > 0 else _("Payee"), entry.counterparty),
            Fact(_("Account"), entry.counterparty_account),
            Fact(_("Text"), entry.text), Fact(_("Reference"), " ".join(entry.references)),
            Fact(_("End-to-end id"), entry.end_to_end), Fact(_("Booked"), entry.booked_on),
            Fact(_("Value"), entry.value_on), Fact(_("Bank’s own id"), entry.bank_id),
            Fact(_("Customer"), entry.account.name if entry.account else ""), Fact(_("Note"), entry.note),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value]

    def _chosen(self, rows: Any, field: str, sentence: str) -> Any:
        try:
            return self.found(rows, UUID(self.typed(field)))
        except ValueError:
            raise Refusal(f"{field}_missing", sentence, status=422, field=field) from None
