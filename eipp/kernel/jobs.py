"""Jobs: the Celery app, the schedule, and the courier thread that seals and relays as soon as something happened.

The database is the truth: a job finds its work in rows, so a lost broker only makes it later.
"""

import threading
from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import uuid4

import structlog
from celery import Celery
from celery.signals import celeryd_after_setup, worker_shutdown
from django.conf import settings
from django.db import close_old_connections, connection, transaction

from eipp.kernel import broker, clock, gauges, lookout, relays

log = structlog.get_logger()
WAKE = "eipp:wake"
PARTING = 5.0  # seconds that a courier has to finish its turn when its worker ends
app = Celery("eipp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


def job(*, every: float) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function without arguments as a job that runs every so many seconds, and whenever it is woken."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        name = f"{function.__module__}.{function.__name__}"

        @wraps(function)
        def run() -> None:
            _run(name, function)

        app.task(name=name, ignore_result=True, expires=max(every, 5))(run)
        app.conf.beat_schedule[name] = {"task": name, "schedule": every, "options": {"expires": max(every, 5)}}
        return function

    return register


def _run(name: str, function: Callable[[], Any]) -> None:
    """One run, with a number of its own in the logs and its time among the gauges."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=name, run=uuid4().hex)
    clock.follow(within=0)
    with gauges.timed_job(name):
        function()


def wake(events: list[Any]) -> None:
    """EVENT_HINTS: something was recorded; the courier need not wait for its sweep."""
    broker.publish(WAKE, "")


def nudge(name: str) -> None:
    """After the commit, let the job of this name run now instead of at its next turn.

    Only a hint, carried by the courier: what there is to do stands in rows, so nothing is lost with it.
    """
    transaction.on_commit(partial(broker.publish, WAKE, name), robust=True)


class Courier(threading.Thread):
    """Seals and relays on hints and by sweeps; told to end, it finishes its turn and lets another worker's begin."""

    def __init__(self, pulse: lookout.Pulse) -> None:
        super().__init__(name="courier", daemon=True)
        self._pulse, self._ends = pulse, threading.Event()

    def run(self) -> None:
        for message in broker.listen(WAKE, every=settings.EVENT_SWEEP_SECONDS):
            if self._ends.is_set():
                break
            self._pulse.beat()
            self._turn(message)
        relays.give_back()
        connection.close()

    def end(self, **_: Any) -> None:
        """Wait for the end of the turn, but not for long: what it leaves undone is rolled back and done elsewhere."""
        self._ends.set()
        self.join(PARTING)

    def _turn(self, message: str | None) -> None:
        close_old_connections()
        try:
            if message and message in app.conf.beat_schedule:
                app.send_task(message)
            clock.follow()
            while not self._ends.is_set() and relays.run_once():
                self._pulse.beat()
            broker.make_up()
        except Exception:  # the database may be away for a moment: say so and go on with the next sweep
            log.exception("courier.failed")


@celeryd_after_setup.connect
def start_courier(**_: Any) -> None:
    """Each worker has a courier; a lease lets one of them work at a time. Its lookout tells whether it goes on.

    It begins before the worker reaches for the broker, which may be away: sweeping needs the database alone.
    """
    pulse = lookout.Pulse()
    courier = Courier(pulse)
    courier.start()
    worker_shutdown.connect(courier.end, weak=False)
    lookout.keep_as_configured(pulse)
