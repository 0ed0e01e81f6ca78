"""API key: by which a program acts for an organisation; shown once, kept as a fingerprint, opened by scopes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.membership import closed_accounts, open_account_ids
from eipp.accounts.organisation import BUYER, SETUP, Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import check_scopes, require, require_whole, rights_of_scopes
from eipp.kernel import clock, events, secrets
from eipp.kernel.actor import Actor, Side
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

PREFIX = "eipp_"
SHOWN = len(PREFIX) + 6  # as much of a key as may be shown, to tell it from others
USE_NOTED_EVERY = timedelta(minutes=1)


class ApiKey(Entity):
    """`prefix` is the beginning of the key, for recognising it; `replaces` is the key it was rotated from."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    scope = Scope(supplier="organisation_id", buyer="organisation_id")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def event_scope(self) -> EventScope:
        return self.organisation.event_scope()


@transaction.atomic
def create_api_key(
    *,
    organisation: Organisation,
    name: str,
    scopes: Iterable[str],
    actor: Actor = SETUP,
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can show again. Event: `api_key.created`."""
    require(actor, "key.administer")
    require_whole(actor)
    _refuse_foreign(actor, organisation)
    key, secret = _draw(organisation, name, check_scopes(scopes, side=organisation.side), now, expires_at=expires_at)
    events.record("api_key.created", key, actor, data={"scopes": key.scopes})
    return key, secret


@transaction.atomic
def rotate_api_key(
    actor: Actor, key: ApiKey, *, overlap: timedelta = timedelta(0), now: datetime | None = None
) -> tuple[ApiKey, str]:
    """A successor with the same name and scopes; the old key opens for `overlap` more. Event: `api_key.rotated`."""
    moment = now or clock.now()
    key = _locked(actor, key, moment)
    successor, secret = _draw(key.organisation, key.name, key.scopes, moment, replaces=key, expires_at=key.expires_at)
    key.expires_at = min(filter(None, (key.expires_at, moment + overlap)))
    key.save(update_fields=["expires_at"])
    events.record("api_key.rotated", successor, actor, concerns=(key,), data={"replaces": str(key.pk)})
    return successor, secret


@transaction.atomic
def revoke_api_key(actor: Actor, key: ApiKey, *, now: datetime | None = None) -> None:
    """From the next request on the key opens nothing. Event: `api_key.revoked`."""
    moment = now or clock.now()
    key = _locked(actor, key, moment)
    key.revoked_at = moment
    key.save(update_fields=["revoked_at"])
    events.record("api_key.revoked", key, actor)


def actor_for_key(token: str, *, now: datetime | None = None, via: str = "api", request_id: str = "") -> Actor | None:
    """The program behind a key, or None; one query, a buyer's two, and once a minute one that notes the use."""
    moment = now or clock.now()
    if not token.startswith(PREFIX) or not token.isascii():
        return None
    open_now = Q(expires_at=None) | Q(expires_at__gt=moment)
    found = ApiKey.objects.filter(open_now, fingerprint=secrets.fingerprint(token), revoked_at=None)
    # Asked with every request, so no more columns than are needed.
    columns = found.values_list("pk", "name", "scopes", "last_used_at", "organisation_id", "organisation__side")
    for pk, name, scopes, last_used_at, organisation_id, side in columns:
        if last_used_at is None or last_used_at < moment - USE_NOTED_EVERY:
            ApiKey.objects.filter(pk=pk).update(last_used_at=moment)
        key = ApiKey(pk=pk, name=name, scopes=scopes, organisation_id=organisation_id)
        return _actor(key, side, via=via, request_id=request_id)
    return None


def actor_of_key(key_id: UUID | None, *, now: datetime | None = None, via: str = "job") -> Actor:
    """The program behind a key that did something before, as of today: by this key or the one it was rotated to.

    Nobody, once neither opens anything.
    """
    open_now = Q(expires_at=None) | Q(expires_at__gt=now or clock.now())
    while key_id:
        key = ApiKey.objects.select_related("organisation").filter(pk=key_id)
        if found := key.filter(open_now, revoked_at=None).first():
            return _actor(found, found.organisation.side, via=via)
        key_id = ApiKey.objects.filter(replaces=key_id).values_list("pk", flat=True).first()
    return Actor.nobody()


def _actor(key: ApiKey, of_side: str, *, via: str, request_id: str = "") -> Actor:
    side: Side = "buyer" if of_side == BUYER else "supplier"
    has_closed = side == "buyer" and closed_accounts().filter(buyer=key.organisation_id).exists()
    return Actor(
        kind="key", side=side, organisation_id=key.organisation_id, key_id=key.pk, name=key.name,
        rights=rights_of_scopes(key.scopes, side=side), via=via, request_id=request_id, sees_unassigned=True,
        account_ids=open_account_ids(key.organisation) if has_closed else None,
    )  # fmt: skip


def _draw(
    organisation: Organisation, name: str, scopes: list[str], now: datetime | None,
    *, expires_at: datetime | None, replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:  # fmt: skip
    secret = secrets.new_token(PREFIX)
    key = ApiKey.objects.create(
        organisation=organisation, name=plain(name, field="name", longest=100), prefix=secret[:SHOWN],
        fingerprint=secrets.fingerprint(secret), scopes=scopes, created_at=now or clock.now(),
        expires_at=expires_at, replaces=replaces,
    )  # fmt: skip
    return key, secret


def _locked(actor: Actor, key: ApiKey, now: datetime) -> ApiKey:
    require(actor, "key.administer")
    require_whole(actor)
    locked = ApiKey.objects.select_for_update(of=("self",)).select_related("organisation")
    fresh = locked.visible_to(actor).get(pk=key.pk)
    if fresh.revoked_at or (fresh.expires_at and fresh.expires_at <= now):
        raise Refusal("key_closed", "This key does not open anything any more.", status=409)
    return fresh


def _refuse_foreign(actor: Actor, organisation: Organisation) -> None:
    if not Organisation.objects.visible_to(actor).filter(pk=organisation.pk).exists():
        raise Organisation.DoesNotExist
