"""Refunds, as the supplier's people make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from documents.download import download
from eipp.accounts.models import LegalEntity
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from eipp.web.pages import Page
from eipp.web.refunds import RefundList, RefundView
from eipp.web.tags.values import money_text
from workflows import authority, refund_file, refund_request, refund_talk
from workflows.payment import Payment
from workflows.refund import RIGHT, Refund


class RefundsPage(RefundList):
    """With the payment file of what is to be sent by bank: one for each body and currency."""

    side = "supplier"
    face = "desk"
    template = "desk/refunds.html"
    makes: ClassVar[Mapping[str, str]] = {"file": "file"}

    def file(self) -> HttpResponse:
        key, _colon, currency = self.typed("of").partition(":")
        run, actor = _uuid(self.typed("run")), self.request.actor
        if run is None:
            raise Refusal("attempt_missing", _("The form is out of date: open it again."), status=422)
        entity = self.found(LegalEntity.objects.visible_to(actor), _uuid(key) or run)
        made = refund_file.make(actor, entity, currency, form=self.typed("form"), bank_run=run)
        return download(made.content, name=made.name)

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = refund_file.to_be_sent(actor) if actor.may(RIGHT) else []
        heaps: dict[tuple[str, str], list[Refund]] = {}
        for row in rows:
            heaps.setdefault((f"{row.legal_entity_id}:{row.currency}", row.legal_entity.name), []).append(row)
        files = [(value, name, total((row.amount for row in heap), heap[0].currency), len(heap))
                 for (value, name), heap in heaps.items()]  # fmt: skip
        return {**super().context(), "files": files, "run": uuid4()}


class RefundPage(RefundView):
    """Mark a payout as sent, by hand or not after all; take a refund back before anything went."""

    side = "supplier"
    face = "desk"
    makes: ClassVar[Mapping[str, str]] = {
        "mark_sent": "mark_sent", "mark_not_sent": "mark_not_sent", "cancel": "cancel", "file": "file",
    }  # fmt: skip

    def mark_sent(self) -> str:
        self.refund.mark_sent(self.request.actor)
        return _("It is on its way; the line of the bank statement settles it.")

    def mark_not_sent(self) -> str:
        self.refund.mark_not_sent(self.request.actor)
        return _("It is to be sent as before.")

    def file(self) -> HttpResponse:
        """The payment file that it stands in, once more."""
        run = self.refund.bank_run
        if run is None:
            raise Http404
        made = refund_file.again(self.request.actor, run, form="pain.001")
        return download(made.content, name=made.name)

    def cancel(self) -> str:
        self.refund.cancel(self.request.actor)
        return _("Refund %(number)s is taken back; nothing was sent.") % {"number": self.refund.number}

    def context(self) -> dict[str, Any]:
        waits = authority.waiting_for(self.refund) if self.refund.state == "requested" else None
        may_file = bool(self.refund.bank_run) and self.request.actor.may(RIGHT)
        return {**super().context(), "waits_for": waits, "may_file": may_file}


@dataclass(frozen=True, slots=True)
class RefundForm:
    """What the dialog on a payment or receipt asks. most: what can go back; sources: value -> where it is taken from;
    pays_out: nobody but AR can send it; may_by_bank: the way it came has failed;
    tried: it was refused just now, so it stands open with what was typed."""

    matter: Payment | CashReceipt
    most: Money
    sources: list[tuple[str, str]]
    attempt: UUID
    pays_out: bool
    may_by_bank: bool
    tried: bool


class Refunding(Page):
    """A page about money that came: with the dialog, and the move `refund`."""

    @property
    def refunded_matter(self) -> Payment | CashReceipt:
        raise TypeError(f"{type(self).__name__} does not say what is refunded")

    @cached_property
    def refund_form(self) -> RefundForm | None:
        matter, actor = self.refunded_matter, self.request.actor
        if not actor.may(RIGHT) or (isinstance(matter, Payment) and matter.state != "settled"):
            return None
        most = refund_request.refundable(matter)
        if not most:
            return None
        tried = self.request.POST.get("move") == "refund"
        return RefundForm(
            matter, most, _sources(matter), _uuid(self.request.POST.get("attempt", "")) or uuid4(),
            not refund_request.sender_of(matter), refund_request.may_go_by_bank(matter), tried,
        )  # fmt: skip

    def refund(self) -> str:
        matter, actor = self.refunded_matter, self.request.actor
        attempt = _uuid(self.typed("attempt"))
        if attempt is None:
            raise Refusal("attempt_missing", _("The form is out of date: open it again."), status=422)
        amount = Money.parse(self.typed("amount").replace(",", "."), matter.currency)
        made = refund_request.request(
            actor,
            matter,
            amount,
            reason=self.typed("reason"),
            attempt=attempt,
            by_bank=bool(self.typed("by_bank")),
            **self._source(actor, amount),
        )
        made = refund_talk.send(made)
        said = {"number": made.number, "amount": money_text(made.amount)}
        if made.state == "requested":
            return _("Refund %(number)s over %(amount)s waits for a second person.") % said
        if made.is_payout:
            return _("Refund %(number)s: send %(amount)s by bank with this number, then mark it as sent.") % said
        return _("Refund %(number)s over %(amount)s is with the payment provider.") % said

    def _source(self, actor: Actor, amount: Money) -> dict[str, Any]:
        kind, _colon, key = self.typed("source").partition(":")
        found = _uuid(key)
        if kind == "invoice" and found:
            return {"reopen": [(Invoice.objects.visible_to(actor).get(pk=found), amount)]}
        if kind == "credit" and found:
            return {"credit_note": CreditNote.objects.visible_to(actor).get(pk=found)}
        return {}


def _sources(matter: Payment | CashReceipt) -> list[tuple[str, str]]:
    found = [("", _("What is unapplied first, then the invoices due last (open again)"))]
    for invoice, amount in refund_request.paid_invoices(matter)[:50]:
        said = {"number": invoice.number, "amount": money_text(amount)}
        found.append((f"invoice:{invoice.pk}", _("Invoice %(number)s, up to %(amount)s (open again)") % said))
    for note in refund_request.open_credit(matter)[:50]:
        said = {"number": note.number, "amount": money_text(note.open)}
        found.append((f"credit:{note.pk}", _("Credit note %(number)s, up to %(amount)s (paid out)") % said))
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
