"""A new database, made in one step for each app, is the same as an old one that took every step."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.long


@pytest.fixture
def new_database(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[str], BaseDatabaseWrapper]]:
    made = []

    def new(name: str) -> BaseDatabaseWrapper:
        connections.settings[name] = connections.configure_settings(
            {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / name}}
        )["default"]
        made.append(name)
        return connections[name]

    with django_db_blocker.unblock():
        yield new
    for name in made:
        connections[name].close()
        del connections[name], connections.settings[name]


def test_one_step_makes_what_all_steps_make(new_database: Callable[[str], BaseDatabaseWrapper]) -> None:
    whole, stepwise = new_database("whole"), new_database("stepwise")
    call_command("migrate", database="whole", verbosity=0)
    _take_every_step(stepwise)
    assert _schema(whole) == _schema(stepwise)
    assert len(_schema(whole)) > 100


def test_a_database_stopped_half_way_through_the_steps_goes_on(
    new_database: Callable[[str], BaseDatabaseWrapper],
) -> None:
    whole, half = new_database("whole"), new_database("half")
    call_command("migrate", database="whole", verbosity=0)
    _take_every_step(half, until={"ledger": "0008_statement_seal", "workflows": "0017_settlement"})
    call_command("migrate", database="half", verbosity=0)
    assert _schema(whole) == _schema(half)


def _take_every_step(connection: BaseDatabaseWrapper, until: Mapping[str, str] | None = None) -> None:
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    last: dict[str, str] = {}
    for app, name in sorted(executor.loader.disk_migrations):
        if name != "0001_whole" and name <= (until or {}).get(app, "9"):
            last[app] = name
    executor.migrate([*last.items()])


def _schema(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Every table with its columns, every index and constraint and every trigger, in no order."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'PRAGMA table_info("{table}")')
            found[table] = {(name, kind, missing, default) for _, name, kind, missing, default, _ in cursor.fetchall()}
            for name, made in connection.introspection.get_constraints(cursor, table).items():
                found[f"{table}: {name if made['check'] else made['columns']} {made['unique']}"] = made["check"]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE '%%CHECK%%'")
        for name, sql in cursor.fetchall():
            found.setdefault(f"{name}: exists", sql.startswith("CREATE TRIGGER"))
    return found
