"""Legal entity: the body that issues invoices and is paid, with tax id, number range and bank accounts of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.address import address
from eipp.accounts.organisation import SETUP, Organisation
from eipp.accounts.plain_text import plain
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import EventScope, Scope


class LegalEntity(Entity):
    """A supplier's legal body. `bank_accounts` holds the verified ones: `{"iban", "bic", "holder", "currency"}`."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="legal_entities")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    vat_id = models.CharField(max_length=40, blank=True)
    legal_id = models.CharField(max_length=60, blank=True)
    endpoint_scheme = models.CharField(max_length=10, blank=True)
    endpoint = models.CharField(max_length=100, blank=True)
    address = models.JSONField(default=dict)
    bank_accounts = models.JSONField(default=list)
    is_default = models.BooleanField(default=False)
    scope = Scope(supplier="organisation_id")

    class Meta:
        verbose_name_plural = "legal entities"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="legal_entity_code"),
            models.UniqueConstraint(
                fields=("organisation",), condition=Q(is_default=True), name="legal_entity_one_default"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def event_scope(self) -> EventScope:
        return self.organisation.event_scope()


@transaction.atomic
def create_legal_entity(
    *,
    organisation: Organisation,
    name: str,
    code: str,
    country: str,
    postal: Mapping[str, str] | None = None,
    bank_accounts: Sequence[Mapping[str, str]] = (),
    actor: Actor = SETUP,
    **facts: Any,
) -> LegalEntity:
    """Add a legal body to a supplier; the first one is its default. Event: `legal_entity.created`."""
    facts.setdefault("is_default", not organisation.legal_entities.exists())
    entity = LegalEntity.objects.create(
        organisation=organisation, name=plain(name, field="name", longest=200), code=code, country=country,
        address=address(postal), bank_accounts=list(bank_accounts), **facts,
    )  # fmt: skip
    events.record("legal_entity.created", entity, actor)
    return entity
