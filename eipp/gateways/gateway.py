"""The contract that every payment gateway keeps: one file per provider, named in settings GATEWAYS.

The platform first commits its intent (a payment row), then asks; the payment's id is the idempotency key. No answer is
not a no: such a payment is `unknown` until `look` has told. A callback only ever causes a look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal

Status = Literal["open", "pending", "succeeded", "failed", "cancelled", "returned", "charged_back", "missing"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of paying: a gateway, and the method by which it gets the money (card, bank_debit, bank_transfer)."""

    gateway: str
    method: str


class NoAnswer(Exception):
    """The gateway did not answer in time, or not in a way one can rely on: ask again, never repeat blindly."""


class ForgedCallback(Exception):
    """A callback whose signature is not the gateway's."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be charged: `reference` is our payment's id and the idempotency key; urls lead the payer back.

    method: how the payer has chosen to pay; the hosted page asks for what that takes.
    """

    reference: UUID
    amount: Money
    payee: str
    description: str
    return_url: str
    cancel_url: str
    method: str = "card"


@dataclass(frozen=True, slots=True)
class Checkout:
    """The provider's hosted page on which the payer gives card or account; it never touches our forms.

    Without a url there is nothing to be done at the provider: the money is waited for.
    """

    url: str
    gateway_reference: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the gateway says a payment is. means: card or account in words; failure: a code of `failures.py`."""

    status: Status
    amount: Money | None = None
    gateway_reference: str = ""
    means: str = ""
    failure: str = ""


class Gateway(Protocol):
    """A provider. Calls raise NoAnswer within `settings.GATEWAY_SECONDS`; none is made inside a transaction.

    methods: how it can be paid, each with the currencies that it takes, None for all.
    """

    name: str
    title: str
    methods: Mapping[str, frozenset[str] | None]

    def open_checkout(self, intent: Intent) -> Checkout:
        """Open (or find again, by the intent's reference) the hosted page for an intent."""

    def look(self, reference: UUID) -> Look:
        """What became of an intent; `missing` when the provider never heard of it."""

    def cancel(self, reference: UUID) -> Look:
        """Close an intent that is still open, so that it can no longer be paid; what it is afterwards."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> UUID:
        """The reference that a callback is about; raises ForgedCallback unless signature and age are right."""


@cache
def gateway(name: str) -> Gateway:
    """The provider of that name among settings.GATEWAYS."""
    try:
        found: Gateway = import_string(settings.GATEWAYS[name])()
    except KeyError:
        raise Refusal("unknown_gateway", f"There is no way of paying called {name!r} here.", status=404) from None
    return found


def offers(name: str, currency: str) -> list[str]:
    """The methods of a gateway that take this currency."""
    methods = gateway(name).methods
    return [method for method, currencies in methods.items() if currencies is None or currency in currencies]


def ways(currency: str) -> list[Way]:
    """Every way of paying this currency here, in the order of settings.GATEWAYS."""
    return [Way(name, method) for name in settings.GATEWAYS for method in offers(name, currency)]
