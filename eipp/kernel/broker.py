"""The broker as a messenger of hints: bounded to 20 ms, never raises; whatever is lost here is swept up later."""

import threading
import time
from collections.abc import Iterator
from functools import cache

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger()
_REST = 1.0  # seconds without trying after a failure
_resting_until = 0.0
_lock = threading.Lock()
_missed: set[str] = set()  # channels on which a hint was lost, and nobody who listens knows it yet


@cache
def _client() -> redis.Redis:
    bound = settings.EVENT_HINT_SECONDS
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=bound, socket_connect_timeout=bound, retry_on_timeout=False
    )


def publish(channel: str, payload: str) -> bool:
    """Tell whoever listens; False when the broker did not take it within 20 ms (then it is left alone for a second)."""
    global _resting_until
    if time.monotonic() < _resting_until:
        _missed.add(channel)
        return False
    try:
        _client().publish(channel, payload)
    except (redis.RedisError, OSError) as error:
        _missed.add(channel)
        with _lock:
            _resting_until = time.monotonic() + _REST
        log.warning("broker.unreachable", channel=channel, error=str(error))
        return False
    return True


def make_up() -> None:
    """Where hints of ours were lost, an empty one says so once the broker takes it; to be called every now and then."""
    for channel in tuple(_missed):
        if publish(channel, ""):
            _missed.discard(channel)


def listen(channel: str, *, every: float) -> Iterator[str | None]:
    """Yield each message's text, and at the latest after `every` seconds None, for the sweep."""
    while True:
        try:
            with _listener(every).pubsub() as subscription:
                subscription.subscribe(channel)
                while True:
                    message = subscription.get_message(ignore_subscribe_messages=True, timeout=every)
                    yield message and message["data"].decode()
        except (redis.RedisError, OSError):
            time.sleep(every)
            yield None


def _listener(bound: float) -> redis.Redis:
    """A client that gives up at once what hangs or is gone: who listens has sweeps to make meanwhile."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=bound, socket_connect_timeout=bound, retry=Retry(NoBackoff(), retries=0)
    )
