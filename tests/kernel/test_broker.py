"""Hints reach a broker that is there, and cost next to nothing when it is not."""

import time

from eipp.kernel import broker as messenger


def test_a_hint_reaches_the_broker(broker: str) -> None:
    assert messenger.publish("eipp:test", "hello")


def test_a_lost_broker_holds_nobody_up() -> None:
    began = time.perf_counter()
    assert not any(messenger.publish("eipp:test", "hello") for _ in range(100))
    assert time.perf_counter() - began < 0.5
