"""Ways of paying, as they are offered and explained to people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as words

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.gateways.creditor_reference import printed
from eipp.gateways.gateway import Way
from eipp.gateways.offered import company_id, offered
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from workflows.payee import accounts_for
from workflows.payment import Payment
from workflows.price import Price
from workflows.saved_method import SavedMethod

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
    """One way to choose: the value of its field, and what it means. surcharge and in_all: what it costs on top and
    altogether, where that is known."""

    value: str
    name: Any
    meaning: Any
    chosen: bool
    surcharge: Money | None = None
    in_all: Money | None = None


def choices(
    payee: LegalEntity,
    currency: str,
    *,
    chosen: str = "",
    amount: Money | None = None,
    accounts: Collection[CustomerAccount] = (),
    saved: Sequence[SavedMethod] = (),
    prices: Mapping[str, Price] | None = None,
    on: date | None = None,
) -> Sequence[Choice]:
    """What the payee takes in this currency, what is saved standing first; the first is chosen where nothing fits what
    was. prices: by method, where they are to be shown."""
    found = offered(payee, amount or Money.zero(currency), accounts=accounts, on=on)
    found = [way for way in found if way.method != "bank_transfer" or accounts_for(payee, currency)]
    rows = [(f"saved/{each.pk}", *_saved_words(each), each.kind) for each in saved
            if Way(each.gateway, each.kind) in found]  # fmt: skip
    rows += [(value_of(way), *_words(way, payee), way.method) for way in found]
    values = [value for value, *_ in rows]
    first = chosen if chosen in values else values[0] if values else ""
    costs = prices or {}
    return [
        Choice(
            value, name, meaning, chosen=value == first,
            surcharge=costs[method].surcharge if method in costs and costs[method].surcharge else None,
            in_all=costs[method].total if method in costs else None,
        )
        for value, name, meaning, method in rows
    ]  # fmt: skip


def _words(way: Way, payee: LegalEntity) -> tuple[Any, Any]:
    """Its name and meaning; for a debit with the company ID that the payer's bank has to let pass."""
    name, meaning = MEANINGS[way.method]
    number = company_id(payee, way.gateway) if way.method == "bank_debit" else ""
    return name, f"{meaning} {words('Company ID for your bank’s debit filter:')} {number}." if number else meaning


def value_of(way: Way) -> str:
    """As it stands in a form: `sandbox/card`."""
    return f"{way.gateway}/{way.method}"


def way_of(value: str, payee: LegalEntity, currency: str) -> Way:
    """The way that a form names, else the first; one that is not offered is refused where it is entered."""
    if not value:
        values = [choice.value for choice in choices(payee, currency)]
        value = values[0] if values else ""
    gateway, _, method = value.partition("/")
    return Way(gateway, method)


def saved_of(value: str, saved: Sequence[SavedMethod]) -> SavedMethod | None:
    """What is saved and chosen in a form; Refusal (409) when it is not there any more."""
    kind, _, pk = value.partition("/")
    if kind != "saved":
        return None
    for each in saved:
        if each.pk == _uuid(pk):
            return each
    raise Refusal("method_not_usable", "What you chose cannot be used any more: choose another way.", field="way")


def _saved_words(row: SavedMethod) -> tuple[Any, Any]:
    label = str(row)
    beside = f"{row.label}. " if row.name and row.label else ""
    expiry = str(words("Expires %s.")) % f"{row.expires_on:%m/%y}" if row.expires_on else ""
    return label[:1].upper() + label[1:], f"{beside}{words('Saved; nothing is to be typed.')} {expiry}".strip()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
