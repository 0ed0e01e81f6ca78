"""The broker (Valkey or Redis): it wakes workers and open pages, and may be lost at any time without losing a fact."""

from urllib.parse import urlsplit

from eipp.settings import environment
from eipp.settings.place import broker_socket

#: Where the broker listens that `eipp.up` brings along when none is named.
BROKER_SOCKET = broker_socket()
#: As redis-py writes it: redis://, rediss:// or unix:///path.
REDIS_URL = environment.url(
    "EIPP_REDIS_URL",
    f"unix://{BROKER_SOCKET}",
    schemes=("redis", "rediss", "unix"),
    path_only=("unix",),
)
BROKER_IS_EMBEDDED = REDIS_URL.removeprefix("unix://") == str(BROKER_SOCKET)


def celery_address(url: str) -> str:
    """The same broker as Celery writes it."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}"


CELERY_BROKER_URL = celery_address(REDIS_URL)
# A hung broker must not hold a caller: two seconds, no second try. What a worker was told is a hint, so nothing is kept
# for the case that it falls: a worker that has such things unacknowledged dies itself when the broker goes (kombu 5.7).
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "ack_emulation": False,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
