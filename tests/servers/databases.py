"""Databases beside the one under the tests: filled once, used by turning the connection to them, copied for commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection


@contextmanager
def filling(word: str) -> Iterator[str]:
    """A new copy of the empty database, by its name, to which the connection leads while it is filled."""
    empty = str(connection.settings_dict["NAME"])
    name = _sibling(empty, word)
    _copy(empty, name)
    _use(name)
    try:
        yield name
    finally:
        _use(empty)


@contextmanager
def using(name: str, blocker: Any) -> Iterator[None]:
    """The connection leads to the database of that name. blocker: pytest-django's."""
    with blocker.unblock():
        before = str(connection.settings_dict["NAME"])
        _use(name)
    yield
    with blocker.unblock():
        _use(before)


@contextmanager
def using_copy(name: str, blocker: Any) -> Iterator[None]:
    """The connection leads to a copy, which goes afterwards with all that was committed."""
    taken = _sibling(name, "copy")
    with blocker.unblock():
        _copy(name, taken)
    with using(taken, blocker):
        yield
    with blocker.unblock():
        drop(taken)


def drop(name: str) -> None:
    if connection.vendor == "sqlite":
        for path in Path(name).parent.glob(f"{Path(name).name}*"):
            path.unlink()
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(source: str, target: str) -> None:
    """A database as another one is now, with schema, rows and triggers."""
    drop(target)
    if connection.vendor == "sqlite":
        before = str(connection.settings_dict["NAME"])
        _use(source)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [target])
        _use(before)
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _sibling(name: str, word: str) -> str:
    if connection.vendor == "sqlite":
        return str(Path(name).with_stem(f"{Path(name).stem}_{word}"))
    return f"{name}_{word}"
