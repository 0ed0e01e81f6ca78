"""Hints reach a broker that is there, and cost next to nothing when it is gone or hangs."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from eipp.kernel import broker as messenger


@pytest.fixture
def hanging(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        settings.EVENT_HINT_SECONDS = 0.02
        monkeypatch.setattr(messenger, "_resting_until", 0.0)
        messenger._client.cache_clear()
        yield
        messenger._client.cache_clear()


def test_a_hint_reaches_the_broker(broker: str) -> None:
    assert messenger.publish("eipp:test", "hello")


def test_a_lost_broker_holds_nobody_up() -> None:
    began = time.perf_counter()
    assert not any(messenger.publish("eipp:test", "hello") for _ in range(100))
    assert time.perf_counter() - began < 0.5


def test_a_hanging_broker_holds_a_request_up_only_briefly_and_then_not_at_all(hanging: None) -> None:
    began = time.monotonic()
    assert messenger.publish("anything", "") is False
    tried = time.monotonic()
    assert messenger.publish("anything", "") is False
    assert tried - began < 1, "the bound is some hundredths of a second, not the client's default"
    assert time.monotonic() - tried < 0.01, "a broker that just failed is left alone"
