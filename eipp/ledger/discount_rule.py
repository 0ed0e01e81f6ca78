"""The supplier's rule for early-payment discounts: which day counts, where, and what of it may be paid in part."""

from django.db import models

from eipp.accounts.models import Organisation
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import EventScope, Scope


class DiscountRule(Entity):
    """counts: whether the day on which the money was sent or on which it arrived must not be after the deadline; zone:
    whose calendar that is; in_part: a part paid in time earns the discount in proportion; waits_for_disputes: the
    deadline waits for the part that is in dispute.

    It is copied to each invoice when that is posted: a later rule is for later invoices.
    """

    class Counts(models.TextChoices):
        SENT = "sent", "Sent by the deadline"
        ARRIVED = "arrived", "Arrived by the deadline"

    class Zone(models.TextChoices):
        SUPPLIER = "supplier", "The supplier's"
        BUYER = "buyer", "The buyer's"

    supplier = models.OneToOneField(Organisation, models.PROTECT, related_name="discount_rule")
    counts = models.CharField(max_length=10, choices=Counts.choices, default=Counts.SENT)
    zone = models.CharField(max_length=10, choices=Zone.choices, default=Zone.SUPPLIER)
    in_part = models.BooleanField(default=False)
    waits_for_disputes = models.BooleanField(default=True)
    scope = Scope(supplier="supplier_id")

    def __str__(self) -> str:
        return f"discounts of {self.supplier_id}"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)
