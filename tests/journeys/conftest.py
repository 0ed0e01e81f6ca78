"""The platform as it really runs, and people who use it in real browsers."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser

from tests.journeys.visitor import Visitor
from tests.servers.chromium import chromium
from tests.servers.platform import Platform, platform


@pytest.fixture(scope="session", name="platform")
def _platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One start for the whole run."""
    with platform(tmp_path_factory.mktemp("platform")) as running:
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
