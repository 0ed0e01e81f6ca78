"""Remittance advice: what a buyer says a payment is for, uploaded as a file or typed, line by line against invoices.

For whoever applies cash: `RemittanceAdvice.objects.filter(verdict="read")` has `account`, `reference`, `paid_on`,
`amount` (as the payer says it, or None), `sum` (of the lines); its `lines` have `invoice` or `credit_note` (both None
where none was found; `fault` says why), `amount` (paid; below zero for a credit taken; None where the advice does not
say), `discount` and `deduction` (kept back of the invoice, with `reason`), all in the line's `currency`. Nothing here
moves money.
"""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as words

from documents.models import StoredFile
from eipp.accounts.models import CustomerAccount, Organisation
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger.models import CreditNote, Invoice

TYPED = "typed"


class RemittanceAdvice(Entity):
    """One payment as its payer tells it. That it was read is a fact with a time: `checked_at`, and what came of it.

    notation: how it was written (`typed`, `pdf`, `x12-820`, ...), empty until it is known; remarks: sentences about
    what was not understood; matched_count: lines for which the invoice or credit note was found.
    """

    class Verdict(models.TextChoices):
        PENDING = "pending", words("Being checked")
        READ = "read", words("Read")
        UNREAD = "unread", words("Not understood")
        REFUSED = "refused", words("Refused")

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="remittance_advices")
    number = models.CharField(max_length=20)
    file = models.ForeignKey(StoredFile, models.SET_NULL, related_name="+", null=True)
    notation = models.CharField(max_length=20, blank=True)
    payer = models.CharField(max_length=140, blank=True)
    payee = models.CharField(max_length=140, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    paid_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(null=True)
    sum_minor = models.BigIntegerField(default=0)
    line_count = models.IntegerField(default=0)
    matched_count = models.IntegerField(default=0)
    remarks = models.JSONField(default=list)
    comment = models.TextField(max_length=2000, blank=True)
    attempt = models.UUIDField(null=True)
    sent_by = models.UUIDField(null=True)
    sent_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    amount = MoneyOf("amount_minor")
    sum = MoneyOf("sum_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="remittance_number"),
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_remittance_per_attempt"),
            models.CheckConstraint(
                condition=Q(verdict="pending", checked_at=None) | ~Q(verdict="pending") & Q(checked_at__isnull=False),
                name="remittance_verdict_has_its_time",
            ),
        )
        indexes = (
            models.Index(fields=["supplier", "-sent_at", "-id"], name="remittance_supplier"),
            models.Index(fields=["buyer", "-sent_at", "-id"], name="remittance_buyer"),
            models.Index(fields=["account", "-sent_at"], name="remittance_account"),
            models.Index(fields=["sent_at"], name="remittance_pending", condition=Q(checked_at=None)),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    @property
    def is_announced(self) -> bool:
        """Whether the money was still to come when this was sent."""
        return self.paid_on is None or self.paid_on >= self._sent_on

    @property
    def whole(self) -> Any:
        """The payment's amount: as the payer says it, else what the lines add up to."""
        return self.amount if self.amount_minor is not None else self.sum

    @property
    def _sent_on(self) -> date:
        return self.sent_at.date()


class RemittanceLine(Entity):
    """What is paid of one document. `where`: its place in what was sent; `fault`: why no document of ours was found."""

    advice = models.ForeignKey(RemittanceAdvice, models.CASCADE, related_name="lines")
    position = models.IntegerField()
    where = models.CharField(max_length=40)
    document_number = models.CharField(max_length=100, blank=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="remittance_lines", null=True)
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="remittance_lines", null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(null=True)
    gross_minor = models.BigIntegerField(null=True)
    discount_minor = models.BigIntegerField(default=0)
    deduction_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    amount = MoneyOf("amount_minor")
    gross = MoneyOf("gross_minor")
    discount = MoneyOf("discount_minor")
    deduction = MoneyOf("deduction_minor")
    scope: ClassVar[Scope] = Scope(
        buyer="advice__buyer_id", supplier="advice__supplier_id", account="advice__account_id"
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["advice", "position"], name="remittance_line_position"),
            models.CheckConstraint(
                condition=Q(invoice=None) | Q(credit_note=None), name="remittance_line_one_document"
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_number} {self.amount}"

    @property
    def matched(self) -> bool:
        return bool(self.invoice_id or self.credit_note_id)
