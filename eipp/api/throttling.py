"""Throttling: how many requests one API key or person may make, counted in this process, not in the database."""

import threading
import time
from typing import Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

_BURST_SECONDS = 10  # an unused allowance is kept that long


class Allowances:
    """A token bucket for each caller."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[Any, tuple[float, float]] = {}

    def spend(self, caller: Any, *, per_minute: int, at: float) -> float:
        """Take one request from the caller's allowance; 0, or the seconds until there is one."""
        rate = per_minute / 60
        full = max(1.0, rate * _BURST_SECONDS)
        with self._lock:
            if len(self._left) > 10_000:
                self._left.clear()
            left, seen = self._left.get(caller, (full, at))
            left = min(full, left + (at - seen) * rate)
            self._left[caller] = (left - 1 if left >= 1 else left, at)
        return 0 if left >= 1 else (1 - left) / rate


_allowances = Allowances()


class CallerThrottle(BaseThrottle):
    """429 with Retry-After for who goes on too fast; `API_REQUESTS_PER_MINUTE` in settings, 0 for no limit."""

    def __init__(self) -> None:
        self._wait = 0.0

    def allow_request(self, request: Any, view: Any) -> bool:
        per_minute = settings.API_REQUESTS_PER_MINUTE
        if not per_minute or request.auth is None:
            return True
        self._wait = _allowances.spend(request.auth.id, per_minute=per_minute, at=time.monotonic())
        return not self._wait

    def wait(self) -> float | None:
        return self._wait
