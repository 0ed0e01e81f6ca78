"""The clock, read at the edge (page, job, callback) and passed on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """This instant, in UTC and with its zone."""
    return timezone.now()


def today(zone: str = "UTC", *, at: datetime | None = None) -> date:
    """The calendar day in a time zone, such as the supplier's (IANA name)."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()
