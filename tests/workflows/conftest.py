"""A gateway that lies, where a test asks for it."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from eipp.gateways.gateway import gateway
from tests.gateways.liar import THE_LIAR, Liar


@pytest.fixture
def liar(settings: LazySettings) -> Iterator[Liar]:
    """The lying gateway, installed as `liar`, with empty books."""
    settings.GATEWAYS = {**settings.GATEWAYS, "liar": "tests.gateways.liar.the_liar"}
    THE_LIAR.__init__()  # type: ignore[misc]
    gateway.cache_clear()
    yield THE_LIAR
    gateway.cache_clear()
