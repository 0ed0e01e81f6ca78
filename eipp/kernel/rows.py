"""Rows written as a set: without the ORM's cost for each statement, and many of them by COPY, where PostgreSQL is used.

A fast path where ERPs feel it: these statements are most of what posting an invoice costs. Elsewhere it is bulk_create.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import msgspec
from django.db import connection, models

_ENCODER = msgspec.json.Encoder()
MANY = 20  # from so many rows on a COPY pays

Prepare = Callable[[Any], Any]
Column = tuple[str, str, Prepare | None]


def insert(rows: Sequence[models.Model], *, keyed: bool = False) -> None:
    """Insert new rows of one model, which say all of their columns. keyed: the caller needs the ids that the database
    gives them."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows, batch_size=500)
        return
    (_copy if len(rows) >= MANY else _insert)(model, rows, keyed)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def insert_if_free(row: models.Model) -> bool:
    """Insert one new row unless another takes its place by a unique constraint; that says so without a savepoint."""
    model = type(row)
    columns = _written(model, [row])
    statement = f"{_statement(model, columns, 1, keyed=False)} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(statement, list(chain(*_values([row], columns))))
        if not cursor.rowcount:
            return False
    row._state.adding, row._state.db = False, connection.alias
    return True


def made(model: type[models.Model], values: Mapping[str, Any]) -> Any:
    """A new row from the values of its columns (a foreign key's by its id), without what a constructor looks for."""
    return model(*[values[name] if name in values else default() for name, default in _defaults(model)])


def add(
    rows: Sequence[models.Model], *, one: Sequence[str], columns: Sequence[str], told: Sequence[str] = ("id",)
) -> list[tuple[Any, ...]]:
    """Insert rows, or add their `columns` to those of the row that is there, found by the columns `one`; of each row
    the columns `told`, as they are now."""
    model = type(rows[0])
    fields: Sequence[Any] = model._meta.concrete_fields
    table, names = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    sums = ", ".join(f'"{name}" = "{table}"."{name}" + EXCLUDED."{name}"' for name in columns)
    values: list[Any]
    if connection.vendor == "postgresql" and len(rows) >= MANY:
        given = f"SELECT * FROM unnest({', '.join(f'%s::{_array_of(field)}[]' for field in fields)})"  # noqa: S608
        values = [_column(rows, field) for field in fields]
    else:
        row = f"({', '.join(['%s'] * len(fields))})"
        given = f"VALUES {', '.join([row] * len(rows))}"
        values = [field.get_db_prep_save(getattr(each, field.attname), connection) for each in rows for field in fields]
    ending = f"ON CONFLICT ({', '.join(one)}) DO UPDATE SET {sums} RETURNING {', '.join(told)}"
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" ({names}) {given} {ending}', values)
        return list(cursor.fetchall())


def _insert(model: type[models.Model], rows: Sequence[models.Model], keyed: bool) -> None:
    columns = _written(model, rows)
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, columns, len(rows), keyed), list(chain(*_values(rows, columns))))
        if keyed:
            for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = key


def _copy(model: type[models.Model], rows: Sequence[models.Model], keyed: bool) -> None:
    if keyed:
        _reserve_keys(model, rows)
    columns = _written(model, rows)
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    # The cursor's copy() is psycopg's own, whose errors are not yet Django's.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as target:
        for values in _values(rows, columns):
            target.write_row(values)


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


def _written(model: type[models.Model], rows: Sequence[models.Model]) -> tuple[Column, ...]:
    """The columns that are written: not a key that the database is to give."""
    key = model._meta.pk
    return tuple(each for each in _columns(model) if key is None or each[1] != key.attname or rows[0].pk is not None)


@cache
def _statement(model: type[models.Model], columns: tuple[Column, ...], count: int, keyed: bool) -> str:
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    row = f"({', '.join(['%s'] * len(columns))})"
    returning = f' RETURNING "{model._meta.pk.column}"' if keyed and model._meta.pk else ""
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([row] * count)}{returning}'  # noqa: S608 - our own names


def _values(rows: Sequence[models.Model], columns: Sequence[Column]) -> Iterator[list[Any]]:
    plans = [(attribute, prepare) for _, attribute, prepare in columns]
    for row in rows:
        held = row.__dict__
        yield [
            held[attribute] if prepare is None or held[attribute] is None else prepare(held[attribute])
            for attribute, prepare in plans
        ]


@cache
def _columns(model: type[models.Model]) -> list[Column]:
    """Each column's name, the attribute that holds it, and how its value is made fit for the database."""
    return [(str(field.column), field.attname, _preparation(field)) for field in model._meta.concrete_fields]


@cache
def _defaults(model: type[models.Model]) -> list[tuple[str, Callable[[], Any]]]:
    return [(field.attname, field.get_default) for field in model._meta.concrete_fields]


def _json(value: Any) -> str:
    return _ENCODER.encode(value).decode()


def _preparation(field: Any) -> Prepare | None:
    if isinstance(field, models.JSONField):
        return _json
    plain = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.DateField)
    if type(field).__module__.startswith("django.") and isinstance(field, (*plain, models.UUIDField)):
        return None
    if isinstance(field, models.ForeignKey):
        return _preparation(field.target_field)
    return lambda value: field.get_db_prep_save(value, connection)


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of rows of one model that are there already.

    Many at once join a set of values: Django's own way builds, for each column, a CASE of all rows.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql" or len(rows) < MANY:
        model._base_manager.bulk_update(rows, list(names), batch_size=500)
        return
    key = model._meta.pk
    assert key is not None
    fields: list[Any] = [key, *(model._meta.get_field(name) for name in names)]
    types = [_array_of(field) for field in fields]
    sets = ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields[1:])
    columns = ", ".join(f'"{field.column}"' for field in fields)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    statement = (
        f'UPDATE "{model._meta.db_table}" AS kept SET {sets} FROM unnest({arrays}) AS new ({columns}) '  # noqa: S608
        f'WHERE kept."{key.column}" = new."{key.column}"'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_column(rows, field) for field in fields])


def _array_of(field: Any) -> str:
    """A text's length is left to its column, which refuses what is too long: a cast would cut it off."""
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind


def _column(rows: Sequence[models.Model], field: Any) -> list[Any]:
    prepare = _preparation(field)
    held = (getattr(row, field.attname) for row in rows)
    return [value if prepare is None or value is None else prepare(value) for value in held]
