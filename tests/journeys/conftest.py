"""The platform as it really runs, and people who use it in real browsers."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser

from tests.journeys.visitor import Visitor
from tests.servers.chromium import chromium
from tests.servers.platform import Platform, platform
from tests.servers.production import production

_PRODUCTION = pytest.param("production", marks=pytest.mark.servers)
#: A story that is told on SQLite, as `make run` has it, and on the parts of production; on the one or on these alone.
ON_BOTH = pytest.mark.parametrize("platform", ["light", _PRODUCTION], indirect=True, scope="session")
ON_LIGHT = pytest.mark.parametrize("platform", ["light"], indirect=True, scope="session")
ON_PRODUCTION = pytest.mark.parametrize("platform", [_PRODUCTION], indirect=True, scope="session")


@pytest.fixture(scope="session", name="platform")
def _platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One start of each kind for the whole run: every test says which it needs."""
    data = tmp_path_factory.mktemp("platform")
    if request.param == "light":
        with platform(data, sqlite=True) as running:
            yield running
        return
    with production() as parts, platform(data, parts=parts) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


class Visits(Protocol):
    """Opens a browser context of its own; signs in where a user name is given."""

    def __call__(self, username: str = "", **options: Any) -> Visitor: ...


@pytest.fixture(scope="module")
def visit(browser: Browser, platform: Platform) -> Iterator[Visits]:
    with ExitStack() as stack:

        def open_for(username: str = "", **options: Any) -> Visitor:
            visitor = Visitor(browser, platform.url, **options)
            stack.callback(visitor.context.close)
            if username:
                person = platform.person(username)
                visitor.sign_in(person["username"], person["password"])
            return visitor

        yield open_for
