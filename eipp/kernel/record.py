"""The base of every row: time-ordered ids, exact amounts, decimal text, and rows that are only ever added."""

import os
import time
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from eipp.kernel.money import Money
from eipp.kernel.tenancy import ScopedManager


def uuid7() -> UUID:
    """A time-ordered unique id (RFC 9562, version 7)."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | random & (1 << 62) - 1)


class Entity(models.Model):
    """A row with a public id; scoped models add `scope` and are read through `objects.visible_to(actor)`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    objects = ScopedManager()

    class Meta:
        abstract = True


class MoneyOf:
    """Reads and writes an integer column of minor units as Money in the row's `currency`."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        minor = getattr(row, self.column)
        return None if minor is None else Money(minor, row.currency)

    def __set__(self, row: Any, amount: Money | None) -> None:
        if amount is not None and amount.currency != row.currency:
            raise ValueError(f"{amount.currency} does not fit a row in {row.currency}")
        setattr(row, self.column, None if amount is None else amount.minor)


class DecimalText(models.CharField):
    """An exact decimal kept as text: quantities and unit prices, which have more decimals than money."""

    _pyi_private_set_type: Any  # type checkers are told that the attribute is not text
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(f"{value!r} is not a decimal number") from error

    def get_prep_value(self, value: Any) -> str | None:
        decimal = self.to_python(value)
        return None if decimal is None else f"{decimal:f}"


class AppendOnly(models.Model):
    """A row that is added once and never changed; the database refuses the same by trigger (`append_only.py`)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.delete()
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self._meta.verbose_name} rows are never changed: add a new one")
