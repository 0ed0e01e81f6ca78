"""What the sign-in page and the bar above every page show of the example world."""

from dataclasses import dataclass
from datetime import date

from django import template
from django.conf import settings
from django.utils import timezone

from eipp.demo import day, entrance
from eipp.kernel import clock

register = template.Library()


@dataclass(frozen=True, slots=True)
class Day:
    """today: where the reader is; ahead: by how many days that is later than it really is."""

    today: date
    ahead: int
    fault: str


@register.simple_tag
def example_call() -> str:
    """The `curl` call that posts an invoice."""
    return entrance.call()


@register.simple_tag
def example_day() -> Day | None:
    """The day of the example world; None elsewhere."""
    if not settings.EXAMPLE_WORLD:
        return None
    row = day.last_read()
    return Day(clock.today(str(timezone.get_current_timezone())), row.days_ahead, row.fault)
