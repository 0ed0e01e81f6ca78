"""Webhook call: an event that an endpoint is to be told, one row each; written by a relay, asked for again by hand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from eipp.kernel import clock, feed, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.seal import Seal
from eipp.kernel.tenancy import Scope
from messaging.notification import HISTORY
from messaging.webhook import RIGHT, WebhookEndpoint, endpoints_of, reader

SENDER = "messaging.webhook_sending.call_webhooks"
TEST = "webhook.tested"
MOST = 1000  # events asked for again at once


class WebhookCall(Entity):
    """One event for one endpoint. retry_at: when it may be tried (again), also the lease of whoever tries; failed_at:
    given up."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="calls")
    event_id = models.BigIntegerField()
    position = models.BigIntegerField()
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    retry_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    scope = Scope(supplier="endpoint__organisation_id", buyer="endpoint__organisation_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_called_for_once"),)
        indexes = (
            models.Index(fields=["retry_at"], condition=Q(taken_at=None, failed_at=None), name="webhook_call_waiting"),
            models.Index(fields=["endpoint", "-position"], name="webhook_call_newest"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.position}"

    @property
    def state(self) -> str:
        return "taken" if self.taken_at else "failed" if self.failed_at else "waiting"


class WebhookAttempt(Entity):
    """What one try came to. answer: the first KB of what the receiver said; fault: why there was no answer."""

    call = models.ForeignKey(WebhookCall, models.CASCADE, related_name="tries")
    tried_at = models.DateTimeField()
    status = models.IntegerField(null=True)
    milliseconds = models.IntegerField()
    answer = models.TextField(blank=True)
    fault = models.CharField(max_length=300, blank=True)
    scope = Scope(supplier="call__endpoint__organisation_id", buyer="call__endpoint__organisation_id")

    class Meta:
        indexes = (models.Index(fields=["call", "tried_at"], name="webhook_attempt_log"),)

    def __str__(self) -> str:
        return f"{self.status or self.fault}"


def call(happened: list[Event]) -> None:
    """EVENT_RELAYS: a row for each endpoint that may and wants to hear; told twice, it is written once.

    Of what happened long before it was recorded nobody is called: history stands in the feed.
    """
    told = [event for event in happened if event.recorded_at - event.occurred_at < HISTORY]
    concerned = {id for event in told for id in (event.supplier_id, event.buyer_id) if id}
    endpoints = WebhookEndpoint.objects.filter(organisation__in=concerned, switched_off_at=None, removed_at=None)
    wanted = [
        (endpoint, event)
        for endpoint, visible in _readers(endpoints, told)
        for event in told
        if event.pk in visible and event.recorded_at >= endpoint.created_at and _hears(endpoint, event)
    ]
    if wanted:
        _write(wanted, now=clock.now())


@transaction.atomic
def repeat(actor: Actor, rows: Iterable[WebhookCall], *, now: datetime | None = None) -> int:
    """Call again with these events, whatever came of them; how many."""
    ids = [row.pk for row in rows]
    found = WebhookCall.objects.visible_to(actor).filter(pk__in=ids, endpoint__in=endpoints_of(actor))
    for endpoint in WebhookEndpoint.objects.filter(pk__in=found.values("endpoint")):
        _begin_again(endpoint)
    return _renew(found, now=now or clock.now())


@transaction.atomic
def repeat_range(
    actor: Actor, endpoint: WebhookEndpoint, *, after: int, until: int | None = None, now: datetime | None = None
) -> tuple[int, int]:
    """Call again, or for the first time, with the events of these positions that the endpoint hears (1,000 at most);
    how many, and the position to go on behind."""
    moment = now or clock.now()
    _begin_again(endpoint)
    found, following = feed.read(reader(endpoint.organisation), after=after, limit=MOST, names=endpoint.names)
    wanted = [event for at, event in found if (until is None or at <= until) and event.name != TEST]
    known = endpoint.calls.filter(event_id__in=[event.pk for event in wanted])
    _renew(known, now=moment)
    _write([(endpoint, event) for event in wanted], now=moment)
    return len(wanted), following if until is None else min(following, until)


def _begin_again(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_on:
        raise Refusal("webhook_off", "This webhook is switched off: switch it on first.")
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)


def _renew(rows: "models.QuerySet[WebhookCall]", *, now: datetime) -> int:
    count = rows.update(retry_at=now, attempts=0, taken_at=None, failed_at=None)
    jobs.nudge(SENDER)
    return count


def _readers(endpoints: Iterable[WebhookEndpoint], told: Sequence[Event]) -> list[tuple[WebhookEndpoint, set[Any]]]:
    """Each endpoint with the ids of the events that its organisation may see: a query per organisation."""
    visible: dict[UUID, set[Any]] = {}
    ids = [event.pk for event in told]
    found = []
    for endpoint in endpoints.select_related("organisation") if isinstance(endpoints, models.QuerySet) else endpoints:
        if endpoint.organisation_id not in visible:
            seen = Event.objects.visible_to(reader(endpoint.organisation)).filter(pk__in=ids)
            visible[endpoint.organisation_id] = set(seen.values_list("pk", flat=True))
        found.append((endpoint, visible[endpoint.organisation_id]))
    return found


def _hears(endpoint: WebhookEndpoint, event: Event) -> bool:
    if event.name == TEST:
        return event.subject_id == endpoint.pk
    return not endpoint.names or event.name in endpoint.names


def _write(wanted: Sequence[tuple[WebhookEndpoint, Event]], *, now: datetime) -> None:
    ids = {event.pk for _, event in wanted}
    places = dict(Seal.objects.filter(event_id__in=ids).values_list("event_id", "position"))
    rows = [
        WebhookCall(endpoint=endpoint, event_id=event.pk, position=places[event.pk], name=event.name, made_at=now,
                    retry_at=now)
        for endpoint, event in wanted
    ]  # fmt: skip
    WebhookCall.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    jobs.nudge(SENDER)


def calls_of(actor: Actor, endpoint: WebhookEndpoint) -> "models.QuerySet[WebhookCall]":
    """The log of an endpoint, with the tries of each call."""
    rows = WebhookCall.objects.visible_to(actor).filter(endpoint=endpoint).prefetch_related(
        models.Prefetch("tries", WebhookAttempt.objects.order_by("tried_at"))
    )  # fmt: skip
    return rows if actor.may(RIGHT) else rows.none()
