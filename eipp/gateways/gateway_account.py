"""Gateway account: one payee's own account at a provider. Its secrets are written, locked, and never shown again."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from eipp.accounts.models import LegalEntity
from eipp.accounts.roles import require, require_whole
from eipp.gateways.credential import Credential
from eipp.kernel import clock, events, secrets
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

RIGHT = "gateway.administer"
_LOCK = "gateway account"
_COMPANY_ID = re.compile(r"[A-Z0-9]{10}")


class GatewayAccount(Entity):
    """company_id: by what buyers' banks know the payee's ACH debits (10 characters), for their debit filters."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="gateway_accounts")
    gateway = models.CharField(max_length=30)
    locked_credentials = models.TextField(blank=True)
    company_id = models.CharField(max_length=10, blank=True)
    changed_at = models.DateTimeField()
    scope = Scope(supplier="legal_entity__organisation_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["legal_entity", "gateway"], name="gateway_account_one"),)

    def __str__(self) -> str:
        return f"{self.gateway} of {self.legal_entity}"

    def event_scope(self) -> EventScope:
        return self.legal_entity.event_scope()

    @property
    def credentials(self) -> dict[str, str]:
        """What the provider wants to know; for the adapter alone, never for a page."""
        found: dict[str, str] = json.loads(secrets.unlock(_LOCK, self.locked_credentials) or "{}") if (
            self.locked_credentials) else {}  # fmt: skip
        return found


def credentials_of(gateway: str, legal_entity: LegalEntity) -> dict[str, str]:
    """A payee's credentials at a provider; empty where it has none."""
    row = GatewayAccount.objects.filter(gateway=gateway, legal_entity=legal_entity).first()
    return row.credentials if row else {}


def account_at(gateway: str, account_id: UUID) -> GatewayAccount | None:
    """The payee's account whose own address for callbacks this is; nobody is signed in there."""
    return GatewayAccount.objects.select_related("legal_entity").filter(pk=account_id, gateway=gateway).first()


def account_for(actor: Actor, legal_entity: LegalEntity, gateway: str) -> GatewayAccount:
    """The payee's account at a provider, for what is set there; made where it is the first that is said of it."""
    require(actor, RIGHT)
    require_whole(actor)
    facts = {"changed_at": clock.now()}
    return GatewayAccount.objects.get_or_create(legal_entity=legal_entity, gateway=gateway, defaults=facts)[0]


@transaction.atomic
def connect(
    actor: Actor,
    legal_entity: LegalEntity,
    *,
    gateway: str,
    wanted: Sequence[Credential],
    credentials: Mapping[str, str],
    company_id: str = "",
    now: datetime | None = None,
) -> GatewayAccount:
    """Keep a payee's account at a provider; what is left empty stays as it was. Event: `gateway_account.changed`.

    Refusal (422) for a credential that is missing or does not look like one, and for real ones in the example world.
    """
    require(actor, RIGHT)
    require_whole(actor)
    rows = GatewayAccount.objects.select_for_update().filter(legal_entity=legal_entity, gateway=gateway)
    account = rows.first() or GatewayAccount(legal_entity=legal_entity, gateway=gateway)
    before = account.credentials
    kept = {
        one.name: _checked(one, credentials.get(one.name, "").strip() or before.get(one.name, "")) for one in wanted
    }
    account.locked_credentials = secrets.lock(_LOCK, json.dumps(kept)) if kept else ""
    account.company_id = _company_id(company_id)
    account.changed_at = now or clock.now()
    account.save()
    events.record("gateway_account.changed", account, actor, data=_told(account, before, kept))
    return account


def _told(account: GatewayAccount, before: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, Any]:
    """Which credentials are new, never what they are."""
    changed = sorted(name for name, value in kept.items() if before.get(name) != value)
    return {"name": account.gateway, "payee": account.legal_entity.name, "changed": changed,
            "company_id": account.company_id}  # fmt: skip


def _checked(one: Credential, written: str) -> str:
    if not written:
        raise Refusal("credential_missing", f"Type the {one.label}.", status=422, field=one.name)
    if not re.fullmatch(one.shape, written):
        raise Refusal("credential_wrong", f"This is no {one.label}: {one.help}", status=422, field=one.name)
    if settings.EXAMPLE_WORLD and "_live_" in written:
        sentence = "No real money moves in the example world: type a test credential."
        raise Refusal("real_money", sentence, status=422, field=one.name)
    return written


def _company_id(written: str) -> str:
    plain = "".join(written.split()).upper()
    if plain and not _COMPANY_ID.fullmatch(plain):
        sentence = "An ACH company ID has 10 letters and digits, as your bank told you."
        raise Refusal("company_id", sentence, status=422, field="company_id")
    return plain
