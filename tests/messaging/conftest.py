"""The cast of this floor's tests, and a mail server."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from django.conf import LazySettings

from tests.messaging.cast import Cast
from tests.messaging.sink import Sink
from tests.servers.ports import free_port


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.make()


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()
