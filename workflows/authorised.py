"""Authorised: what is done when a second person grants it. One table from a request's deed to the function.

A deed gets the granter, the request and the time, finds its row by `request.about` and its details in
`request.payload`, and calls the same function as everybody does, with `granted=request`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from workflows import answering, finance_charge_waiver, offering, write_off
from workflows.authority import AuthorityRequest

Deed = Callable[[Actor, AuthorityRequest, datetime], Any]


def grant(actor: Actor, request: AuthorityRequest, *, now: datetime | None = None) -> AuthorityRequest:
    """Let it be done, by the granter's word, in one transaction. Event: `authority.granted`, and those of the deed.

    Refused as the deed is where it does not fit any more; then it still waits."""
    granted: AuthorityRequest = request.grant(actor, now=now, carry_out=DEEDS[request.deed])
    return granted


def _accept(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    said = request.payload
    quantities = (
        {UUID(key): Decimal(units) for key, units in said["quantities"].items()} if "quantities" in said else None
    )
    request.about.accept(actor, now=now, amount=_amount(request), quantities=quantities, granted=request)


def _propose(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    request.about.propose(actor, now=now, amount=request.amount, granted=request)


def _refund(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    request.about.submit(actor, now=now, granted=request)


def _waive(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    finance_charge_waiver.waive(
        actor, request.about, reason=request.payload["reason"], amount=_amount(request), granted=request, now=now
    )


def _credit(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    answering.give_credit(
        actor, request.about, request.amount, reason=request.payload["reason"], now=now, granted=request
    )


def _write_off(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    write_off.write_off(
        actor, request.about, request.amount, reason=request.payload["reason"], now=now, granted=request
    )


def _propose_plan(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    request.about.put_forward(actor, now=now, granted=request)


def _agree_plan(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    request.about.agree(actor, now=now, granted=request)


def _accept_offer(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    offering.accept(actor, request.about, granted=request, now=now)


def _write_off_dispute(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    request.about.write_off(actor, now=now, granted=request)


def _amount(request: AuthorityRequest) -> Money | None:
    text = request.payload.get("amount")
    return Money.parse(text, request.currency) if text else None


DEEDS: Mapping[str, Deed] = {
    "dispute.accept": _accept, "dispute.propose": _propose, "credit": _credit, "refund": _refund,
    "dispute.write_off": _write_off_dispute,
    "plan.propose": _propose_plan, "plan.agree": _agree_plan, "waiver": _waive,
    "write_off": _write_off, "offer.propose": offering.put_forward_granted, "offer.accept": _accept_offer,
    "offer.counter": offering.counter_granted,
}  # fmt: skip
