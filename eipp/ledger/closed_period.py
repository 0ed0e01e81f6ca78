"""Closed period: up to which day a supplier's books are closed, who closed them and when; kept for ever."""

from django.db import models

from eipp.accounts.models import Organisation
from eipp.kernel.record import AppendOnly, Entity
from eipp.kernel.tenancy import EventScope, Scope


class ClosedPeriod(AppendOnly, Entity):
    """Nothing is posted on a day up to `through` after `closed_at`. The latest row is what holds; it only moves on."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="closed_periods")
    through = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.UUIDField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("supplier", "through"), name="closed_period_once"),)

    def __str__(self) -> str:
        return f"closed up to {self.through}"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)
