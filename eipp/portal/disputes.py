"""The buyer's disputes: the list, one of them, and the form that opens one and pays the rest in the same step."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.portal.payments import checked_out, uuid_or_none
from eipp.web.disputes import DisputeList, DisputePage, read_quantity
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.sent_files import sent_files
from eipp.web.ways import choices, way_of
from messaging import conversation
from workflows import approval
from workflows.disputable import worth_of
from workflows.dispute import REASONS, open_dispute
from workflows.pay_the_rest import Objection, dispute_and_pay_the_rest


class DisputesPage(DisputeList):
    side = "buyer"
    face = "portal"


class BuyerDisputePage(DisputePage):
    """Answer, agree, escalate, withdraw."""

    side = "buyer"
    face = "portal"
    dialogs = "portal/dispute_dialogs.html"
    makes: ClassVar[dict[str, str]] = {
        "say": "say", "give_answer": "give_answer", "agree": "agree", "escalate": "escalate", "withdraw": "withdraw",
    }  # fmt: skip

    def give_answer(self) -> str:
        files = sent_files(self.request)
        conversation.answer(self.request.actor, self.dispute, self.typed("body"), files=files)
        return _("Your answer was sent.")

    def agree(self) -> str:
        self.dispute.agree(self.request.actor)
        return _("Agreed: the credit note is posted.")

    def escalate(self) -> str:
        self.dispute.escalate(self.request.actor)
        return _("Somebody else at the supplier will look at it.")

    def withdraw(self) -> str:
        self.dispute.withdraw(self.request.actor)
        return _("Dispute %(number)s is withdrawn.") % {"number": self.dispute.number}


class NewDisputePage(Page):
    """Units of lines or an amount, a reason, photos; the dispute alone, or with approval and payment of the rest."""

    side = "buyer"
    template = "portal/dispute_invoice.html"
    makes: ClassVar[Mapping[str, str]] = {
        "dispute": "dispute",
        "dispute_and_pay": "dispute_and_pay",
        "preview": "preview",
    }

    @cached_property
    def invoice(self) -> Invoice:
        rows = Invoice.objects.visible_to(self.request.actor).select_related(
            "supplier", "buyer", "account", "legal_entity"
        )
        found: Invoice = self.found(rows, self.kwargs["pk"])
        return found

    @cached_property
    def lines(self) -> list[InvoiceLine]:
        return list(self.invoice.lines.all())

    def dispute(self) -> HttpResponse:
        objection = self._objection()
        opened = open_dispute(
            self.request.actor, self.invoice, reason=objection.reason, comment=objection.comment,
            lines=objection.lines, amount=objection.amount, files=objection.files,
            attempt=uuid_or_none(self.typed("attempt")),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("portal:dispute", args=[opened.pk]))

    def dispute_and_pay(self) -> HttpResponse:
        attempt = uuid_or_none(self.typed("attempt"))
        if attempt is None:
            raise Refusal("attempt_missing", _("The form is out of date: open it again."), status=422)
        way = way_of(self.typed("way"), self.invoice.legal_entity, self.invoice.currency)
        _opened, payment = dispute_and_pay_the_rest(
            self.request.actor, self.invoice, self._objection(), gateway=way.gateway, method=way.method, attempt=attempt
        )
        return checked_out(payment)

    def preview(self) -> HttpResponse:
        """What the chosen units are worth, before anything is done."""
        try:
            return self.shown(preview=self._worth(self._units(), self._amount()))
        except Refusal as refusal:
            return self.shown(refusal=refusal)

    def context(self) -> dict[str, Any]:
        actor, chosen = self.request.actor, self.request.GET.get("line", "")
        typed = self.request.POST
        rows = [(line, typed.get(f"quantity-{line.pk}", "")) for line in self.lines]
        return {
            "invoice": self.invoice, "rows": rows, "chosen": chosen, "reasons": REASONS.items(),
            "may_pay": actor.may("payment.make") and bool(self.invoice.free),
            "ways": choices(self.invoice.legal_entity, self.invoice.currency, chosen=typed.get("way", "")),
            "may_dispute": actor.may("dispute.open"), "attempt": typed.get("attempt") or uuid4(),
            "crumbs": (
                Crumb(_("Invoices"), reverse("portal:invoices")),
                Crumb(self.invoice.number, reverse("portal:invoice", args=[self.invoice.pk])), Crumb(_("Dispute")),
            ),
            "approves": actor.may("approval.decide") and self._waits(),
        }  # fmt: skip

    def _waits(self) -> bool:
        run = approval.active_run(self.invoice)
        return run is not None and run.state == "waiting"

    def _objection(self) -> Objection:
        return Objection(
            reason=self.typed("reason"), comment=self.typed("comment"), lines=self._units(), amount=self._amount(),
            files=sent_files(self.request, purpose="dispute"),
        )  # fmt: skip

    def _units(self) -> list[tuple[InvoiceLine, Decimal]]:
        units = []
        for line in self.lines:
            field = f"quantity-{line.pk}"
            quantity = read_quantity(self.typed(field), field=field) if self.typed(field) else Decimal(0)
            if quantity:
                units.append((line, quantity))
        return units

    def _amount(self) -> Money | None:
        text = self.typed("amount").replace(",", ".")
        if text and self._units():
            raise Refusal(
                "lines_or_amount", _("Give units of lines or an amount, not both."), status=422, field="amount"
            )
        return Money.parse(text, self.invoice.currency) if text else None

    def _worth(self, units: list[tuple[InvoiceLine, Decimal]], amount: Money | None) -> dict[str, Money]:
        disputed = worth_of(self.invoice, units) if units else amount or self.invoice.free
        return {"disputed": disputed, "rest": self.invoice.free - disputed}
