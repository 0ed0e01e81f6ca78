"""A credit note on the desk: what it was used for, whether the ERP has booked it, and using the rest of it."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from eipp.desk.applying import chosen_shares, rows_of
from eipp.desk.bookings import booking_fact
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Application
from eipp.web.credit_notes import CreditNotePage
from eipp.web.paper import Fact
from eipp.web.tags.values import money_text
from workflows import credit_application
from workflows.cash_proposals import open_invoices


class SupplierCreditNotePage(CreditNotePage):
    """AR uses what is left for invoices of its choice, and undoes that."""

    side = "supplier"
    face = "desk"
    template = "desk/credit_note.html"
    makes: ClassVar[Mapping[str, str]] = {"apply": "apply", "undo": "undo"}

    def apply(self) -> str:
        made = credit_application.apply(self.request.actor, self.note, chosen_shares(self, self.note.currency))
        used = money_text(sum((row.amount for row in made[1:]), start=made[0].amount))
        return _("%(amount)s are used.") % {"amount": used}

    def undo(self) -> str:
        try:
            keys = [UUID(self.typed("application"))]
        except ValueError:
            raise Refusal("nothing_chosen", _("Choose what is to be undone."), status=422) from None
        rows = Application.objects.visible_to(self.request.actor).select_related("invoice").filter(pk__in=keys)
        credit_application.undo(self.request.actor, self.note, list(rows))
        return _("It is undone: the credit can be used again, and the invoice is open.")

    def facts(self) -> tuple[Fact, ...]:
        return (*super().facts(), booking_fact(self.request.actor, self.note))

    def context(self) -> dict[str, Any]:
        note, actor = self.note, self.request.actor
        may = actor.may("cash.apply")
        invoices = open_invoices(
            actor, note.account, legal_entity_id=note.legal_entity_id, currency=note.currency
        ) if may and note.open_minor else []  # fmt: skip
        return {
            **super().context(), "may_undo": may, "left_to_use": note.open,
            "choices": rows_of(self, invoices, note.open),
        }  # fmt: skip
