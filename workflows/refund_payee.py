"""Where a refund by bank goes: to the payer's own bank details in force, and to no other account."""

from documents.written import day_text
from eipp.accounts.models import Organisation
from eipp.kernel.refusal import Refusal
from workflows.bank_details import LIVE, BankDetails, in_force


def account_for(buyer: Organisation | None, currency: str) -> BankDetails | None:
    """The buyer's account for money in this currency. None for a customer who has no access here, so that nobody of
    theirs can have confirmed one: AR sends it by what it knows, and no file is made of it.

    Refusals (409): `bank_details_wait` while the first ones wait, `no_bank_details` while there are none.
    """
    if buyer is None:
        return None
    if found := in_force(buyer, currency):
        return found
    waiting = BankDetails.objects.filter(buyer=buyer, currency=currency, state__in=LIVE)
    first = waiting.order_by("effective_at", "proposed_at").first()
    if first is None:
        raise Refusal(
            "no_bank_details",
            f"{buyer.name} has no confirmed bank details for {currency}, so nothing can be sent "
            "by bank: ask them to enter an account under Payments, Bank details.",
        )
    if first.effective_at is None:
        raise Refusal(
            "bank_details_wait",
            f"The bank details of {buyer.name} for {currency} wait for a second person of "
            "theirs: nothing is sent there before.",
        )
    day = day_text(first.effective_at.date())
    raise Refusal(
        "bank_details_wait",
        f"The bank details of {buyer.name} for {currency} count from {day} on: nothing is sent there before.",
    )
