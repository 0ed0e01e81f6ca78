"""Fixtures that every floor uses. Which database is under the tests is EIPP_DATABASE_URL's word (default: SQLite)."""

import shutil
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from django.conf import LazySettings
from django.conf import settings as current
from django.db import connection
from django.test import TransactionTestCase

from eipp.kernel import broker as messenger
from eipp.kernel import relays
from eipp.kernel.append_only import lifted
from tests.servers.seaweedfs import SeaweedFS
from tests.servers.seaweedfs import seaweedfs as started_seaweedfs
from tests.servers.valkey import valkey

pytest_plugins = ["tests.world"]

_WAY_TO_EMPTY = "_fixture_teardown"
_empty_database = getattr(TransactionTestCase, _WAY_TO_EMPTY)


def _empty_append_only_tables_too(case: TransactionTestCase) -> None:
    with lifted(connection):
        _empty_database(case)


def pytest_configure() -> None:
    """After a test with real commits its rows go, those too that nobody may delete. Nothing is judged by the clock."""
    hypothesis.settings.register_profile("unhurried", deadline=None)
    hypothesis.settings.load_profile("unhurried")
    setattr(TransactionTestCase, _WAY_TO_EMPTY, _empty_append_only_tables_too)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the filled world run beside each other, so that one process alone fills it (`--dist loadgroup`)."""
    for item in items:
        if "full_world" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("full_world"))


def pytest_sessionfinish() -> None:
    """The files of this run go with it."""
    shutil.rmtree(current.DATA, ignore_errors=True)


@pytest.fixture
def settle(db: None) -> Callable[[], None]:
    """A function that does what the worker does after a commit: seals and relays until nothing is left."""

    def until_quiet() -> None:
        while relays.run_once():
            pass

    return until_quiet


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The address of a Valkey for this run."""
    with valkey() as address:
        yield address


@pytest.fixture(scope="session")
def seaweedfs() -> Iterator[SeaweedFS]:
    """A real S3 for this run (tests that use it are marked `servers`)."""
    with started_seaweedfs() as running:
        yield running


@pytest.fixture
def broker(valkey_url: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The platform with a broker; without this fixture it runs as though the broker were lost."""
    settings.REDIS_URL = valkey_url
    monkeypatch.setattr(messenger, "_resting_until", 0.0)  # it had given up the lost one for a moment
    messenger._client.cache_clear()
    messenger._resting_until = 0.0  # what failed before there was a broker says nothing about this one
    messenger._missed.clear()
    yield valkey_url
    messenger._client.cache_clear()
