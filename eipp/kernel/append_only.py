"""Triggers by which the database itself refuses update, delete and truncate on rows that are only ever added."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from eipp.kernel.record import AppendOnly

_FUNCTION = """CREATE OR REPLACE FUNCTION eipp_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"""


class Guard(Operation):
    """A migration's operation that makes a table append-only."""

    reduces_to_sql = False
    reversible = True
    anew = False

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are not part of a model."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self.anew:
            remove(schema_editor.connection, self.table)
        install(schema_editor.connection, self.table)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.anew:
            remove(schema_editor.connection, self.table)

    def describe(self) -> str:
        return f"Make {self.table} append-only"


class GuardAgain(Guard):
    """The same for a table that was append-only before and has a new column: SQLite makes the table anew, without."""

    anew = True


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, table):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    with connection.cursor() as cursor:
        for verb in ("update", "delete", "truncate"):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For emptying a test database or the example world, and for tests that tamper on purpose: the triggers are away
    inside the block."""
    tables = guarded_tables()
    for table in tables:
        remove(connection, table)
    try:
        yield
    finally:
        for table in tables:
            install(connection, table)


def guarded_tables() -> list[str]:
    models: list[Any] = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
    return [model._meta.db_table for model in models]


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    rows = [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"FOR EACH {'STATEMENT' if verb == 'truncate' else 'ROW'} EXECUTE FUNCTION eipp_append_only()"
        for verb in ("update", "delete", "truncate")
    ]
    return [_FUNCTION, *rows]
