"""Ways of paying, as they are offered and explained to people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as words

from eipp.accounts.models import LegalEntity
from eipp.gateways.creditor_reference import printed
from eipp.gateways.gateway import Way, ways
from workflows.payee import accounts_for
from workflows.payment import Payment

#: By method: its name, and in one sentence what it means to choose it.
MEANINGS: dict[str, tuple[Any, Any]] = {
    "card": (words("Card"), words("Counts at once. You give the card on the provider's payment page.")),
    "bank_debit": (
        words("Bank debit"),
        words("Taken from your account: takes 2 to 3 bank days, and your bank can send it back until then or later."),
    ),
    "bank_transfer": (
        words("Bank transfer"),
        words("You send it from your bank with our reference; it counts when it has arrived, usually in 1 to 2 days."),
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to choose: the value of its field, and what it means."""

    value: str
    name: Any
    meaning: Any
    chosen: bool


def choices(payee: LegalEntity, currency: str, *, chosen: str = "") -> Sequence[Choice]:
    """What the payee takes in this currency; the first is chosen where nothing fits what was."""
    offered = [way for way in ways(currency) if way.method != "bank_transfer" or accounts_for(payee, currency)]
    values = [value_of(way) for way in offered]
    first = chosen if chosen in values else values[0] if values else ""
    return [
        Choice(value, *MEANINGS[way.method], chosen=value == first)
        for value, way in zip(values, offered, strict=True)
    ]  # fmt: skip


def value_of(way: Way) -> str:
    """As it stands in a form: `sandbox/card`."""
    return f"{way.gateway}/{way.method}"


def way_of(value: str, payee: LegalEntity, currency: str) -> Way:
    """The way that a form names, else the first; one that is not offered is refused where it is entered."""
    offered = choices(payee, currency)
    gateway, _, method = (value or (offered[0].value if offered else "")).partition("/")
    return Way(gateway, method)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a payer types into their bank's form for a transfer; each of it can be copied."""

    holder: str
    account: str
    bank: str
    amount: str
    reference: str


def instructions(payment: Payment) -> Instructions | None:
    """For a transfer that has not come; None for any other payment, or where the payee has no account any more."""
    accounts = accounts_for(payment.legal_entity, payment.currency)
    if payment.method != "bank_transfer" or payment.state not in ("submitted", "pending", "unknown") or not accounts:
        return None
    account = accounts[0]
    return Instructions(
        holder=account.get("holder") or payment.legal_entity.name, account=_grouped(account.get("iban", "")),
        bank=account.get("bic", ""), amount=payment.amount.text, reference=printed(payment.reference),
    )  # fmt: skip


def _grouped(number: str) -> str:
    """An IBAN in groups of four, as banks print it; another account number as it is."""
    plain = "".join(number.split())
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if plain[:2].isalpha() else number
