"""Refund: money that goes back to the card or account it came from, by the provider that took it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from eipp.kernel.money import Money

RefundStatus = Literal["pending", "succeeded", "failed", "missing"]


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What is to go back: `reference` is our refund's id and the idempotency key; payment is the reference charged."""

    reference: UUID
    payment: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundLook:
    """What the provider says a refund is. failure: a code of `failures.py`; what failed is the supplier's again."""

    status: RefundStatus
    failure: str = ""
