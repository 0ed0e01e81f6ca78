"""Why a payment failed, in words that the payer can act on."""

FAILURES = {
    "card_declined": "The bank declined the card. Try another card, or ask the bank.",
    "insufficient_funds": "The account does not hold enough. Try another card, or a smaller amount.",
    "expired_card": "The card has expired. Use another card.",
    "checkout_expired": "The payment page was not completed in time. Nothing was charged.",
    "cancelled_by_payer": "The payer cancelled the payment. Nothing was charged.",
    "transfer_expired": "No money came by bank transfer in time. If you have sent it, it is credited when it arrives.",
    "never_reached": "The payment did not reach the payment provider. Nothing was charged.",
    "wrong_currency": "The money came in another currency than was asked for. The supplier keeps it on the account.",
}


def in_words(code: str) -> str:
    """The sentence for a failure's code."""
    return FAILURES.get(code, "The payment did not go through. Nothing was charged.") if code else ""
