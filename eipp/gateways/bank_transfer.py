"""Bank transfer: the payer's own bank sends the money, and the supplier's bank statement says that it came.

There is no provider to be asked and nobody who calls back: `workflows.bank_transfer` settles such a payment.
"""

from collections.abc import Mapping
from uuid import UUID

from eipp.gateways.bare import Bare
from eipp.gateways.intent import Checkout, Intent, Look


class BankTransfer(Bare):
    """The contract for money that comes by itself: always waited for, and no longer where that is given up."""

    name = "bank_transfer"
    title = "Bank transfer"
    methods: Mapping[str, frozenset[str] | None] = {"bank_transfer": None}

    def open_checkout(self, intent: Intent) -> Checkout:
        return Checkout(url="", gateway_reference="")

    def look(self, reference: UUID) -> Look:
        return Look("pending")

    def cancel(self, reference: UUID) -> Look:
        return Look("cancelled", failure="transfer_expired")
