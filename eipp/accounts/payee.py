"""Payee other than the seller: a company (a factor) that a supplier's invoices name as the one to be paid."""

from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from stdnum import iban as numbers

from eipp.accounts.organisation import Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope


class Payee(Entity):
    """Its bank account counts once a second person has verified it; another account is another row."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="payees")
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=400)
    iban = models.CharField(max_length=40)
    bic = models.CharField(max_length=11, blank=True)
    added_by = models.UUIDField(null=True)
    added_at = models.DateTimeField()
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="payee_verified_by_another", condition=Q(verified_by=None) | ~Q(verified_by=F("added_by"))
            ),
            models.UniqueConstraint(
                name="payee_once",
                fields=("supplier", "name_folded"),
                condition=Q(ended_at=None, verified_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)


def folded(name: str) -> str:
    return " ".join(name.casefold().split())


@transaction.atomic
def add_payee(actor: Actor, supplier: Organisation, *, name: str, iban: str, bic: str = "") -> Payee:
    """Name a payee with its account; nothing is paid there before a second person verifies it. Event: `payee.added`.

    Refused: 403; 422 `no_iban`.
    """
    require(actor, "account.administer")
    require_whole(actor)
    supplier = Organisation.objects.visible_to(actor).get(pk=supplier.pk)
    name = plain(name, field="name", longest=200)
    if not numbers.is_valid(iban):
        raise Refusal("no_iban", "This is not a valid IBAN: check each group of four.", status=422, field="iban")
    facts: dict[str, Any] = {"name": name, "name_folded": folded(name), "iban": numbers.compact(iban)}
    facts |= {"bic": plain(bic, field="bic", longest=11), "added_by": actor.id, "added_at": clock.now()}
    payee = Payee.objects.create(supplier=supplier, **facts)
    events.record("payee.added", payee, actor, data={"name": name})
    return payee


@transaction.atomic
def verify_payee(actor: Actor, payee: Payee) -> Payee:
    """A second person has compared the account with what the payee itself says. It takes the place of the one before.

    Event: `payee.verified`. Refused: 403; 409 `second_person_needed`, `already_verified`.
    """
    require(actor, "account.administer")
    require_whole(actor)
    row = Payee.objects.visible_to(actor).select_for_update().get(pk=payee.pk)
    if row.verified_at or row.ended_at:
        raise Refusal("already_verified", "This account was verified or removed before.")
    if actor.id is None or actor.id == row.added_by:
        raise Refusal("second_person_needed", "Whoever entered the account does not verify it: a colleague does.")
    now = clock.now()
    Payee.objects.filter(
        supplier=row.supplier_id, name_folded=row.name_folded, verified_at__isnull=False, ended_at=None
    ).update(ended_at=now)
    row.verified_by, row.verified_at = actor.id, now
    row.save(update_fields=["verified_by", "verified_at"])
    events.record("payee.verified", row, actor, data={"name": row.name})
    return row


@transaction.atomic
def end_payee(actor: Actor, payee: Payee) -> None:
    """Nobody is told this account any more. Event: `payee.ended`. Refused: 403."""
    require(actor, "account.administer")
    require_whole(actor)
    row = Payee.objects.visible_to(actor).select_for_update().get(pk=payee.pk)
    if row.ended_at is None:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        events.record("payee.ended", row, actor, data={"name": row.name})


def verified_payee(supplier_id: Any, name: str) -> Payee | None:
    """The payee of this name whose account is verified."""
    rows = Payee.objects.filter(
        supplier=supplier_id, name_folded=folded(name), verified_at__isnull=False, ended_at=None
    )
    return rows.first()
