"""Webhook sending: what is due is called side by side, under a lease; a receiver gets each event at least once."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from django.db import connection, transaction
from django.db.models import Count, F, Min, Q

from eipp.kernel import clock, outside
from eipp.kernel.events import Event, subjects
from eipp.kernel.gauges import Backlog
from eipp.kernel.jobs import job
from eipp.kernel.outside import Answer, Call
from messaging.event_item import event_item
from messaging.webhook import WebhookEndpoint, note_switched_off, signatures
from messaging.webhook_call import WebhookAttempt, WebhookCall

log = structlog.get_logger()
BATCH = 40
LEASE = timedelta(seconds=90)  # longer than one batch can take
#: Between tries; over three days in all. A chance part on top keeps many from coming back at one moment.
PAUSES = [timedelta(seconds=each) for each in (5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)]
LONGEST_REST = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=3)
KEPT = timedelta(days=30)  # how long the log of tries is kept
GONE = 410
SHOWN = 1024
_CHANCE = random.SystemRandom()


@job(every=5)
def call_webhooks() -> None:
    """Call what is due, batch after batch."""
    while batch := _claim(clock.now()):
        _send(batch)


@job(every=3600)
def forget_tries() -> None:
    """The log of tries goes after thirty days."""
    WebhookAttempt.objects.filter(tried_at__lt=clock.now() - KEPT).delete()


def backlog() -> Iterator[Backlog]:
    """Events that endpoints are still to be told."""
    due = WebhookCall.objects.filter(taken_at=None, failed_at=None, endpoint__switched_off_at=None)
    found = due.filter(endpoint__removed_at=None).aggregate(rows=Count("pk"), oldest=Min("made_at"))
    yield Backlog("webhook calls", **found)


def _claim(now: datetime) -> list[WebhookCall]:
    """Take what waits longest; it is due again when the lease ends, should this process die."""
    rested = Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=now)
    waiting = WebhookCall.objects.filter(
        rested, taken_at=None, failed_at=None, retry_at__lte=now,
        endpoint__switched_off_at=None, endpoint__removed_at=None,
    )  # fmt: skip
    if not waiting.exists():
        return []
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        locked = waiting.select_related("endpoint__organisation").select_for_update(skip_locked=skip, of=("self",))
        batch = list(locked.order_by("retry_at", "position")[:BATCH])
        ids = [row.pk for row in batch]
        WebhookCall.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1, retry_at=now + LEASE)
    for row in batch:
        row.attempts += 1
    return batch


def _send(batch: Sequence[WebhookCall]) -> None:
    for row, answer in zip(batch, outside.post_all(_calls(batch)), strict=True):
        _note(row, answer, clock.now())


def _calls(batch: Sequence[WebhookCall]) -> list[Call]:
    events = Event.objects.in_bulk([row.event_id for row in batch])
    concerned = subjects(events.values())
    return [_call(row, events[row.event_id], concerned[row.event_id]) for row in batch]


def _call(row: WebhookCall, event: Event, concerned: Sequence[tuple[str, UUID]]) -> Call:
    item = event_item(event, row.position, concerned, row.endpoint.organisation_id)
    body = msgspec.json.encode(item)
    id, timestamp = f"msg_{row.pk.hex}", int(clock.real().timestamp())
    headers = {
        "Content-Type": "application/json", "User-Agent": "EIPP webhooks", "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(row.endpoint, id, timestamp, body, now=clock.now()),
    }  # fmt: skip
    return Call(row.endpoint.url, body, headers)


@transaction.atomic
def _note(row: WebhookCall, answer: Answer, now: datetime) -> None:
    endpoint = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organisation")
    target = endpoint.get(pk=row.endpoint_id)
    WebhookAttempt.objects.create(
        call=row, tried_at=now, status=answer.status, milliseconds=answer.milliseconds, answer=_shown(answer.body),
        fault=answer.fault[:300],
    )  # fmt: skip
    if answer.is_taken:
        row.taken_at = now
        row.save(update_fields=["taken_at"])
        _note_health(target, failing_since=None, failures=0, rests_until=None)
        return
    if row.attempts > len(PAUSES):
        row.failed_at = now
    else:
        row.retry_at = now + _pause(row.attempts)
    row.save(update_fields=["failed_at", "retry_at"])
    if target.rests_until is None or target.rests_until <= now:  # once for all that failed together
        rest = min(PAUSES[min(target.failures, len(PAUSES) - 1)], LONGEST_REST)
        since = target.failing_since or now
        _note_health(target, failing_since=since, failures=target.failures + 1, rests_until=now + rest)
    _give_up_where_hopeless(target, row, answer, now)


def _give_up_where_hopeless(target: WebhookEndpoint, row: WebhookCall, answer: Answer, now: datetime) -> None:
    if not target.is_on or target.failing_since is None:
        return
    if answer.status == GONE:
        note_switched_off(target, "The receiver said that nobody is there any more (410).", now=now)
    elif row.failed_at and now - target.failing_since >= GIVEN_UP_AFTER:
        said = f"status {answer.status}" if answer.status else answer.fault.rstrip(".")
        note_switched_off(target, f"No call was taken for three days; the last answer: {said}", now=now)
    if not target.is_on:
        log.warning("webhook.given_up", endpoint=str(target.pk))


def _note_health(target: WebhookEndpoint, **facts: object) -> None:
    changed = [name for name, value in facts.items() if getattr(target, name) != value]
    for name in changed:
        setattr(target, name, facts[name])
    if changed:
        target.save(update_fields=changed)


def _pause(attempts: int) -> timedelta:
    return PAUSES[attempts - 1] * _CHANCE.uniform(1, 1.2)


def _shown(body: bytes) -> str:
    """The first KB, as text that a database can hold."""
    return body[:SHOWN].decode(errors="replace").replace("\0", "�")
