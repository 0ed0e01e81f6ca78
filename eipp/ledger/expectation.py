"""Expectation: a part of an invoice for which the buyer named a day or announced money, so that nobody chases it."""

from django.db import models
from django.db.models import Q

from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import Scope
from eipp.ledger.invoice import Invoice


class Expectation(Entity):
    """It holds nothing back: the invoice may be paid as before. reason: the promise or announced payment behind it.

    It counts only as far as something of the invoice is free. Only `released_at` ever changes.
    """

    class Kind(models.TextChoices):
        PROMISED = "promised", "Promised"
        ANNOUNCED = "announced", "Announced"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="expectations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason_kind = models.CharField(max_length=40)
    reason_id = models.UUIDField()
    expected_on = models.DateField()
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="invoice__buyer_id", supplier="invoice__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.CheckConstraint(name="expectation_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="expectation_kind", condition=Q(kind__in=("promised", "announced"))),
            models.UniqueConstraint(
                fields=("reason_kind", "reason_id", "invoice"),
                name="expectation_once_per_reason",
                condition=Q(released_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} on {self.expected_on}"
