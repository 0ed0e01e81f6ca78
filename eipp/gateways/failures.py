"""Why a payment failed or came back, in words that the payer can act on. Returned debits keep the bank's own code."""

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

#: Codes of returned bank debits (NACHA): what the bank says, and what the payer can do.
RETURNS = {
    "R01": ("the account did not hold enough.", "Pay again when it does, or in another way."),
    "R02": ("the account is closed.", "Pay from another account."),
    "R03": ("there is no such account under this name.", "Check the number, or pay from another account."),
    "R04": ("the account number is not valid.", "Check the number, or pay from another account."),
    "R05": ("a consumer's account was debited without authorisation.", "Authorise the debit, or pay in another way."),
    "R07": ("the authorisation was taken back.", "Authorise the debit anew, or pay in another way."),
    "R08": ("the payment was stopped at the bank.", "Lift the stop there, or pay in another way."),
    "R09": ("the money in the account was not available yet.", "Pay again in a day, or in another way."),
    "R10": ("the account's owner says that the debit was not authorised.", "Authorise it, or pay in another way."),
    "R16": ("the account is frozen.", "Pay from another account."),
    "R20": ("the account allows no debits.", "Pay from another account, or in another way."),
    "R29": ("debits of this company account are blocked.", "Have the bank allow the debit, or send a transfer."),
}


def in_words(code: str) -> str:
    """The sentence for a failure's code, with what the payer can do; empty where there is none."""
    if code in RETURNS:
        return f"Returned by the bank: {said(code)} {advice(code)}"
    return FAILURES.get(code, "The payment did not go through. Nothing was charged.") if code else ""


def said(code: str) -> str:
    """What the bank says with a code, which stands before it: `R02, the account is closed.`; empty for no such code."""
    return f"{code}, {RETURNS[code][0]}" if code in RETURNS else ""


def advice(code: str) -> str:
    """What the payer can do about a returned debit."""
    return RETURNS[code][1] if code in RETURNS else ""
