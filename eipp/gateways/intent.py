"""Intent and look: what is to be charged, and what the provider says became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from eipp.kernel.money import Money

Status = Literal["open", "pending", "succeeded", "failed", "cancelled", "returned", "charged_back", "missing"]


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
    """What the gateway says a payment is. means: card or account in words; failure: a code of `failures.py`.

    amount: what was asked for, or what was really taken once there is something. A charge-back that the supplier has
    won is `succeeded` again. charged_back: how much the payer's bank took, None for all that was left; fee: what the
    provider takes for it; answer_by: until when it listens to the supplier's evidence.
    """

    status: Status
    amount: Money | None = None
    gateway_reference: str = ""
    means: str = ""
    failure: str = ""
    charged_back: Money | None = None
    fee: Money | None = None
    answer_by: datetime | None = None
