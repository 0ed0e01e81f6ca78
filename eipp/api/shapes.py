"""Shapes: the small structs that several resources share, and the texts that amounts and quantities are written as."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from workflows.machine import Machine, steps_of

Amount = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$",
        max_length=20,
        description="An exact amount as text, with at most as many decimals as its currency has.",
        examples=["1234.50"],
    ),
]
Number = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,8})?$",
        max_length=22,
        description="An exact decimal number as text: a quantity, a unit price or a percentage.",
        examples=["2.5"],
    ),
]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3, description="ISO 4217.", examples=["EUR"])]
Code = Annotated[str, Meta(min_length=1, max_length=10)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Reference = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=5000)]
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


class Written(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a client writes: nothing but the fields that are listed."""


class AccountBrief(msgspec.Struct):
    """A customer account; `number` is the ERP's."""

    id: UUID
    number: str
    name: str


class Action(msgspec.Struct):
    """What may be done now, and by which POST; the one that is likely comes first."""

    name: str
    label: str
    likely: bool


class Refused(msgspec.Struct):
    """A reason why something waits for someone to mend it."""

    code: str
    message: str
    field: str = ""


def amount(text: str, currency: str, field: str) -> Money:
    """An amount a client wrote; raises Refusal 422 naming the field."""
    try:
        return Money.parse(text, currency)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, status=422, field=field) from None


def number(text: str, field: str) -> Decimal:
    """A quantity a client wrote; raises Refusal 422 naming the field."""
    if not _NUMBER.fullmatch(text):
        raise Refusal(
            "invalid_number", "Write digits with a point and at most 8 decimals, such as 2.5.", status=422, field=field
        )
    return Decimal(text)


def plain(value: Decimal | None) -> str | None:
    """A decimal as text without exponent."""
    return None if value is None else f"{value:f}"


def day(value: date, field: str) -> date:
    """A date a client wrote, within what calendars and databases can reckon with."""
    if not EARLIEST <= value <= LATEST:
        raise Refusal("invalid_date", f"A date lies between {EARLIEST} and {LATEST}.", status=422, field=field)
    return value


def moment(value: datetime, field: str) -> datetime:
    """A moment a client wrote, in UTC: databases know fewer offsets than can be written."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Refusal("invalid_date", "That moment lies outside the calendar.", status=422, field=field) from None


def one_of(value: str, choices: Any, field: str) -> str:
    """A word from a table; raises Refusal 422 naming the field and the words."""
    if value not in choices:
        raise Refusal("unknown_word", f"Choose one of: {', '.join(choices)}.", status=422, field=field)
    return value


def account(row: Any) -> AccountBrief:
    return AccountBrief(row.pk, row.number, row.name)


def actions(row: Any, actor: Any) -> list[Action]:
    return [Action(move.name, move.label, move.likely) for move in row.moves(actor)]


def states(machine: type[Machine]) -> list[str]:
    """The states of a workflow, as its transitions name them."""
    steps = list(steps_of(machine))
    return sorted({state for step in steps for state in (*step.sources, step.target)})
