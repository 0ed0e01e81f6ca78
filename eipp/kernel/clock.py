"""The clock, read at the edge (page, job, callback) and passed on.

In the example world it can be set ahead by whole days, to see what tomorrow brings; elsewhere it is the machine's.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

STALE = 1.0  # seconds after which the example world is asked anew how far its clock is ahead
_ahead = timedelta(0)
_read_at = float("-inf")
_made_up = False


def now() -> datetime:
    """This instant, in UTC and with its zone."""
    return timezone.now() + _ahead


def recorded(moment: datetime) -> datetime:
    """When something that happened at `moment` is written down: now, but in a past that is made up, then."""
    return moment if _made_up else now()


@contextmanager
def made_up_past() -> Iterator[None]:
    """While the example world's past is played, what happens is recorded when it happens."""
    global _made_up
    _made_up = True
    try:
        yield
    finally:
        _made_up = False


def real() -> datetime:
    """This instant by the machine's own clock: for leases and sessions, which end by themselves on any day."""
    return timezone.now()


def today(zone: str = "UTC", *, at: datetime | None = None) -> date:
    """The calendar day in a time zone, such as the supplier's (IANA name)."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()


def follow(*, within: float = STALE) -> None:
    """At the edge of a process: see whether somebody moved the example world's clock (settings.CLOCK_AHEAD tells).

    within: how many seconds what was read last may be old. Without an example world: no effect and no query.
    """
    global _ahead, _read_at
    if not settings.EXAMPLE_WORLD:
        _ahead = timedelta(0)
    elif time.monotonic() - _read_at >= within:
        _read_at = time.monotonic()
        _ahead = import_string(settings.CLOCK_AHEAD)()
