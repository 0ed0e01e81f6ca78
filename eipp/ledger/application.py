"""Application: a cash receipt or a credit note used for an invoice; undone only by a further row."""

from typing import Any

from django.db import models
from django.db.models import Q

from eipp.kernel.record import AppendOnly, Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.invoice import Invoice


class Application(AppendOnly, Entity):
    """amount is positive, and negative where the row undoes an earlier one (`reverses`): the sum is what counts."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="applications")
    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="applications", null=True)
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="applications", null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    applied_on = models.DateField()
    recorded_at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, related_name="reversed_by", null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="invoice__buyer_id", supplier="invoice__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="application_one_source",
                condition=Q(receipt__isnull=True, credit_note__isnull=False)
                | Q(receipt__isnull=False, credit_note__isnull=True),
            ),
            models.CheckConstraint(
                name="application_sign",
                condition=Q(reverses__isnull=True, amount_minor__gt=0) | Q(reverses__isnull=False, amount_minor__lt=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.invoice_id}"

    @property
    def source(self) -> Any:
        """The cash receipt or the credit note that was used."""
        return self.receipt or self.credit_note

    def event_scope(self) -> EventScope:
        return self.invoice.event_scope()
