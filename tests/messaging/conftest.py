"""The cast of this floor's tests, and a mail server."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.messaging.cast import Cast
from tests.messaging.sink import Sink, running_sink


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.make()


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    with running_sink(settings) as running:
        yield running
