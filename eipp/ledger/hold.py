"""Hold: a part of an invoice that nobody may pay now, because it is disputed, on the way or planned."""

from django.db import models
from django.db.models import Q

from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import Scope
from eipp.ledger.invoice import Invoice


class Hold(Entity):
    """kind says which part of the invoice's held amount it is; reason: the dispute or payment that holds.

    Only `released_at` ever changes; a smaller hold is a new row.
    """

    class Kind(models.TextChoices):
        DISPUTED = "disputed", "In dispute"
        PENDING = "pending", "On the way"
        PLANNED = "planned", "Planned"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason_kind = models.CharField(max_length=40)
    reason_id = models.UUIDField()
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="invoice__buyer_id", supplier="invoice__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.CheckConstraint(name="hold_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="hold_kind", condition=Q(kind__in=("disputed", "pending", "planned"))),
            models.UniqueConstraint(
                fields=("reason_kind", "reason_id", "invoice"),
                name="hold_once_per_reason",
                condition=Q(released_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
