"""Postings: every movement of what is owed, one row from one ledger account to another; it sums to zero by shape."""

from django.db import models
from django.db.models import F, Q

from eipp.kernel.record import AppendOnly, Entity, MoneyOf
from eipp.kernel.tenancy import Scope
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.invoice import Invoice


class LedgerAccount(models.TextChoices):
    """Where value can stand. A posting's target is debited, its source credited.

    `transfer` passes what one customer account pays for another; over all accounts it is zero.
    """

    SALES = "sales", "Sales and tax"
    RECEIVABLE = "receivable", "Receivable"
    CREDIT_NOTES = "credit_notes", "Credit not yet used"
    UNAPPLIED = "unapplied", "Unapplied cash"
    CASH = "cash", "Cash"
    TRANSFER = "transfer", "Paid for another account"
    DISCOUNTS = "discounts", "Early-payment discounts"
    WRITE_OFFS = "write_offs", "Written off"
    REFUNDS = "refunds", "Set aside to be refunded"
    SURCHARGES = "surcharges", "Price of paying"


class Posting(AppendOnly, Entity):
    """document_date: the document's; posting_date: the supplier's day on which it counts; occurred_at and
    recorded_at: when it happened and when it was written; is_backdated: it counts on a day that was over by then.
    A correction is a new posting."""

    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=20, choices=LedgerAccount.choices)
    target = models.CharField(max_length=20, choices=LedgerAccount.choices)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="postings", null=True)
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="postings", null=True)
    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="postings", null=True)
    document_date = models.DateField()
    posting_date = models.DateField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    is_backdated = models.BooleanField(default=False)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="account__buyer_id", supplier="account__supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.CheckConstraint(name="posting_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="posting_moves", condition=~Q(source=F("target"))),
        )
        indexes = (
            models.Index(fields=("account", "currency", "posting_date", "id"), name="posting_account_day"),
            models.Index(fields=("account", "recorded_at"), name="posting_backdated", condition=Q(is_backdated=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.source} -> {self.target} {self.amount}"
