"""Patience: a request may wait for something to happen, holding no transaction, and never keeps all threads busy."""

import threading
import time
from collections.abc import Callable

from django.conf import settings

LONGEST = 30  # seconds
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
# Who waits keeps a thread of the web process: never more than a quarter of them do.
_waiters = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))


def wait(seconds: float, happened: Callable[[], bool]) -> bool:
    """Ask now and then until it has happened, or the seconds are over; False when nobody else may wait now."""
    if seconds <= 0 or not _waiters.acquire(blocking=False):
        return False
    try:
        end, pause = time.monotonic() + min(seconds, LONGEST), _FIRST_PAUSE
        while not happened() and (left := end - time.monotonic()) > 0:
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
    finally:
        _waiters.release()
    return True
