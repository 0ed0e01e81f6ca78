"""What a ledger counted on a day as it was known at an instant: two times, when it counts and when it was written."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from eipp.kernel import clock


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything written before `at`; with None, everything. zone: in which the ledger's days are."""

    zone: str
    at: datetime | None = None

    @classmethod
    def of_day(cls, day: date | None, *, zone: str) -> "Knowledge":
        """What was known at the end of a day."""
        if day is None:
            return cls(zone)
        return cls(zone, _end(day, zone))

    def end_of(self, day: date) -> datetime:
        """The first instant after a day of the ledger's."""
        return _end(day, self.zone)

    def without(self, day: date) -> Q:
        """The postings that count after the day, or were not known: what to take off what is kept now.

        The unknown ones are looked for by day as well: what was written later counts later, but for the backdated.
        """
        later = Q(posting_date__gt=day)
        if self.at is None:
            return later
        unknown = Q(posting_date__gte=clock.today(self.zone, at=self.at)) | Q(is_backdated=True)
        return later | unknown & Q(recorded_at__gte=self.at)

    def within(self, first: date, last: date) -> Q:
        """The postings that count on these days and were known."""
        known = Q() if self.at is None else Q(recorded_at__lt=self.at)
        return known & Q(posting_date__gte=first, posting_date__lte=last)


def _end(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
