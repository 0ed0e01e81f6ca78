"""Adjusting: what the invoice's page asks for when AR credits it, writes off its rest, or raises it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit
from eipp.ledger.models import CreditNote, FinanceCharge, Invoice
from eipp.web.pages import Page
from eipp.web.pieces import Move
from eipp.web.tags.values import money_text
from workflows import answering, debit_adjustment, finance_charge_waiver, write_off
from workflows.authority import AuthorityRequest
from workflows.credit_request import CreditRequest

#: The form's moves -> what they do, for a page's `makes`.
ADJUSTS = {"credit": "credit", "write_off": "write_off", "ask_again": "ask_again", "debit": "debit", "waive": "waive"}


@dataclass(frozen=True, slots=True)
class AmountForm:
    """A dialog that asks for an amount and a reason. tried: it was refused just now, so it stands open with what was
    typed; rate: the tax rate that is offered, None where none is asked."""

    name: str
    title: str
    label: str
    amount: str
    help: str
    reason_help: str
    consequence: str
    button: str
    danger: bool = False
    rate: str | None = None
    tried: bool = False


class Adjusting(Page):
    """Mixed into a page that has `invoice`."""

    invoice: Any

    def credit(self) -> str:
        given = answering.give_credit(self.request.actor, self.invoice, self._amount(), reason=self.typed("reason"))
        if isinstance(given, AuthorityRequest):
            return self._waits(given)
        if isinstance(given, CreditRequest):
            return _("The ERP is asked to credit %(amount)s (%(number)s).") % {
                "amount": money_text(given.amount), "number": given.number}  # fmt: skip
        assert isinstance(given, CreditNote)
        return _("%(amount)s are credited by %(number)s.") % {
            "amount": money_text(given.payable), "number": given.number}  # fmt: skip

    def write_off(self) -> str:
        amount = self._amount()
        asked = write_off.write_off(self.request.actor, self.invoice, amount, reason=self.typed("reason"))
        return self._waits(asked) if asked else _("%(amount)s are written off.") % {"amount": money_text(amount)}

    def ask_again(self) -> str:
        write_off.reverse(self.request.actor, self.invoice, self._amount(), reason=self.typed("reason"))
        return _("It is asked for again; the invoice is open.")

    def debit(self) -> str:
        posted = debit_adjustment.adjust(
            self.request.actor, self.invoice, self._amount(), tax_rate=self._rate(), reason=self.typed("reason")
        )
        return _("Debit note %(number)s over %(amount)s is posted.") % {
            "number": posted.number, "amount": money_text(posted.payable)}  # fmt: skip

    def waive(self) -> str:
        charge = FinanceCharge.objects.visible_to(self.request.actor).get(document=self.invoice)
        amount = self._amount()
        given = finance_charge_waiver.waive(self.request.actor, charge, reason=self.typed("reason"), amount=amount)
        if isinstance(given, AuthorityRequest):
            return self._waits(given)
        return _("%(amount)s of the late fee are waived.") % {"amount": money_text(amount)}

    def adjusting_moves(self) -> list[Move]:
        """A form that was refused is not in a dialog now: its button leads to it."""
        return [
            Move(form.title, f"#{form.name}") if form.tried else Move(form.title, opens=form.name)
            for form in self.adjusting_forms
        ]  # fmt: skip

    @cached_property
    def adjusting_forms(self) -> Sequence[AmountForm]:
        """Those that the actor may fill in, and that have something to do."""
        invoice, actor, tried = self.invoice, self.request.actor, self.request.POST.get("move", "")
        customer, left = invoice.account.name, self._left
        forms: list[AmountForm] = []
        if invoice.is_finance_charge:
            return self._waiver()
        if actor.may(answering.RIGHT) and left and not invoice.withdrawn_at:
            forms.append(AmountForm(
                "credit", _("Credit an amount"), _("Credit, tax included"), "",
                _("At most %(amount)s, which is not credited yet.") % {"amount": money_text(left)},
                _("The customer reads it on the credit note."),
                _("It is credited to %(name)s at once, or asked of the ERP or of a second person, as is set; what the "
                  "invoice has no room for stays as credit on the account.") % {"name": customer},
                _("Credit it"), tried=tried == "credit",
            ))  # fmt: skip
        if actor.may(write_off.RIGHT) and invoice.free:
            forms.append(AmountForm(
                "write_off", _("Write off"), _("Amount to write off"), invoice.free.text,
                _("At most %(amount)s, which nobody holds.") % {"amount": money_text(invoice.free)},
                _("Colleagues read it."), _("Nobody asks for it any more; it can be taken back."), _("Write it off"),
                danger=True, tried=tried == "write_off",
            ))  # fmt: skip
        if actor.may(write_off.RIGHT) and invoice.written_off_minor:
            forms.append(AmountForm(
                "ask_again", _("Take the write-off back"), _("Amount to ask for again"), invoice.written_off.text,
                _("At most %(amount)s, which is written off.") % {"amount": money_text(invoice.written_off)},
                _("Colleagues read it."), _("It is open again and %(name)s is asked to pay it.") % {"name": customer},
                _("Ask for it again"), tried=tried == "ask_again",
            ))  # fmt: skip
        if actor.may(debit_adjustment.RIGHT) and not invoice.withdrawn_at:
            rate = self._usual_rate()
            forms.append(AmountForm(
                "debit", _("Raise it by a debit note"), _("Amount without tax"), "",
                _("What was invoiced too little; the invoice itself stays as it is."),
                _("The customer reads it on the debit note."),
                _("A debit note of its own for %(name)s is posted at once, due by the customer's terms; it is approved "
                  "and paid like an invoice.") % {"name": customer},
                _("Post the debit note"), rate=rate, tried=tried == "debit",
            ))  # fmt: skip
        return forms

    def _waiver(self) -> Sequence[AmountForm]:
        """A late fee is given up, and that is all that is done to it."""
        invoice = self.invoice
        if not self.request.actor.may(finance_charge_waiver.RIGHT) or not invoice.free:
            return []
        return [AmountForm(
            "waive", _("Waive the late fee"), _("Amount to waive"), invoice.free.text,
            _("At most %(amount)s, which is open and nobody holds.") % {"amount": money_text(invoice.free)},
            _("The customer reads it."),
            _("%(name)s does not have to pay it: a credit note takes it back. Above your limit a second person is "
              "asked.") % {"name": invoice.account.name}, _("Waive it"),
            tried=self.request.POST.get("move", "") == "waive",
        )]  # fmt: skip

    @property
    def _left(self) -> Money:
        invoice: Invoice = self.invoice
        return credit.left_to_credit(invoice)

    def _usual_rate(self) -> str:
        tax = self.invoice.taxes.first()
        return f"{tax.rate.normalize():f}" if tax and tax.rate is not None else "0"

    def _waits(self, asked: AuthorityRequest) -> str:
        return _("%(amount)s are above your limit: it waits for a second person.") % {
            "amount": money_text(asked.amount)}  # fmt: skip

    def _amount(self) -> Money:
        try:
            return Money.parse(self.typed("amount").replace(",", "."), self.invoice.currency)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.sentence, status=422, field="amount") from None

    def _rate(self) -> Decimal:
        typed = self.typed("tax_rate").replace(",", ".") or "0"
        try:
            plain = Decimal(typed) if len(typed) <= 8 and set(typed) <= set("0123456789.") else None
        except InvalidOperation:
            plain = None
        if plain is None:
            raise Refusal("invalid_rate", _("Write a tax rate in percent, such as 19."), status=422, field="tax_rate")
        return plain
