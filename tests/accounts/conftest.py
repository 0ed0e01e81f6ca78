"""The cast, and a browser without scripts."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.accounts.cast import Cast, build


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    return build()


@pytest.fixture
def browser(cast: Cast) -> Client:
    return Client()
