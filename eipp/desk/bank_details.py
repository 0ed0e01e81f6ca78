"""Into which accounts the supplier's bodies are paid: changed by two people, after a wait."""

from collections.abc import Sequence

from eipp.web import bank_details
from eipp.web.pieces import Tab
from eipp.web.remittances import payment_tabs


class BankDetailsPage(bank_details.BankDetailsPage):
    side = "supplier"
    face = "desk"

    def tabs(self) -> Sequence[Tab]:
        return payment_tabs("desk", "bank-details")
