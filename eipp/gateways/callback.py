"""Callback: what a provider sent us, stored before anything follows from it; one row however often it is sent.

It is not believed: it causes a look at the provider (`workflows.callback`). What is refused is kept as well, with the
reason, so that somebody can see what is tried.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import models, transaction
from django.db.models import F, Q

from eipp.accounts.models import Organisation
from eipp.gateways import gateway as gateways
from eipp.gateways.gateway_account import GatewayAccount
from eipp.gateways.reported import ForgedCallback, Reported, UnknownCallback
from eipp.kernel import clock
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import Scope

log = structlog.get_logger()
KEPT_BODY, KEPT_REFUSED = 64 * 1024, 2 * 1024  # characters of a body that are kept
MOST_REFUSED = 100  # refused ones that are kept in an hour, for each gateway; more are in the log alone
KEPT_FOR = timedelta(days=90)
_HIDDEN = ("authorization", "cookie", "proxy-authorization")


class Callback(Entity):
    """verdict: `heard` (signed, taken up or about to be), `forged`, `unknown` (about nothing of ours) or `foreign`
    (about another's); reason: why it was refused. times: how often it came; taken_up_at: when the look was caused.
    """

    gateway = models.CharField(max_length=30)
    account = models.ForeignKey(GatewayAccount, models.SET_NULL, null=True, related_name="+")
    supplier = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    event_id = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=10, blank=True)
    reference = models.UUIDField(null=True)
    body_hash = models.CharField(max_length=64)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True)
    times = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    last_at = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["gateway", "event_id"], name="callback_once", condition=~Q(event_id="")),
        )
        indexes = (
            models.Index(fields=["supplier", "-received_at", "-id"], name="callback_supplier"),
            models.Index(fields=["gateway", "verdict", "received_at"], name="callback_verdict"),
            models.Index(
                fields=["received_at"], name="callback_waiting", condition=Q(verdict="heard", taken_up_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id or self.body_hash[:12]} {self.verdict}"


def store(
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    account: GatewayAccount | None = None,
    now: datetime | None = None,
) -> Callback:
    """Keep what was received, committed before anything follows. account: the payee's whose own address it came to.

    Raises ForgedCallback, once it is kept, unless signature and age are right. The same event again is the same row,
    and causes another look.
    """
    moment = now or clock.now()
    provider = gateways.of(name, account.legal_entity) if account else gateways.gateway(name)
    try:
        reported = provider.read_callback(headers, body)
    except ForgedCallback as error:
        _keep(name, headers, body, account, moment, verdict="forged", reason=str(error))
        raise
    except UnknownCallback as error:
        row = _keep(name, headers, body, account, moment, verdict="unknown", reason=str(error))
        return row or Callback(gateway=name, verdict="unknown", reason=str(error))
    return _heard(name, headers, body, account, moment, reported)


@transaction.atomic
def _heard(
    name: str, headers: Mapping[str, str], body: bytes, account: GatewayAccount | None, now: datetime, said: Reported
) -> Callback:
    facts = _facts(headers, body, account, now, most=KEPT_BODY)
    facts |= {"verdict": "heard", "kind": said.kind, "reference": said.reference}
    row, is_new = Callback.objects.get_or_create(gateway=name, event_id=said.event_id, defaults=facts)
    if not is_new:
        again = {"times": F("times") + 1, "last_at": now}
        Callback.objects.filter(pk=row.pk).update(**again)
        Callback.objects.filter(pk=row.pk, verdict="heard").update(taken_up_at=None)
        row.refresh_from_db()
    return row


def _keep(
    name: str, headers: Mapping[str, str], body: bytes, account: GatewayAccount | None, now: datetime, *,
    verdict: str, reason: str,
) -> Callback | None:  # fmt: skip
    """What is refused: so many in an hour and no more, so that nobody fills our disks with them."""
    log.warning("callback.refused", gateway=name, verdict=verdict, reason=reason)
    lately = Callback.objects.filter(gateway=name, received_at__gt=now - timedelta(hours=1)).exclude(verdict="heard")
    if lately.count() >= MOST_REFUSED:
        return None
    facts = _facts(headers, body, account, now, most=KEPT_REFUSED)
    return Callback.objects.create(gateway=name, verdict=verdict, reason=reason[:200], taken_up_at=now, **facts)


def _facts(
    headers: Mapping[str, str], body: bytes, account: GatewayAccount | None, now: datetime, *, most: int
) -> dict[str, Any]:
    kept = {name[:60]: value[:500] for name, value in list(headers.items())[:40] if name.lower() not in _HIDDEN}
    return {
        "account": account, "supplier_id": account.legal_entity.organisation_id if account else None,
        "body_hash": hashlib.sha256(body).hexdigest(), "headers": _plain(kept), "received_at": now, "last_at": now,
        "body": body[:most].decode(errors="replace").replace("\0", "\ufffd"),
    }  # fmt: skip


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    """What any database keeps: no NUL and nothing that is no character."""
    return {name: value.replace("\0", "\ufffd").encode(errors="replace").decode() for name, value in headers.items()}


def forget_old(*, now: datetime | None = None) -> int:
    """What is long over is not kept: it names people. Returns how many went."""
    return int(Callback.objects.filter(received_at__lt=(now or clock.now()) - KEPT_FOR).delete()[0])
