"""The example world for tests: the same cast as `make run` shows, built by doing.

- `world`: the cast alone. Post what the test is about:

      def test_a_stranger_cannot_see_the_invoice(world):
          invoice = world.invoice("100.00")
          assert not Invoice.objects.visible_to(world.actor("sina")).filter(pk=invoice.pk).exists()

- `full_world`: the cast with about 200 invoices over 14 months.

Each is made once per test run (and worker) in a database of its own, so other tests never see it, and each test rolls
back on top of it. One with real commits (`transactional_db`, `live_server`) builds its own cast, or gets a copy of the
full database. Never ask for both worlds.

Handy: `world.nordwind` (Organisation), `world.main` (CustomerAccount), `world.anna` (Person), `world.actor("anna")`,
`world.client("anna")` (signed in), `world.erp("nordwind")` (Actor), `world.key("nordwind")` (API key),
`world.program("nordwind")` (a client that sends it), `world.passwords["anna"]`, `world.invoice("100.00")` or
`world.invoice(lines=[("Bolt M8", 10, "25.00")], account="branch", tax="19")`. The words stand in `eipp/demo/cast.py`;
`full_world.invoices["to_dispute"]` and the other invoices of the story in `eipp/demo/stories.py`.
"""

import copy
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client

from eipp.demo import handout, histories, loading
from eipp.demo import world as demo
from eipp.ledger.models import Invoice
from tests.servers import databases

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
def world(request: pytest.FixtureRequest, _in_cast_database: "CastDatabase", db: None) -> World:
    """The cast without any invoice."""
    return _built() if _commits(request) else _in_cast_database.world()


@pytest.fixture
def full_world(_in_full_database: "FullDatabase", db: None) -> World:
    """The cast with its histories."""
    return _in_full_database.world()


class CastDatabase:
    """A database that holds the cast and nothing else."""

    def __init__(self) -> None:
        with databases.filling("cast") as self.name:
            self.built = _built()

    def world(self) -> World:
        """The cast, fresh from when it was built."""
        return copy.deepcopy(self.built)


class FullDatabase:
    """A database that holds the filled world and nothing else, loaded as `make run` loads it."""

    def __init__(self) -> None:
        with databases.filling("full") as self.name:
            loading.load()

    def world(self) -> World:
        """The cast as it stands in the database that is in use."""
        world = World.found()
        assert world is not None
        world.passwords = handout.passwords()
        world.keys = {word: key for word in world.companies if (key := handout.key_of(word))}
        world.invoices = histories.named()
        return world


@pytest.fixture(scope="session")
def _cast_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[CastDatabase]:
    with django_db_blocker.unblock():
        cast = CastDatabase()
    yield cast
    with django_db_blocker.unblock():
        databases.drop(cast.name)


@pytest.fixture(scope="session")
def _full_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[FullDatabase]:
    with django_db_blocker.unblock():
        full = FullDatabase()
    yield full
    with django_db_blocker.unblock():
        databases.drop(full.name)


@pytest.fixture
def _in_cast_database(
    request: pytest.FixtureRequest, _cast_database: CastDatabase, django_db_blocker: Any
) -> Iterator[CastDatabase]:
    """While the test runs, the connection leads to the cast, unless the test commits."""
    with nullcontext() if _commits(request) else databases.using(_cast_database.name, django_db_blocker):
        yield _cast_database


@pytest.fixture
def _in_full_database(
    request: pytest.FixtureRequest, _full_database: FullDatabase, django_db_blocker: Any
) -> Iterator[FullDatabase]:
    """While the test runs, the connection leads to the full database, or to a copy where the test commits."""
    way = databases.using_copy if _commits(request) else databases.using
    with way(_full_database.name, django_db_blocker):
        yield _full_database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The connection is turned before pytest-django begins the test's transaction."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        for turned in {"_in_cast_database", "_in_full_database"} & set(names):
            names.remove(turned)
            names.insert(0, turned)


def _built() -> World:
    world = demo.build(World)
    assert isinstance(world, World)
    return world


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(_WITH_COMMITS & set(request.fixturenames))
