"""Dispute rule: whether late fees, and the early-payment discount's deadline, wait for a disputed part, by reason.

Both wait unless the supplier says otherwise. A dispute goes by the rule of its reason that was in force when it was
opened, so that a change reaches no dispute that stands.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.models import Organisation
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from workflows.dispute import REASONS, Dispute

RIGHT = "charge.administer"


class DisputeRule(Entity):
    """What waits for disputes of a reason that are opened from `set_at` until `ended_at`."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=list(REASONS.items()))
    late_fees_wait = models.BooleanField()
    discount_waits = models.BooleanField()
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["supplier", "reason"], condition=Q(ended_at=None), name="one_dispute_rule_per_reason"
            ),
        )

    def __str__(self) -> str:
        return self.reason

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)


@database.atomic
def set_rule(
    actor: Actor, reason: str, *, late_fees_wait: bool, discount_waits: bool, now: datetime | None = None
) -> DisputeRule:
    """Say what waits for disputes of this reason from now on. Event: `dispute_rule.set`.

    Refusals: 403 without the right; 422 (`unknown_reason`).
    """
    require(actor, RIGHT)
    require_whole(actor)
    if reason not in REASONS:
        raise Refusal("unknown_reason", "Choose a reason from the list.", status=422, field="reason")
    moment = now or clock.now()
    supplier = Organisation.objects.visible_to(actor).select_for_update().get(pk__in=[actor.organisation_id])
    standing = DisputeRule.objects.filter(supplier=supplier, reason=reason, ended_at=None).first()
    if standing and (standing.late_fees_wait, standing.discount_waits) == (late_fees_wait, discount_waits):
        return standing
    DisputeRule.objects.filter(supplier=supplier, reason=reason, ended_at=None).update(ended_at=moment)
    row = DisputeRule.objects.create(
        supplier=supplier, reason=reason, late_fees_wait=late_fees_wait, discount_waits=discount_waits, set_at=moment
    )
    data = {"reason": reason, "late_fees_wait": late_fees_wait, "discount_waits": discount_waits}
    events.record("dispute_rule.set", row, actor, data=data, internal=True, occurred_at=moment)
    return row


def rules_of(actor: Actor) -> list[tuple[str, bool, bool]]:
    """By reason, whether late fees and the discount's deadline wait for disputes that are opened now."""
    rows = DisputeRule.objects.visible_to(actor).filter(ended_at=None)
    known = {row.reason: (row.late_fees_wait, row.discount_waits) for row in rows}
    return [(reason, *known.get(reason, (True, True))) for reason in REASONS]


def without_waiting_fees(disputes: Collection[UUID]) -> set[UUID]:
    """Those of the disputes whose part is charged late fees all the while, by their reason."""
    rows = _against(Dispute.objects.filter(pk__in=disputes), late_fees_wait=False)
    return set(rows.values_list("pk", flat=True))


def discount_waits(dispute: Dispute) -> bool:
    """Whether the discount's deadline waits for this dispute's part, by its reason."""
    return not _against(Dispute.objects.filter(pk=dispute.pk), discount_waits=False).exists()


def _against(disputes: models.QuerySet[Dispute], **says: bool) -> models.QuerySet[Dispute]:
    """Those for which a rule that was in force when they were opened says so."""
    rules = DisputeRule.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("opened_at")), supplier=OuterRef("supplier"),
        reason=OuterRef("reason"), set_at__lte=OuterRef("opened_at"), **says,
    )  # fmt: skip
    return disputes.filter(Exists(rules))
