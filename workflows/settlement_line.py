"""Settlement line: what a payment provider's own books say of one movement of a payee's money, kept as listed.

It is about all customers: who is limited to some accounts does not see it.
"""

from typing import Any, ClassVar

from django.db import models

from eipp.accounts.models import LegalEntity, Organisation
from eipp.kernel.record import AppendOnly, Entity, MoneyOf
from eipp.kernel.tenancy import Scope
from workflows.bank_statement import SupplierQuerySet

KINDS = {"charge": "Charged", "refund": "Refunded", "return": "Returned", "chargeback": "Charged back"}


class SettlementLine(AppendOnly, Entity):
    """amount: signed, as in `gateways.Transaction`; on: the provider's day, in UTC. payment_id: the payment of ours it
    is about, empty where it is about none; place: which of several lines that are alike; fee_minor: what the provider
    keeps of it for itself."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+", db_index=False)
    gateway = models.CharField(max_length=30)
    method = models.CharField(max_length=20, blank=True)
    payment_id = models.UUIDField(null=True)
    reference = models.UUIDField()
    kind = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    on = models.DateField()
    gateway_reference = models.CharField(max_length=100)
    place = models.PositiveIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    listed_at = models.DateTimeField()
    amount = MoneyOf("amount_minor")
    scope = Scope(supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(SupplierQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("legal_entity", "gateway", "on", "reference", "kind", "gateway_reference", "amount_minor",
                        "currency", "place"),
                name="settlement_line_once",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("supplier", "on"), name="settlement_line_day"),
            models.Index(fields=("payment_id",), name="settlement_line_payment"),
        )

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.amount}"

    @property
    def alike(self) -> tuple[Any, ...]:
        """What makes two lines of a day the same."""
        return (self.reference, self.kind, self.gateway_reference, self.amount_minor, self.currency)


class SettlementDay(Entity):
    """One day of a provider's books for one payee: when it was listed last, with how many lines, or why it was not."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=30)
    day = models.DateField()
    asked_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)
    scope = Scope(supplier="legal_entity__organisation_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(SupplierQuerySet)()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("legal_entity", "gateway", "day"), name="settlement_day_once"),)

    def __str__(self) -> str:
        return f"{self.gateway} {self.day}"
