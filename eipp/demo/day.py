"""The example world's day: its clock can be set ahead, and it can begin anew. One row; nothing of it elsewhere."""

import time
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction

from eipp.kernel import clock, jobs
from eipp.kernel.refusal import Refusal

#: What a new beginning takes, for the progress that is shown.
USUAL_SECONDS = 25
FURTHEST = 400  # days
TURN_DEBITS, ASK_GATEWAYS = "eipp.gateways.jobs.send_sandbox_callbacks", "workflows.jobs.ask_gateways"
BEGIN_ANEW = "eipp.demo.jobs.begin_anew"


class ExampleDay(models.Model):
    """days_ahead: how far the clock is ahead of the real one; asked_at: since when a new beginning is asked for, by the
    real clock; fault: why the last one failed. is_alone: the database held nothing but the example world when the
    row was made, so that emptying it takes nothing from anybody."""

    days_ahead = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)
    is_alone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.days_ahead} days ahead"


_last = ExampleDay()


def ahead() -> timedelta:
    """How far the clock is ahead (settings.CLOCK_AHEAD): one row read by its key."""
    global _last
    _last = _row()
    return timedelta(days=_last.days_ahead)


def last_read() -> ExampleDay:
    """The row as this process saw it at most a second ago, without asking again."""
    return _last


def seconds_since_asked() -> float | None:
    """For how long a new beginning has been on its way; None where there is none."""
    return (clock.real() - _last.asked_at).total_seconds() if settings.EXAMPLE_WORLD and _last.asked_at else None


def tomorrow() -> None:
    """One day further: what depends on the day follows, and the sandbox hears from its banks."""
    _refuse_elsewhere()
    with transaction.atomic():
        row = _locked()
        if row.days_ahead >= FURTHEST:
            raise Refusal("too_far", f"The example world ends after {FURTHEST} days. Start over.")
        row.days_ahead += 1
        row.save(update_fields=["days_ahead"])
        for job in (TURN_DEBITS, ASK_GATEWAYS):
            jobs.nudge(job)
    clock.follow(within=0)


def ask_to_begin_anew() -> None:
    """Back to the first day at once; the worker brings back the first data (`beginning.begin_anew`)."""
    _refuse_elsewhere()
    with transaction.atomic():
        row = _locked()
        if not row.is_alone:
            raise Refusal("not_alone", "Other companies than the example's have been kept here from the start: nothing "
                                       "is emptied.", status=403)  # fmt: skip
        row.days_ahead, row.asked_at, row.fault = 0, row.asked_at or clock.real(), ""
        row.save()
        jobs.nudge(BEGIN_ANEW)
    clock.follow(within=0)


def note_world(*, is_alone: bool) -> None:
    """The example world is there; said once, when it is."""
    ExampleDay.objects.get_or_create(pk=1, defaults={"is_alone": is_alone})


def wait_for(seconds: float, *, step: float = 0.2) -> bool:
    """Whether a new beginning that was asked for came to its end within so many seconds."""
    end = time.monotonic() + seconds
    while _row().asked_at:
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def _refuse_elsewhere() -> None:
    if not settings.EXAMPLE_WORLD:
        raise Refusal("no_example_world", "There is no example world here.", status=404)


def _row() -> ExampleDay:
    return ExampleDay.objects.filter(pk=1).first() or ExampleDay()


def _locked() -> ExampleDay:
    ExampleDay.objects.get_or_create(pk=1)
    return ExampleDay.objects.select_for_update().get(pk=1)
