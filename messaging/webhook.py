"""Webhook: an address of an organisation's own that is called with each event, signed (Standard Webhooks 1.0).

The secret is shown once and kept locked. Rotated, the former one signs beside the new one for a while.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from eipp.accounts.membership import closed_accounts, open_account_ids
from eipp.accounts.models import Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events, outside_address, secrets
from eipp.kernel.actor import Actor, Side
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from messaging.sentences import SENTENCES

RIGHT = "webhook.administer"
PREFIX = "whsec_"
MOST = 20  # endpoints of one organisation
OVERLAP = timedelta(days=1)
_PURPOSE = "webhook"


class WebhookEndpoint(Entity):
    """names: of the events that it hears, none for all; failing_since: no call was taken since then; rests_until: left
    alone for a moment after a failure, so that one that does not answer holds up no other."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=outside_address.LONGEST)
    title = models.CharField(max_length=100, blank=True)
    names = models.JSONField(default=list)
    locked_secret = models.TextField()
    locked_former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    switched_off_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    scope = Scope(supplier="organisation_id", buyer="organisation_id")

    class Meta:
        indexes = (models.Index(fields=["organisation", "-created_at"], name="webhook_newest"),)

    def __str__(self) -> str:
        return self.title or self.url

    def event_scope(self) -> EventScope:
        return self.organisation.event_scope()

    @property
    def is_on(self) -> bool:
        return self.switched_off_at is None and self.removed_at is None


@transaction.atomic
def add_webhook(
    actor: Actor, organisation: Organisation, *, url: str, title: str = "", names: Iterable[str] = (),
    now: datetime | None = None,
) -> tuple[WebhookEndpoint, str]:  # fmt: skip
    """A new endpoint and its secret, which nobody can show again. Event: `webhook.added`."""
    _admit(actor)
    if not Organisation.objects.visible_to(actor).filter(pk=organisation.pk).exists():
        raise Organisation.DoesNotExist
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if WebhookEndpoint.objects.filter(organisation=organisation, removed_at=None).count() >= MOST:
        raise Refusal("too_many_webhooks", f"{MOST} webhooks are the most; remove one that is not needed.")
    secret = _draw()
    endpoint = WebhookEndpoint.objects.create(
        organisation=organisation, url=_url(url), title=plain(title, field="title", longest=100), names=_names(names),
        locked_secret=secrets.lock(_PURPOSE, secret), created_at=now or clock.now(),
    )  # fmt: skip
    events.record("webhook.added", endpoint, actor, data=_told(endpoint))
    return endpoint, secret


@transaction.atomic
def change_webhook(
    actor: Actor, endpoint: WebhookEndpoint, *, url: str | None = None, title: str | None = None,
    names: Iterable[str] | None = None,
) -> WebhookEndpoint:  # fmt: skip
    """Another address, title or choice of events; what is not given stays. Event: `webhook.changed`."""
    row = _locked(actor, endpoint)
    row.url = row.url if url is None else _url(url)
    row.title = row.title if title is None else plain(title, field="title", longest=100)
    row.names = row.names if names is None else _names(names)
    row.save(update_fields=["url", "title", "names"])
    events.record("webhook.changed", row, actor, data=_told(row))
    return row


@transaction.atomic
def rotate_secret(
    actor: Actor, endpoint: WebhookEndpoint, *, overlap: timedelta = OVERLAP, now: datetime | None = None
) -> tuple[WebhookEndpoint, str]:
    """A new secret; for `overlap` calls are signed by both. Event: `webhook.rotated`."""
    row = _locked(actor, endpoint)
    secret = _draw()
    row.locked_former_secret, row.locked_secret = row.locked_secret, secrets.lock(_PURPOSE, secret)
    row.former_until = (now or clock.now()) + overlap
    row.save(update_fields=["locked_former_secret", "locked_secret", "former_until"])
    events.record("webhook.rotated", row, actor, data=_told(row))
    return row, secret


