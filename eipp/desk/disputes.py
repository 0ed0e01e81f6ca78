"""The supplier's disputes: the list, and one of them with all that can be answered to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _

from eipp.desk.answering import Answering
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit
from eipp.web.disputes import DisputeList, DisputePage
from eipp.web.pieces import Move
from eipp.web.sent_files import sent_files
from eipp.web.tags.values import money_text
from messaging import conversation
from workflows import answering, deduction
from workflows.authority import AuthorityRequest
from workflows.credit_request import is_asked_of_the_erp
from workflows.disputable import DisputeLine
from workflows.dispute import Dispute


class DisputesPage(DisputeList):
    side = "supplier"
    face = "desk"


@dataclass(frozen=True, slots=True)
class MoveForm:
    """What a move asks for. tried: it was refused just now, so it stands open with what was typed."""

    name: str
    title: str
    tried: bool

    @property
    def template(self) -> str:
        return f"desk/dispute/{self.name}.html"


class SupplierDisputePage(Answering, DisputePage):
    """Take, ask, propose, accept, decline."""

    side = "supplier"
    face = "desk"
    template = "desk/dispute.html"
    dialogs = "desk/dispute_dialogs.html"
    item = "desk/item_dispute.html"
    makes: ClassVar[dict[str, str]] = {
        "say": "say", "settle": "settle", "take": "take", "ask": "ask", "propose": "propose", "accept": "accept",
        "decline": "decline", "preview": "preview", "write_off": "write_off",
    }  # fmt: skip

    @property
    def matter(self) -> Dispute:
        return self.dispute

    def take(self) -> str:
        self.dispute.take(self.request.actor)
        return _("Dispute %(number)s is yours.") % {"number": self.dispute.number}

    def ask(self) -> str:
        files = sent_files(self.request)
        conversation.ask(self.request.actor, self.dispute, self.typed("question"), files=files)
        return _("Your question was sent; the dispute waits for the customer.")

    def propose(self) -> str:
        asked = answering.propose(self.request.actor, self.dispute, amount=self.amount())
        if asked:
            return self._waits(asked)
        offered = money_text(self.dispute.proposed)
        return _("%(amount)s are offered; the dispute waits for the customer.") % {"amount": offered}

    def accept(self) -> str:
        quantities, amount = self._accepted()
        asked = answering.accept(self.request.actor, self.dispute, amount=amount, quantities=quantities)
        if asked:
            return self._waits(asked)
        credited = money_text(self.dispute.accepted)
        invoice = self.dispute.invoice
        if is_asked_of_the_erp(self.dispute.account, invoice.legal_entity if invoice else None):
            return _("%(amount)s are accepted; the ERP is asked for the credit note.") % {"amount": credited}
        return _("%(amount)s are credited; the credit note is posted.") % {"amount": credited}

    def _waits(self, asked: AuthorityRequest) -> str:
        return _("%(amount)s are above your limit: it waits for a second person.") % {"amount": asked.amount}

    def decline(self) -> str:
        self.dispute.decline(self.request.actor, reason=self.typed("reason"))
        return _("Dispute %(number)s is declined; the customer reads why.") % {"number": self.dispute.number}

    def write_off(self) -> str:
        asked = deduction.write_off(self.request.actor, self.dispute)
        if asked:
            return self._waits(asked)
        return _("%(amount)s are written off.") % {"amount": money_text(self.dispute.amount)}

    def preview(self) -> HttpResponse:
        """What accepting would credit, before anything is done."""
        try:
            return self.shown(credited=self._worth())
        except Refusal as refusal:
            return self.shown(no_credit=refusal.sentence)

    def moves(self) -> Sequence[Move]:
        """A move that was refused is not in a dialog now: its button leads to it."""
        return [
            Move(move.label, f"#{move.name}", danger=move.danger) if move.opens and move.opens == self._tried else move
            for move in super().moves()
        ]  # fmt: skip

    def context(self) -> dict[str, Any]:
        shown = super().context()
        forms = {
            "accept": _("Accept and credit"), "ask": _("Ask the customer"), "propose": _("Propose a credit"),
            "decline": _("Decline"),
        }  # fmt: skip
        offered = [MoveForm(name, title, name == self._tried) for name, title in forms.items() if name in shown["can"]]
        return {
            **shown, "stands_open": any(form.tried for form in offered), "forms": offered, "question": self.question,
            "tried": self._tried, "units": self._units(), "customer": shown["other"],
        }  # fmt: skip

    @property
    def _tried(self) -> str:
        return self.request.POST.get("move", "")

    def _units(self) -> list[tuple[DisputeLine, str]]:
        """The disputed lines, each with the units in its field: all that are disputed, or what was typed."""
        posted = self.request.POST
        return [(row, posted.get(_field(row), f"{row.quantity.normalize():f}")) for row in self.lines]

    def _accepted(self) -> tuple[dict[Any, Decimal] | None, Money | None]:
        """So many units of each line or an amount; the units are filled in already, so only other ones contradict."""
        quantities = {
            row.pk: self.quantity(self.typed(_field(row)) or "0", field=_field(row)) for row in self.lines
        }  # fmt: skip
        if not self.typed("amount"):
            return quantities or None, None
        if any(quantities[row.pk] != row.quantity for row in self.lines):
            raise Refusal(
                "lines_or_amount", _("Give units of lines or an amount, not both."), status=422, field="amount"
            )
        return None, self.amount()

    def _worth(self) -> Money:
        quantities, amount = self._accepted()
        if quantities is None or self.dispute.invoice is None:
            return amount or self.dispute.amount
        claims = [(row.line, quantities[row.pk]) for row in self.lines if quantities[row.pk]]
        return credit.worth_of(self.dispute.invoice, claims) if claims else Money.zero(self.dispute.currency)


def _field(row: DisputeLine) -> str:
    return f"units-{row.pk}"
