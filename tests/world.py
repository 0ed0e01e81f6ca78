"""The example world for tests: the same cast as `make run` shows, built by doing.

- `world`: the cast alone, built inside the test's transaction in well under a second. Post what the test is about:

      def test_a_stranger_cannot_see_the_invoice(world):
          invoice = world.invoice("100.00")
          assert not Invoice.objects.visible_to(world.actor("sina")).filter(pk=invoice.pk).exists()

- `full_world`: the cast with about 200 invoices over 14 months. It is loaded once per test run (and worker) into a
  database of its own, so other tests never see it; each test rolls back on top of it, and one with real commits
  (`transactional_db`, `live_server`) gets a copy of it. Never ask for both.

Handy: `world.nordwind` (Organisation), `world.main` (CustomerAccount), `world.anna` (Person), `world.actor("anna")`,
`world.client("anna")` (signed in), `world.erp("nordwind")` (Actor), `world.key("nordwind")` (API key),
`world.program("nordwind")` (a client that sends it), `world.passwords["anna"]`, `world.invoice("100.00")` or
`world.invoice(lines=[("Bolt M8", 10, "25.00")], account="branch", tax="19")`. The words stand in `eipp/demo/cast.py`;
`full_world.invoices["to_dispute"]` and the other invoices of the story in `eipp/demo/stories.py`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from eipp.demo import handout, histories, loading
from eipp.demo import world as demo
from eipp.ledger.models import Invoice

_WITH_COMMITS = {"transactional_db", "live_server", "django_db_reset_sequences"}


class World(demo.World):
    """The cast, with clients that call the platform as its people and programs do.

    invoices: those that the story needs, by name; only the full world has them.
    """

    invoices: dict[str, Invoice]

    def client(self, word: str) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(self.people[word])
        return client

    def program(self, company: str) -> Client:
        """A client that sends the company's API key."""
        return Client(headers={"Authorization": f"Bearer {self.key(company)}"})


@pytest.fixture
def world(db: None) -> World:
    """The cast without any invoice."""
    return _built()


@pytest.fixture
def full_world(_in_full_database: "FullDatabase", db: None) -> World:
    """The cast with its histories."""
    return _in_full_database.world()


class FullDatabase:
    """A database that holds the filled world and nothing else, loaded as `make run` loads it."""

    def __init__(self) -> None:
        self.empty = str(connection.settings_dict["NAME"])
        self.name = _sibling(self.empty, "full")
        _copy(self.empty, self.name)
        _use(self.name)
        loading.load()
        _use(self.empty)

    def world(self) -> World:
        """The cast as it stands in the database that is in use."""
        world = World.found()
        assert world is not None
        world.passwords = handout.passwords()
        world.keys = {word: key for word in world.companies if (key := handout.key_of(word))}
        world.invoices = histories.named()
        return world


@pytest.fixture(scope="session")
def _full_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[FullDatabase]:
    with django_db_blocker.unblock():
        full = FullDatabase()
    yield full
    with django_db_blocker.unblock():
        _drop(full.name)


@pytest.fixture
def _in_full_database(
    request: pytest.FixtureRequest, _full_database: FullDatabase, django_db_blocker: Any
) -> Iterator[FullDatabase]:
    """While the test runs, the connection leads to the full database, or to a copy where the test commits."""
    name = _full_database.name
    if commits := _commits(request):
        name = _sibling(_full_database.empty, "copy")
    with django_db_blocker.unblock():
        if commits:
            _copy(_full_database.name, name)
        _use(name)
    yield _full_database
    with django_db_blocker.unblock():
        _use(_full_database.empty)
        if commits:
            _drop(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The connection is turned to the full database before pytest-django begins the test's transaction."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        if "full_world" in names:
            names.remove("_in_full_database")
            names.insert(0, "_in_full_database")


def _built() -> World:
    world = demo.build(World)
    assert isinstance(world, World)
    return world


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(_WITH_COMMITS & set(request.fixturenames))


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _sibling(name: str, word: str) -> str:
    if connection.vendor == "sqlite":
        return str(Path(name).with_stem(f"{Path(name).stem}_{word}"))
    return f"{name}_{word}"


def _copy(source: str, target: str) -> None:
    """A database as another one is now, with schema, rows and triggers."""
    _drop(target)
    if connection.vendor == "sqlite":
        _use(source)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [target])
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _drop(name: str) -> None:
    if connection.vendor == "sqlite":
        for path in Path(name).parent.glob(f"{Path(name).name}*"):
            path.unlink()
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