@transaction.atomic
def switch(actor: Actor, endpoint: WebhookEndpoint, *, on: bool, now: datetime | None = None) -> WebhookEndpoint:
    """Off: nothing is called, what waits is kept. On: it goes on. Events: `webhook.switched_off`, `.switched_on`."""
    row = _locked(actor, endpoint)
    if row.is_on == on:
        return row
    row.switched_off_at, row.reason = None if on else now or clock.now(), ""
    row.failing_since, row.failures, row.rests_until = None, 0, None
    row.save(update_fields=["switched_off_at", "reason", "failing_since", "failures", "rests_until"])
    if on:
        events.record("webhook.switched_on", row, actor, data=_told(row))
    else:
        events.record("webhook.switched_off", row, actor, data=_told(row))
    return row


@transaction.atomic
def remove_webhook(actor: Actor, endpoint: WebhookEndpoint, *, now: datetime | None = None) -> None:
    """It is never called again, and its secrets are forgotten. Event: `webhook.removed`."""
    row = _locked(actor, endpoint)
    row.removed_at, row.locked_secret, row.locked_former_secret = now or clock.now(), "", ""
    row.save(update_fields=["removed_at", "locked_secret", "locked_former_secret"])
    events.record("webhook.removed", row, actor, data=_told(row))


@transaction.atomic
def try_out(actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Call it once with an event of its own, `webhook.tested`, which no other endpoint hears."""
    row = _locked(actor, endpoint)
    if not row.is_on:
        raise Refusal("webhook_off", "This webhook is switched off: switch it on first.")
    row.rests_until = None
    row.save(update_fields=["rests_until"])
    events.record("webhook.tested", row, actor, data=_told(row))


def note_switched_off(row: WebhookEndpoint, reason: str, *, now: datetime) -> None:
    """The platform gives up on it; its administrators are told. Event: `webhook.given_up`."""
    row.switched_off_at, row.reason = now, reason[:300]
    row.save(update_fields=["switched_off_at", "reason"])
    events.record("webhook.given_up", row, Actor.system("webhooks"), data=_told(row) | {"reason": row.reason})


def endpoints_of(actor: Actor) -> "models.QuerySet[WebhookEndpoint]":
    """Those that are not removed; for whoever keeps all of the organisation's webhooks."""
    rows = WebhookEndpoint.objects.visible_to(actor).filter(removed_at=None)
    return rows if actor.may(RIGHT) and not actor.is_limited else rows.none()


def reader(organisation: Organisation) -> Actor:
    """Who an endpoint reads as: the organisation's own program, as in the feed."""
    side: Side = "buyer" if organisation.side == "buyer" else "supplier"
    closed = side == "buyer" and closed_accounts().filter(buyer=organisation).exists()
    return Actor(
        kind="key", side=side, organisation_id=organisation.pk, name="webhook", via="job", sees_unassigned=True,
        account_ids=open_account_ids(organisation) if closed else None,
    )  # fmt: skip


def signatures(endpoint: WebhookEndpoint, id: str, timestamp: int, body: bytes, *, now: datetime) -> str:
    """What stands in `webhook-signature`: one for each secret that counts, with a blank between."""
    locked = [endpoint.locked_secret]
    if endpoint.former_until and endpoint.former_until > now:
        locked.append(endpoint.locked_former_secret)
    return " ".join(signature(secrets.unlock(_PURPOSE, each), id, timestamp, body) for each in locked)


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """By version 1 of Standard Webhooks: HMAC-SHA256 over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _draw() -> str:
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def _admit(actor: Actor) -> None:
    require(actor, RIGHT)
    require_whole(actor)


def _locked(actor: Actor, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    _admit(actor)
    rows = WebhookEndpoint.objects.visible_to(actor).filter(removed_at=None)
    return rows.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint.pk)


def _url(written: str) -> str:
    url = written.strip()
    outside_address.target(url)
    return url


def _names(written: Iterable[str]) -> list[str]:
    names = sorted({name.strip() for name in written if name.strip()})
    if unknown := [name for name in names if name not in SENTENCES]:
        raise Refusal("unknown_word", f"No event is called {unknown[0][:60]!r}.", status=422, field="names")
    return names


def _told(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """The host alone: the rest of an address may hold what opens it."""
    return {"host": outside_address.target(endpoint.url).host}
