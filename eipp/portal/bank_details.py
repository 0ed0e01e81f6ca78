"""Where the buyer wants refunds by bank: changed by two people, after a wait."""

from collections.abc import Sequence

from eipp.web import bank_details
from eipp.web.pieces import Tab
from eipp.web.remittances import payment_tabs


class BankDetailsPage(bank_details.BankDetailsPage):
    side = "buyer"
    face = "portal"

    def tabs(self) -> Sequence[Tab]:
        return payment_tabs("portal", "bank-details")
