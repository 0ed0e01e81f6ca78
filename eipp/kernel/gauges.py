"""Gauges: what operators watch, in the form that Prometheus reads.

Requests and jobs are counted in each process by itself, so every process is read at its own address. What waits is read
from the database, and is the same wherever it is asked.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hmac import compare_digest
from ipaddress import ip_address

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.module_loading import import_string
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from eipp.kernel import clock

log = structlog.get_logger()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.01, 0.1, 0.5, 1, 5, 15, 60, 300)

REQUESTS = Histogram(
    "eipp_request_seconds", "Answered requests of this process.", ("method", "route", "status"), buckets=_QUICK
)
JOBS = Histogram("eipp_job_seconds", "Finished jobs of this process.", ("job", "outcome"), buckets=_SLOW)
EVENTS = Counter("eipp_events_recorded", "Events that this process recorded and committed.")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: how many rows, and since when the oldest does."""

    what: str
    rows: int
    oldest: datetime | None = None


def backlogs() -> Iterator[Backlog]:
    """All that waits in this installation, by the functions in `settings.BACKLOGS`."""
    for source in _sources():
        yield from source()


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request. route: the pattern, never the path, of which there are as many as rows."""
    REQUESTS.labels(method if method in METHODS else "other", route, str(status)).observe(seconds)


@contextmanager
def timed_job(name: str) -> Iterator[None]:
    """Count one run of a job, and whether it failed."""
    began, outcome = time.monotonic(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        JOBS.labels(name, outcome).observe(time.monotonic() - began)


def written(*, rows: bool = True) -> bytes:
    """The figures of this process and, with `rows`, of what waits in the database."""
    text = generate_latest(REGISTRY)
    if not rows:
        return text
    waiting = CollectorRegistry()
    try:
        waiting.register(_Waiting())
        return text + generate_latest(waiting)
    except DatabaseError as error:
        log.warning("gauges.rows_unknown", error=str(error)[:300])
        return text + b"# What waits is not known: the database does not answer.\n"


def may_read(authorization: str, address: str) -> bool:
    """Whether whoever shows this header, from this address, may see the figures."""
    token = settings.METRICS_TOKEN
    if token and compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return any(caller in network for network in settings.METRICS_FROM)


class _Waiting(Collector):
    def collect(self) -> Iterable[GaugeMetricFamily]:
        count = GaugeMetricFamily("eipp_waiting_rows", "Rows that wait for a job.", labels=["what"])
        age = GaugeMetricFamily("eipp_waiting_seconds", "How long the oldest of them waits.", labels=["what"])
        now = clock.now()
        for backlog in backlogs():
            count.add_metric([backlog.what], backlog.rows)
            waited = max((now - backlog.oldest).total_seconds(), 0) if backlog.oldest else 0
            age.add_metric([backlog.what], waited)
        return [count, age]


@cache
def _sources() -> list[Callable[[], Iterable[Backlog]]]:
    return [import_string(path) for path in settings.BACKLOGS]
