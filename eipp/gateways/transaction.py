"""Transaction: one line of the provider's own books, against which ours are held every day; payout: what of it the
provider sent to the payee's bank."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from eipp.kernel.money import Money

Kind = Literal["charge", "refund", "return", "chargeback"]


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one movement added to the balance that the provider keeps for the payee.

    amount: signed, fees left out: a charge is positive, a refund, return or charge-back negative; a refund that failed
    and a charge-back that was won come back as a positive line of the same kind. reference: our payment's id; for a
    refund, our refund's. on: the provider's day, in UTC. A debit that never settled has no line. fee: what the provider
    keeps of it for itself, negative where it gives some back; None where it does not say, or in another currency.
    """

    reference: UUID
    kind: Kind
    amount: Money
    on: date
    gateway_reference: str
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class Payout:
    """What left the balance for the payee's bank account; reference: by which the bank's statement names it. A payout
    that the bank sent back is negative. on: the provider's day, in UTC."""

    reference: str
    amount: Money
    on: date
