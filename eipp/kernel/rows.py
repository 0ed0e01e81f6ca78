"""Rows written as a set: by COPY where the database knows it, which takes a fraction of an INSERT of the same rows."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

MANY = 20  # from so many rows on the preparation of a COPY pays

Prepare = Callable[[Any], Any]


def insert(rows: Sequence[models.Model], *, keyed: bool = False) -> None:
    """Insert new rows of one model. keyed: the caller needs the ids that the database gives them."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql" or len(rows) < MANY:
        model._base_manager.bulk_create(rows, batch_size=500)
        return
    if keyed:
        _reserve_keys(model, rows)
    _copy(model, rows)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _reserve_keys(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    key = model._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, key.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number


def _copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    key = model._meta.pk
    columns = [column for column in _columns(model) if key is None or column[1] != key.attname or rows[0].pk]
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    # The cursor's copy() is psycopg's own, whose errors are not yet Django's.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as target:
        for values in _values(rows, columns):
            target.write_row(values)


def _values(rows: Sequence[models.Model], columns: Sequence[tuple[str, str, Prepare | None]]) -> Iterator[list[Any]]:
    plans = [(attribute, prepare) for _, attribute, prepare in columns]
    for row in rows:
        held = row.__dict__
        yield [
            held[attribute] if prepare is None or held[attribute] is None else prepare(held[attribute])
            for attribute, prepare in plans
        ]


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, str, Prepare | None]]:
    """Each column's name, the attribute that holds it, and how its value is made fit for the database."""
    return [(str(field.column), field.attname, _preparation(field)) for field in model._meta.concrete_fields]


def _preparation(field: Any) -> Prepare | None:
    if isinstance(field, models.JSONField):
        return json.dumps
    plain = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.DateField)
    if type(field).__module__.startswith("django.") and isinstance(field, (*plain, models.UUIDField)):
        return None
    if isinstance(field, models.ForeignKey):
        return _preparation(field.target_field)
    return lambda value: field.get_db_prep_save(value, connection)
