"""Why money did not come, or went back: for each code a sentence for people, and what has to follow from it.

Cards and pages have words of ours; returned debits keep the bank's own code (NACHA, and ISO 20022 for SEPA).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """sentence: what happened, and for a page of ours what to do; advice: what the payer can do about a returned debit.

    may_retry: the same debit may be presented again (NACHA: twice at most, within 180 days); stops_method: the saved
    card or account must not be charged again; is_unauthorised: counts towards the rate of unauthorised returns that a
    payee must keep under 0.5 % (NACHA Operating Rules 2.17.2.1); is_administrative: towards that of 3 %.
    """

    sentence: str
    advice: str = ""
    may_retry: bool = False
    stops_method: bool = False
    is_unauthorised: bool = False
    is_administrative: bool = False


def _wrong_account(sentence: str, advice: str = "Check the number, or pay from another account.") -> Failure:
    return Failure(sentence, advice, stops_method=True, is_administrative=True)


def _not_authorised(sentence: str, advice: str) -> Failure:
    return Failure(sentence, advice, stops_method=True, is_unauthorised=True)


def _closed_to_us(sentence: str, advice: str) -> Failure:
    return Failure(sentence, advice, stops_method=True)


FAILURES: Mapping[str, Failure] = {
    "card_declined": Failure("The bank declined the card. Try another card, or ask the bank."),
    "insufficient_funds": Failure(
        "The account does not hold enough. Try another card, or a smaller amount.", may_retry=True
    ),
    "expired_card": Failure("The card has expired. Use another card.", stops_method=True),
    "lost_card": Failure("The card was reported lost. Use another card.", stops_method=True),
    "stolen_card": Failure("The card was reported stolen. Use another card.", stops_method=True),
    "processing_error": Failure("The bank could not work on it just now. Try again.", may_retry=True),
    "fraud_suspected": Failure("The payment provider took it for fraud. Use another card, or a bank transfer."),
    "authentication_failed": Failure("The bank could not make sure that it was the card's owner. Try again."),
    "authentication_required": Failure("The bank wants the card's owner to confirm. Pay it yourself on the pay page."),
    "means_gone": Failure("The card or account is no longer kept. Give it again, or another.", stops_method=True),
    "wrong_amounts": Failure("These are not the two amounts in the account's statement. Try again."),
    "verification_failed": Failure("The two amounts were wrong three times. Add the account anew."),
    "checkout_expired": Failure("The payment page was not completed in time. Nothing was charged."),
    "cancelled_by_payer": Failure("The payer cancelled the payment. Nothing was charged."),
    "transfer_expired": Failure(
        "No money came by bank transfer in time. If you have sent it, it is credited when it arrives."
    ),
    "provider_refused": Failure("The payment provider does not take this payment. Choose another way."),
    "never_reached": Failure("The payment did not reach the payment provider. Nothing was charged."),
    "wrong_currency": Failure(
        "The money came in another currency than was asked for. The supplier keeps it on the account."
    ),
    "not_authorised": Failure("Charged back: the card's owner says that it was not they who paid.", stops_method=True),
    "not_delivered": Failure("Charged back: the card's owner says that nothing was delivered."),
    "charged_back": Failure("Charged back: the card's owner took the money back by their bank."),
    "nothing_to_refund": Failure("There is no money of this payment at the provider that could go back."),
    "more_than_charged": Failure("More would go back than was charged."),
    "refund_refused": Failure("The bank did not take the money back. Send it by bank transfer."),
}

#: Codes of returned bank debits: what the bank says after the code, and what the payer can do.
RETURNS: Mapping[str, Failure] = {
    "R01": Failure("the account did not hold enough.", "Pay again when it does, or in another way.", may_retry=True),
    "R02": _wrong_account("the account is closed.", "Pay from another account."),
    "R03": _wrong_account("there is no such account under this name."),
    "R04": _wrong_account("the account number is not valid."),
    "R05": _not_authorised(
        "a consumer's account was debited without authorisation.", "Authorise the debit, or pay in another way."
    ),
    "R07": _not_authorised("the authorisation was taken back.", "Authorise the debit anew, or pay in another way."),
    "R08": _closed_to_us("the payment was stopped at the bank.", "Lift the stop there, or pay in another way."),
    "R09": Failure(
        "the money in the account was not available yet.", "Pay again in a day, or in another way.", may_retry=True
    ),
    "R10": _not_authorised(
        "the account's owner says that the debit was not authorised.", "Authorise it, or pay in another way."
    ),
    "R11": _not_authorised(
        "the debit was not as it had been authorised.", "Say what is to be debited, or pay in another way."
    ),
    "R13": _wrong_account("there is no bank of this number.", "Check the bank's number, or pay from another account."),
    "R15": _closed_to_us("the account's owner has died.", "Pay from another account."),
    "R16": _closed_to_us("the account is frozen.", "Pay from another account."),
    "R20": _closed_to_us("the account allows no debits.", "Pay from another account, or in another way."),
    "R29": _not_authorised(
        "debits of this company account are blocked.", "Have the bank allow the debit, or send a transfer."
    ),
    "R51": _not_authorised("the debit stood for nothing that was owed.", "Pay in another way."),
    "AC01": _wrong_account("the account number is not valid."),
    "AC04": _wrong_account("the account is closed.", "Pay from another account."),
    "AC06": _closed_to_us("the account is blocked.", "Pay from another account."),
    "AG01": _closed_to_us("the account allows no debits.", "Pay from another account, or in another way."),
    "AM04": Failure("the account did not hold enough.", "Pay again when it does, or in another way.", may_retry=True),
    "MD01": _not_authorised("there is no mandate for the debit.", "Give the mandate anew, or pay in another way."),
    "MD06": _not_authorised("the account's owner had the debit sent back.", "Say why, or pay in another way."),
    "MS02": _closed_to_us("the account's owner refused the debit.", "Say why, or pay in another way."),
    "MS03": Failure("the bank gives no reason.", "Ask the bank, or pay in another way."),
    "SL01": _closed_to_us("debits of this payee are not allowed.", "Have the bank allow them, or send a transfer."),
}
#: Why a planned payment was lowered, or not made at all; nothing was asked of any bank.
PLANS: Mapping[str, Failure] = {
    "plan_dropped": Failure("The payer cancelled the plan. Nothing was charged."),
    "plan_skipped": Failure("The payer skipped it. Nothing was charged."),
    "plan_method_gone": Failure("The saved method cannot be charged any more. Pay in another way."),
    "plan_payer_gone": Failure("Whoever planned it may not pay this any more. A colleague who may can pay it."),
    "plan_withdrawn": Failure("The supplier withdrew an invoice."),
    "plan_disputed": Failure("A part is in dispute, and nothing disputed is paid."),
    "plan_credited": Failure("The supplier credited a part."),
    "plan_paid": Failure("A part was paid in another way."),
    "plan_corrected": Failure("The supplier corrected an invoice. Look at it, and pay it anew."),
    "plan_stopped": Failure("Autopay was stopped. Nothing was charged."),
    "approval_missing": Failure("An invoice is not approved, and nothing unapproved is paid."),
    "approval_too_small": Failure("The approval of an invoice covers less than was planned."),
    "second_person_needed": Failure("Two people are needed, and the second one is missing."),
}
_UNKNOWN = Failure("The payment did not go through. Nothing was charged.")


def failure(code: str) -> Failure:
    """What has to follow from a code; for one that nobody knows, nothing but that it did not go through."""
    return RETURNS.get(code) or FAILURES.get(code) or PLANS.get(code) or _UNKNOWN


def in_words(code: str) -> str:
    """The sentence for a failure's code, with what the payer can do; empty where there is none."""
    if code in RETURNS:
        return f"Returned by the bank: {said(code)} {advice(code)}"
    return failure(code).sentence if code else ""


def said(code: str) -> str:
    """What the bank says with a code, which stands before it: `R02, the account is closed.`; empty for no such code."""
    return f"{code}, {RETURNS[code].sentence}" if code in RETURNS else ""


def advice(code: str) -> str:
    """What the payer can do about a returned debit."""
    return RETURNS[code].advice if code in RETURNS else ""
