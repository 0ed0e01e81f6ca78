"""Legal entity: the body that issues invoices and is paid, with tax id, number range and bank accounts of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.address import address
from eipp.accounts.organisation import SETUP, Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require, require_whole
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

HERE, ERP = "here", "erp"
ISSUERS = ((HERE, "This platform"), (ERP, "Your ERP"))


class LegalEntity(Entity):
    """A supplier's legal body. `bank_accounts` holds the verified ones: `{"iban", "bic", "holder", "currency"}`.

    credit_notes_by: who issues its credit notes: the platform (`here`), or its `erp`, which is asked for each.
    """

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
    credit_notes_by = models.CharField(max_length=10, choices=ISSUERS, default=HERE)
    scope = Scope(supplier="organisation_id")

    class Meta:
        verbose_name_plural = "legal entities"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="legal_entity_code"),
            models.UniqueConstraint(
                fields=("organisation",), condition=Q(is_default=True), name="legal_entity_one_default"
            ),
            models.CheckConstraint(condition=Q(credit_notes_by__in=(HERE, ERP)), name="legal_entity_credit_notes_by"),
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


@transaction.atomic
def choose_issuer(actor: Actor, entity: LegalEntity, *, credit_notes_by: str) -> LegalEntity:
    """Say who issues this body's credit notes from now on; what was asked of the ERP before stays asked.

    Event: `legal_entity.changed`. Refusal (403) without the right, (422) for another word.
    """
    require(actor, "issuer.choose")
    require_whole(actor)
    if credit_notes_by not in dict(ISSUERS):
        raise Refusal("unknown_word", "Choose who issues credit notes.", status=422, field="credit_notes_by")
    row: LegalEntity = LegalEntity.objects.visible_to(actor).select_for_update().get(pk=entity.pk)
    if row.credit_notes_by != credit_notes_by:
        row.credit_notes_by = credit_notes_by
        row.save(update_fields=["credit_notes_by"])
        told = {"name": row.name, "credit_notes_by": credit_notes_by}
        events.record("legal_entity.changed", row, actor, data=told)
    return row
