"""One cash receipt: where its money went and why, what is left of it, and what that may be for."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.desk.applying import chosen_shares, offers, rows_of
from eipp.desk.bookings import booking_fact
from eipp.desk.cash import receipt_words
from eipp.desk.cash_words import because
from eipp.desk.refunds import Refunding
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Application, CashReceipt
from eipp.web.pages import Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb
from eipp.web.tags.values import money_text
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import cash_application, deduction, deposit
from workflows.bank_statement import BankEntry
from workflows.cash_proposals import for_receipt, open_invoices
from workflows.dispute import REASONS


class CashReceiptPage(Refunding, Page):
    """In the worklist, and as a page of its own."""

    side = "supplier"
    template = "desk/cash_receipt.html"
    item: ClassVar[str] = "desk/item_cash_receipt.html"
    makes: ClassVar[Mapping[str, str]] = {
        "apply": "apply", "undo": "undo", "leave": "leave", "take_up": "take_up", "reopen": "reopen",
        "keep": "keep", "free": "free",
        "refund": "refund",
    }  # fmt: skip

    @property
    def matter(self) -> CashReceipt:
        return self.receipt

    @property
    def refunded_matter(self) -> CashReceipt:
        return self.receipt

    @cached_property
    def receipt(self) -> CashReceipt:
        rows = CashReceipt.objects.visible_to(self.request.actor)
        rows = rows.select_related("account__buyer", "legal_entity", "supplier", "buyer", "left_on_account")
        found: CashReceipt = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.receipt)

    def apply(self) -> str:
        shares = chosen_shares(self, self.receipt.currency)
        if reason := self.typed("short"):
            taken = deduction.apply_short(
                self.request.actor, self.receipt, shares, reason=reason, said=self.typed("said")
            )
            short = {"count": len(taken), "numbers": ", ".join(one.number for one in taken)}
            return _("Applied; what was kept back is taken as %(count)d deductions: %(numbers)s.") % short
        made = cash_application.apply(self.request.actor, self.receipt, shares)
        total = money_text(sum((row.amount for row in made[1:]), start=made[0].amount))
        return _("%(amount)s are applied.") % {"amount": total}

    def undo(self) -> str:
        try:
            keys = [UUID(self.typed("application"))]
        except ValueError:
            raise Refusal("nothing_chosen", _("Choose what is to be undone."), status=422) from None
        rows = Application.objects.visible_to(self.request.actor).select_related("invoice").filter(pk__in=keys)
        cash_application.undo(self.request.actor, self.receipt, list(rows))
        return _("It is undone: the money is on the account again, and the invoice is open.")

    def leave(self) -> str:
        cash_application.leave_on_account(self.request.actor, self.receipt, note=self.typed("note"))
        return _("It stays on the account of %(name)s.") % {"name": self.receipt.account.name}

    def take_up(self) -> str:
        cash_application.take_up(self.request.actor, self.receipt)
        return _("It waits to be applied.")

    def reopen(self) -> str:
        if self.entry is None:
            raise Refusal("not_reopened", _("This receipt did not come with a bank statement."))
        cash_application.reopen(self.request.actor, self.entry, reason=self.typed("reason"))
        return _("The receipt is taken back; the entry waits for its customer.")

    def keep(self) -> str:
        kept = deposit.keep_for_order(self.request.actor, self.receipt, self.typed("order"))
        if kept.unapplied_minor:
            return _("It is kept for order %(order)s.") % {"order": kept.order_reference}
        used = _("The invoice for order %(order)s is there: the deposit is used for it.")
        return used % {"order": kept.order_reference}

    def free(self) -> str:
        deposit.free(self.request.actor, self.receipt)
        return _("It is free on the account of %(name)s.") % {"name": self.receipt.account.name}

    @cached_property
    def entry(self) -> BankEntry | None:
        """The movement of the bank that it is, where it came with a statement."""
        rows = BankEntry.objects.visible_to(self.request.actor).select_related("statement")
        mine = rows.filter(receipt=self.receipt, amount_minor__gt=0)
        payment = self.receipt.payment_id
        return mine.first() or (rows.filter(payment_id=payment, amount_minor__gt=0).first() if payment else None)

    def context(self) -> dict[str, Any]:
        receipt, actor = self.receipt, self.request.actor
        open_ = bool(receipt.unapplied_minor and not receipt.reversed_at)
        may = actor.may("cash.apply")
        word, meaning = receipt_words(receipt)
        invoices = self._open_invoices() if open_ and may else []
        return {
            "receipt": receipt, "word": word, "meaning": meaning, "facts": self._facts(), "may_apply": may and open_,
            "may_undo": may and not receipt.reversed_at, "reason": because(self.entry) if self.entry else "",
            "lines": self._lines(), "offers": offers(for_receipt(actor, receipt)) if open_ and may else [],
            "reasons": REASONS.items(), "choices": rows_of(self, invoices, receipt.unapplied),
            "left_to_use": receipt.unapplied,
            "left": getattr(receipt, "left_on_account", None) if open_ else None,
            "may_reopen": may and self.entry and self.entry.outcome in ("applied", "account"),
            "statement": self.entry and self.entry.statement, "entries": timeline(actor, receipt),
            "crumbs": (Crumb(_("Payments"), reverse("desk:payments")), Crumb(_("Cash"), reverse("desk:cash")),
                       Crumb(money_text(receipt.amount))),
            "live_topics": (topic("cash_receipt", receipt.pk), topic("account", receipt.account_id)),
        }  # fmt: skip

    def _open_invoices(self) -> Any:
        receipt = self.receipt
        rows = open_invoices(self.request.actor, receipt.account, legal_entity_id=receipt.legal_entity_id,
                             currency=receipt.currency)  # fmt: skip
        named = deposit.open_for(self.request.actor, receipt)  # what names the deposit's order is offered first
        return [*named, *(row for row in rows if row not in named)]

    def _lines(self) -> Sequence[tuple[Application, bool]]:
        """Each application, and whether it still stands."""
        rows = Application.objects.visible_to(self.request.actor).filter(receipt=self.receipt, reverses=None)
        found = rows.select_related("invoice", "reversed_by").order_by("recorded_at", "pk")[:500]
        return [(row, not hasattr(row, "reversed_by")) for row in found]

    def _facts(self) -> Sequence[Fact]:
        receipt, entry = self.receipt, self.entry
        facts = [
            Fact(_("Received"), receipt.received_on), Fact(_("Paid to"), receipt.legal_entity.name),
            Fact(_("Reference"), receipt.reference), Fact(_("Payer"), entry.counterparty if entry else ""),
            Fact(_("From account"), entry.counterparty_account if entry else ""),
            Fact(_("Text"), entry.text if entry and entry.text != receipt.reference else ""),
            Fact(_("Not applied"), receipt.unapplied if receipt.unapplied_minor else None),
            Fact(_("Deposit for order"), receipt.order_reference),
            Fact(_("Being refunded"), receipt.set_aside if receipt.set_aside_minor else None),
            Fact(_("Sent back"), receipt.given_back if receipt.given_back_minor else None),
            booking_fact(self.request.actor, receipt),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value]
