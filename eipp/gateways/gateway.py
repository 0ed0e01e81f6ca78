"""The contract that every payment gateway keeps: one file per provider, named in settings GATEWAYS.

The platform first commits its intent (a payment row), then asks; the payment's id is the idempotency key. No answer is
not a no: such a payment is `unknown` until `look` has told. A callback only ever causes a look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol, Self
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from eipp.accounts.models import LegalEntity
from eipp.gateways.credential import Credential
from eipp.gateways.evidence import Evidence, EvidenceFile
from eipp.gateways.intent import Checkout, Intent, Look, Status
from eipp.gateways.means import Means, MeansStatus, Setup
from eipp.gateways.refund import RefundLook, RefundOrder, RefundStatus
from eipp.gateways.reported import ForgedCallback, Reported, UnknownCallback
from eipp.gateways.transaction import Payout, Transaction
from eipp.kernel.refusal import Refusal

__all__ = [
    "CAPABILITIES", "Checkout", "Credential", "Evidence", "EvidenceFile", "ForgedCallback", "Gateway", "Intent",
    "Look", "Means", "MeansStatus", "NoAnswer", "Payout", "RefundLook", "RefundOrder", "RefundStatus", "Reported",
    "Setup", "Status", "Transaction", "UnknownCallback", "Way", "gateway", "of", "offers", "ways",
]  # fmt: skip

#: What a gateway may or may not be able to do: keep a card or account and charge it off-session (setup, charge), have
#: the owner verify it by two small amounts (verify), send money back (refund), answer a charge-back (contest), list
#: its own books (transactions), and what of them it sent to the payee's bank (payouts).
CAPABILITIES = frozenset({"setup", "charge", "verify", "refund", "contest", "transactions", "payouts"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way of paying: a gateway, and the method by which it gets the money (card, bank_debit, bank_transfer)."""

    gateway: str
    method: str


class NoAnswer(Exception):
    """The gateway did not answer in time, or not in a way one can rely on: ask again, never repeat blindly."""


class Gateway(Protocol):
    """A provider. Calls raise NoAnswer within `settings.GATEWAY_SECONDS`; none is made inside a transaction.

    methods: how it can be paid, each with the currencies that it takes, None for all. can: which of CAPABILITIES it
    has; a call to one that it lacks is refused (`gateway_cannot`, see `bare.Bare`). wants: what it has to know of a
    payee before it works for that body. Each call is idempotent by its reference: repeated, it does nothing more and
    answers what is.
    """

    name: str
    title: str
    methods: Mapping[str, frozenset[str] | None]
    can: frozenset[str]
    wants: Sequence[Credential]

    def for_payee(self, payee: LegalEntity) -> Self:
        """The same provider with the credentials of one payee, whose money alone it then sees."""

    def open_checkout(self, intent: Intent) -> Checkout:
        """Open (or find again, by the intent's reference) the hosted page for an intent."""

    def charge(self, intent: Intent, token: str) -> Look:
        """Charge what was kept under a token, its owner not being there; the same intent again charges nothing."""

    def look(self, reference: UUID) -> Look:
        """What became of an intent; `missing` when the provider never heard of it."""

    def cancel(self, reference: UUID) -> Look:
        """Close an intent that is still open, so that it can no longer be paid; what it is afterwards."""

    def open_setup(self, setup: Setup) -> Checkout:
        """Open (or find again) the hosted page on which an owner gives a card or account to be kept."""

    def look_setup(self, reference: UUID) -> Means:
        """What became of a setup; `missing` when the provider never heard of it."""

    def verify(self, reference: UUID, amounts_minor: Sequence[int]) -> Means:
        """Prove that an account is its owner's by the two small amounts that came into it, in any order."""

    def forget(self, token: str) -> None:
        """Never charge it again; forgetting twice, or what was never kept, is no fault."""

    def refund(self, order: RefundOrder) -> RefundLook:
        """Send money back, never more in all than was charged; the same order again sends nothing."""

    def look_refund(self, reference: UUID) -> RefundLook:
        """What became of a refund; `missing` when the provider never heard of it."""

    def contest(self, payment: UUID, evidence: Evidence) -> Look:
        """Answer a charge-back; what the payment is afterwards (won, it is `succeeded` again, maybe days later)."""

    def transactions(self, day: date) -> Sequence[Transaction]:
        """What the provider's own books say of one of its days (UTC)."""

    def payouts(self, day: date) -> Sequence[Payout]:
        """What the provider sent to the payee's bank on one of its days (UTC)."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        """What a callback is about; raises ForgedCallback unless signature and age are right, and
        UnknownCallback for what we never asked of the provider."""


@cache
def gateway(name: str) -> Gateway:
    """The provider of that name among settings.GATEWAYS."""
    try:
        found: Gateway = import_string(settings.GATEWAYS[name])()
    except KeyError:
        raise Refusal("unknown_gateway", f"There is no way of paying called {name!r} here.", status=404) from None
    return found


def of(name: str, legal_entity: LegalEntity) -> Gateway:
    """The provider as it works for one payee: with that body's own credentials, and its money alone."""
    return gateway(name).for_payee(legal_entity)


def offers(name: str, currency: str) -> list[str]:
    """The methods of a gateway that take this currency."""
    methods = gateway(name).methods
    return [method for method, currencies in methods.items() if currencies is None or currency in currencies]


def ways(currency: str) -> list[Way]:
    """Every way of paying this currency here, in the order of settings.GATEWAYS."""
    return [Way(name, method) for name in settings.GATEWAYS for method in offers(name, currency)]
