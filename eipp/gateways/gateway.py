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


class NoAnswer(Exception):
    """The gateway did not answer in time, or not in a way one can rely on: ask again, never repeat blindly."""


class ForgedCallback(Exception):
    """A callback whose signature is not the gateway's."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be charged: `reference` is our payment's id and the idempotency key; urls lead the payer back."""

    reference: UUID
    amount: Money
    payee: str
    description: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """The provider's hosted page on which the payer gives card or account; it never touches our forms."""

    url: str
    gateway_reference: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the gateway says a payment is. failure: a code of the table in `failures.py`."""

    status: Status
    amount: Money | None = None
    gateway_reference: str = ""
    method: str = ""
    failure: str = ""


class Gateway(Protocol):
    """A provider. Calls raise NoAnswer within `settings.GATEWAY_SECONDS`; none is made inside a transaction."""

    name: str
    title: str

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
