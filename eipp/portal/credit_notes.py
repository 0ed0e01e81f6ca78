"""The buyer's credit notes: one of them, with its paper and what it was used for."""

from django.utils.translation import gettext as _

from eipp.web.credit_notes import CreditNotePage
from eipp.web.paper import Fact
from workflows.booking import is_booked


class BuyerCreditNotePage(CreditNotePage):
    side = "buyer"
    face = "portal"

    def facts(self) -> tuple[Fact, ...]:
        name = self.note.supplier.name
        booked = _("booked at %(name)s") if is_booked(self.note) else _("not booked yet at %(name)s")
        return (*super().facts(), Fact(_("Booking"), booked % {"name": name}))
