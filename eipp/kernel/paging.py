"""Paging by cursor: a page goes on behind the last row's sort value and id, so rows that come or go shift nothing."""

import base64
import binascii
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from eipp.kernel.refusal import Refusal

DEFAULT, MOST = 50, 200


class Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Where a page ended: the order, the last row's sort value as text, and its id."""

    order: str
    value: str
    id: str


def page(rows: QuerySet, *, order: str, cursor: str, limit: int) -> tuple[list[Any], str]:
    """One page in an order (`issue_date`, `-issue_date`), ties by id; with the cursor of the next, "" at the end."""
    column, descending = order.removeprefix("-"), order.startswith("-")
    sign = "-" if descending else ""
    if cursor:
        rows = _behind(rows, column, _place(cursor, order), descending=descending)
    found = list(rows.order_by(f"{sign}{column}", f"{sign}pk")[: limit + 1])
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], _cursor(Place(order, _text(getattr(last, column)), str(last.pk)))


def _behind(rows: QuerySet, column: str, place: Place, *, descending: bool) -> QuerySet:
    meta, side = rows.model._meta, "lt" if descending else "gt"
    try:
        value, key = meta.get_field(column).to_python(place.value), meta.pk.to_python(place.id)
        if isinstance(value, datetime):
            value = value.astimezone(UTC)  # databases know fewer offsets than can be written
    except (ValidationError, OverflowError):
        raise _unknown() from None
    if column == meta.pk.name:
        return rows.filter(**{f"pk__{side}": key})
    beyond = Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": key})
    return rows.filter(Q(**{f"{column}__{side}e": value}) & beyond)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _place(cursor: str, order: str) -> Place:
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = msgspec.json.decode(content, type=Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        raise _unknown() from None
    if place.order != order or "\0" in place.value:
        raise _unknown()
    return place


def _unknown() -> Refusal:
    return Refusal(
        "invalid_cursor",
        "The cursor does not belong to this list in this order: begin without a cursor.",
        status=422,
        field="?cursor",
    )
