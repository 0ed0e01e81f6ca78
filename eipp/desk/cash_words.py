"""Cash in words: where money went and why, what a proposal says, how a bank statement stands."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words
from django.utils.translation import ngettext

from eipp.web.pieces import Meaning
from eipp.web.tags.values import money_text
from workflows.bank_statement import BankEntry, BankStatement
from workflows.cash_proposals import Proposal

OUTCOME_WORDS: dict[str, tuple[Any, Meaning]] = {
    "": (words("Being looked at"), "waiting"), "payment": (words("Payment settled"), "good"),
    "applied": (words("Applied"), "good"), "account": (words("On account"), "quiet"),
    "waiting": (words("Whose is it?"), "bad"), "return": (words("Went back"), "bad"),
    "returned": (words("Receipt taken back"), "quiet"), "known": (words("Counted before"), "quiet"),
    "outgoing": (words("Money out"), "quiet"), "noted": (words("Not a customer’s"), "quiet"),
}  # fmt: skip
STANDING_WORDS: dict[str, tuple[Any, Meaning]] = {
    "received": (words("Being applied"), "waiting"), "held": (words("Held back"), "bad"),
    "applied": (words("Applied"), "good"), "set_aside": (words("Set aside"), "quiet"),
}  # fmt: skip
NOTATIONS = {"bai2": "BAI2", "mt940": "MT940", "csv": "CSV", "": words("Not read")}


def because(entry: BankEntry) -> str:
    """Why the platform did with it what it did, as a sentence."""
    say = _BECAUSE.get(entry.because.get("code", ""))
    return say(entry.because) if say else ""


def proposal_words(proposal: Proposal) -> str:
    """The reason, and what it would pay."""
    numbers = ", ".join(invoice.number for invoice, _amount in proposal.shares[:4])
    more = len(proposal.shares) - 4
    named = _("%(numbers)s and %(more)d more") % {"numbers": numbers, "more": more} if more > 0 else numbers
    return str(_PROPOSALS[proposal.why]) % {"numbers": named, "advice": proposal.advice, "name": proposal.account.name}


def left_words(proposal: Proposal) -> str:
    """What of the money and of the invoices is left afterwards."""
    if proposal.left:
        return _("%(amount)s stay on account.") % {"amount": money_text(proposal.left)}
    short = [invoice for invoice, amount in proposal.shares if amount < invoice.free]
    return _("%(number)s stays partly open.") % {"number": short[0].number} if short else ""


def notation_words(statement: BankStatement) -> str:
    return str(NOTATIONS.get(statement.notation, statement.notation))


def _numbers(facts: Mapping[str, Any]) -> str:
    numbers, count = facts.get("numbers") or [], facts.get("count") or 0
    more = count - len(numbers)
    listed = ", ".join(numbers)
    return f"{listed} +{more}" if more > 0 else listed


def _by_invoice(facts: Mapping[str, Any]) -> str:
    one = "It names invoice %(numbers)s with its exact amount."
    several = "It names invoices %(numbers)s, whose amounts it is together."
    return ngettext(one, several, facts.get("count") or 1) % {"numbers": _numbers(facts)}


def _by_customer(sentence: Any) -> Callable[[Mapping[str, Any]], str]:
    def say(facts: Mapping[str, Any]) -> str:
        said = str(sentence) % {"name": facts.get("name", ""), "numbers": _numbers(facts)}
        if facts.get("settled"):
            said += " " + _("It carries the reference of payment %(number)s, which had arrived before.") % {
                "number": facts["settled"],
            }  # fmt: skip
        return said

    return say


def _plain(sentence: Any) -> Callable[[Mapping[str, Any]], str]:
    def say(facts: Mapping[str, Any]) -> str:
        reason = f" ({facts['reason']})" if facts.get("reason") else ""
        return str(sentence) % {"number": facts.get("number", ""), "advice": facts.get("advice", ""),
                                "reason": reason}  # fmt: skip

    return say


_BECAUSE: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "payment": _plain(words("It carries the reference of payment %(number)s.")),
    "invoice": _by_invoice,
    "advice": _plain(words("Remittance advice %(advice)s says what it is for, to the cent.")),
    "announced": _plain(words("It carries the reference of the announced transfer %(advice)s, to the cent.")),
    "named_other_amount": _by_customer(words("It names %(numbers)s, but the amount is another one.")),
    "named_closed": _by_customer(words("It names %(numbers)s, on which nothing is open any more.")),
    "bank_account": _by_customer(words("It comes from the bank account of %(name)s; no invoice fits exactly.")),
    "name": _by_customer(words("The payer is called like %(name)s; no invoice fits exactly.")),
    "unknown_payer": _plain(words("Neither a reference nor the payer is known.")),
    "own_money_back": _plain(words("Money of your own that came back%(reason)s, no customer’s.")),
    "payment_back": _plain(words("The bank took payment %(number)s back%(reason)s.")),
    "receipt_back": _plain(words("The bank took exactly this receipt back%(reason)s.")),
    "unknown_back": _plain(words("Money went back%(reason)s, but it is not said for certain which.")),
    "refund": _plain(words("It is the payout of refund %(number)s.")),
    "outgoing": _plain(words("Money that you paid out; nothing is to be done.")),
    "known": _plain(words("An earlier statement has the same booking: it counts once.")),
}
_PROPOSALS = {
    "named": words("Its text names %(numbers)s"), "advice": words("Remittance advice %(advice)s: %(numbers)s"),
    "equal": words("Exactly what is open on %(numbers)s"), "all": words("Exactly everything that is open: %(numbers)s"),
    "oldest_equal": words("Exactly the oldest together: %(numbers)s"),
    "sum": words("These together give exactly the amount: %(numbers)s"),
    "alike": words("The payer is called like %(name)s"), "oldest": words("What is due first: %(numbers)s"),
}  # fmt: skip
