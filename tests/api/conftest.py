"""The API's cast: a supplier with its ERP's key, a buyer with people, a stranger; and a client that writes JSON."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.cast import Caller, Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, made by doing."""
    return Cast.make()


@pytest.fixture
def call() -> Callable[..., Caller]:
    """A caller with an API key, or nobody."""

    def with_key(key: str = "", **headers: Any) -> Caller:
        return Caller(key, headers)

    return with_key
