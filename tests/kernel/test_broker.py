"""The broker carries hints: a broker that hangs or is gone holds nobody up."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from eipp.kernel import broker


@pytest.fixture
def hanging(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        settings.EVENT_HINT_SECONDS = 0.02
        monkeypatch.setattr(broker, "_resting_until", 0.0)
        broker._client.cache_clear()
        yield
        broker._client.cache_clear()


def test_a_hanging_broker_holds_a_request_up_only_briefly_and_then_not_at_all(hanging: None) -> None:
    began = time.monotonic()
    assert broker.publish("anything", "") is False
    tried = time.monotonic()
    assert broker.publish("anything", "") is False
    assert tried - began < 1, "the bound is some hundredths of a second, not the client's default"
    assert time.monotonic() - tried < 0.01, "a broker that just failed is left alone"
