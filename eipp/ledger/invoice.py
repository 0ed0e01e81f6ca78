"""Invoice: what a buyer was asked to pay, with what is still open of it and what of that is held."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf
from eipp.kernel.tenancy import Scope
from eipp.ledger.document import (
    CurrentManager,
    DocumentAllowanceCharge,
    DocumentLine,
    DocumentTax,
    TradeDocument,
)
from eipp.ledger.invoice_list import InvoiceManager

OPEN = Q(open_minor__gt=0)


class Invoice(TradeDocument):
    """open = payable - paid - credited - discounted - written off; held = disputed + pending + planned, the part of
    open that nobody may pay.

    kind: an invoice, or a charge of its own kind that is held, paid and stated like one (`finance_charge.py`);
    promised_minor, announced_minor: what the buyer gave a day or notice for, whatever is free by now.
    due_date: the earliest on which something is open; due_plan: all of them, where there are several (`instalment.py`);
    payee_name: who is to be paid, where that is not the seller (BG-10); `eipp.accounts.payee` knows its account.
    discount_terms: see `discount.py`; discount_best: of the best step; discount_ends_on: the last step's day.
    These are kept by `eipp.ledger.posting` alone. presented_at: when the buyer could first see it; closed_at: when
    nothing was open any more; withdrawn_at: when a full credit note took it back.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        FINANCE_CHARGE = "finance_charge", "Late fee"

    may_have_deposits = True  # while it is being posted: whether its account has any in its currency

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.INVOICE)
    due_date = models.DateField()
    due_plan = models.JSONField(default=list)
    due_count = models.PositiveSmallIntegerField(default=1)
    payee_name = models.CharField(max_length=200, blank=True)
    paid_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    disputed_minor = models.BigIntegerField(default=0)
    pending_minor = models.BigIntegerField(default=0)
    planned_minor = models.BigIntegerField(default=0)
    promised_minor = models.BigIntegerField(default=0)
    announced_minor = models.BigIntegerField(default=0)
    discount_terms = models.JSONField(default=dict)
    discount_best_minor = models.BigIntegerField(default=0)
    discount_ends_on = models.DateField(null=True)
    discounted_minor = models.BigIntegerField(default=0)
    written_off_minor = models.BigIntegerField(default=0)
    presented_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    objects: ClassVar[Any] = InvoiceManager()

    paid = MoneyOf("paid_minor")
    credited = MoneyOf("credited_minor")
    held = MoneyOf("held_minor")
    disputed = MoneyOf("disputed_minor")
    pending = MoneyOf("pending_minor")
    planned = MoneyOf("planned_minor")
    discounted = MoneyOf("discounted_minor")
    written_off = MoneyOf("written_off_minor")

    class Meta:
        constraints = (
            *TradeDocument.Meta.constraints,
            models.CheckConstraint(
                name="invoice_open_is_payable_less_settled",
                condition=Q(
                    open_minor=F("payable_minor")
                    - F("paid_minor")
                    - F("credited_minor")
                    - F("discounted_minor")
                    - F("written_off_minor"),
                    discounted_minor__gte=0,
                    written_off_minor__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="invoice_held_within_open", condition=Q(held_minor__gte=0, held_minor__lte=F("open_minor"))
            ),
            models.CheckConstraint(
                name="invoice_held_is_its_parts",
                condition=Q(
                    held_minor=F("disputed_minor") + F("pending_minor") + F("planned_minor"),
                    disputed_minor__gte=0,
                    pending_minor__gte=0,
                    planned_minor__gte=0,
                    paid_minor__gte=0,
                    credited_minor__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="invoice_expected",
                condition=Q(
                    promised_minor__gte=0,
                    announced_minor__gte=0,
                ),
            ),
        )
        indexes = (
            models.Index(fields=("buyer", "-issue_date", "-id"), name="invoice_buyer_issued"),
            models.Index(fields=("supplier", "-issue_date", "-id"), name="invoice_supplier_issued"),
            models.Index(fields=("account", "-issue_date", "-id"), name="invoice_account_issued"),
            models.Index(fields=("buyer", "payable_minor", "id"), name="invoice_buyer_amount"),
            models.Index(fields=("supplier", "payable_minor", "id"), name="invoice_supplier_amount"),
            models.Index(fields=("buyer", "due_date", "id"), name="invoice_buyer_due", condition=OPEN),
            models.Index(fields=("supplier", "due_date", "id"), name="invoice_supplier_due", condition=OPEN),
            models.Index(fields=("account", "due_date", "id"), name="invoice_account_due", condition=OPEN),
            models.Index(
                fields=("supplier", "disputed_minor"), name="invoice_disputed", condition=Q(disputed_minor__gt=0)
            ),
            models.Index(
                fields=("supplier", "pending_minor"), name="invoice_pending", condition=Q(pending_minor__gt=0)
            ),
            models.Index(fields=("supplier", "closed_at"), name="invoice_closed", condition=Q(open_minor=0)),
            models.Index(fields=("supplier", "number_folded"), name="invoice_supplier_number"),
            models.Index(fields=("buyer", "number_folded"), name="invoice_buyer_number"),
        )

    @property
    def free(self) -> Money:
        """What may still be paid, credited or held: open less what is held."""
        return Money(self.open_minor - self.held_minor, self.currency)

    @property
    def announced(self) -> Money:
        """What of the free part the buyer announced to pay."""
        return Money(min(self.announced_minor, self.open_minor - self.held_minor), self.currency)

    @property
    def promised(self) -> Money:
        """What of the free part, beyond what is announced, the buyer promised by a day."""
        free = self.open_minor - self.held_minor
        return Money(min(self.promised_minor, free - self.announced.minor), self.currency)

    @property
    def is_finance_charge(self) -> bool:
        return self.kind == self.Kind.FINANCE_CHARGE

    @property
    def is_closed(self) -> bool:
        return self.open_minor == 0

    def is_past_due(self, on: date) -> bool:
        return self.open_minor > 0 and self.due_date < on

    def days_past_due(self, on: date) -> int:
        """Days since the due date; negative before it."""
        return (on - self.due_date).days

    def standing(self, on: date) -> list[str]:
        """The words for how it stands on a day, the weightiest first; never a state, always computed."""
        partly = 0 < self.open_minor < self.payable_minor
        words = {
            "withdrawn": self.withdrawn_at is not None,
            "paid": self.open_minor == 0 and self.withdrawn_at is None and not self.is_given_up,
            "written off": self.written_off_minor > 0 and self.withdrawn_at is None,
            "credited": self.credited_minor > 0 and self.withdrawn_at is None,
            "disputed": self.disputed_minor > 0,
            "overdue": self.is_past_due(on),
            "due today": self.open_minor > 0 and self.due_date == on,
            "on the way": self.pending_minor > 0,
            "planned": self.planned_minor > 0,
            "announced": self.announced.minor > 0,
            "promised": self.promised.minor > 0,
            "part-paid": partly and self.paid_minor > 0,
            "open": self.open_minor > 0,
        }
        return [word for word, applies in words.items() if applies]

    @property
    def is_given_up(self) -> bool:
        """Whether nothing was paid and nothing is asked for any more: credit and write-offs alone closed it."""
        given = self.credited_minor + self.written_off_minor
        return self.open_minor == 0 and self.paid_minor == 0 and given > 0

    @property
    def is_all_credit(self) -> bool:
        """Whether credit notes alone closed it."""
        return self.is_given_up and self.written_off_minor == 0


class InvoiceLine(DocumentLine):
    """A line of an invoice."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    objects: ClassVar[Any] = CurrentManager()
    scope = Scope(buyer="invoice__buyer_id", supplier="invoice__supplier_id", account="invoice__account_id")


class InvoiceAllowanceCharge(DocumentAllowanceCharge):
    """An allowance or charge of an invoice or of one of its lines."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allowances_charges")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="allowances_charges", null=True)
    objects: ClassVar[Any] = CurrentManager()


class InvoiceTax(DocumentTax):
    """A row of an invoice's tax breakdown."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="taxes")
    objects: ClassVar[Any] = CurrentManager()
