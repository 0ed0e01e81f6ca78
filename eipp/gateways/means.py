"""Means: a card or bank account that is kept at a provider, to be charged again without its owner being there."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

MeansStatus = Literal["open", "saved", "verifying", "failed", "gone", "missing"]


@dataclass(frozen=True, slots=True)
class Setup:
    """What is to be kept: `reference` is our saved method's id and the idempotency key; urls lead the owner back.

    method: card or bank_debit; holder: the company that pays; payee: who is allowed to charge it.
    """

    reference: UUID
    method: str
    holder: str
    payee: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Means:
    """What became of a setup.

    open: its page waits for the owner; verifying: two small amounts are on their way into the account, to be typed in;
    saved: `token` charges it; failed: it cannot be used, `failure` (a code of `failures.py`) says why; gone: forgotten,
    by us or by the provider; missing: never heard of. While verifying, the failure `wrong_amounts` says that the last
    try was wrong. label: in words ("card ending 4242"); expires_on: the last day on which a card can be charged.
    """

    status: MeansStatus
    token: str = ""
    label: str = ""
    last_digits: str = ""
    expires_on: date | None = None
    failure: str = ""
