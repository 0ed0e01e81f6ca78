"""Trade documents as EN 16931 knows them: head, lines, allowances, charges and taxes, all copied facts."""

import unicodedata
from typing import Any

from django.db import models
from django.db.models import F, Q

from eipp.kernel.record import DecimalText, Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope, ScopedManager


def fold(text: str) -> str:
    """Text as it is compared in searches: without regard to case and to the way a letter is composed."""
    return unicodedata.normalize("NFKC", text).casefold()


class TradeDocument(Entity):
    """What an invoice and a credit note have in common. Amounts are whole minor units of `currency`.

    supplier, buyer: copied from the account, so that each list is one index; external_id: the ERP's id; version:
    grows with each change of the same document; original_id: the stored file that came; seller, buyer_party,
    delivery, payment_means, references, facts: what the document says, whatever the master data say today.
    """

    supplier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False)
    legal_entity = models.ForeignKey("accounts.LegalEntity", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    number_folded = models.CharField(max_length=200)
    search_text = models.TextField(blank=True)
    fiscal_year = models.IntegerField()
    external_id = models.CharField(max_length=200, blank=True)
    version = models.IntegerField(default=1)
    type_code = models.CharField(max_length=10)
    issue_date = models.DateField()
    currency = models.CharField(max_length=3)
    order_reference = models.CharField(max_length=200, blank=True)
    buyer_reference = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    payment_terms = models.TextField(blank=True)
    payment_reference = models.CharField(max_length=200, blank=True)
    seller = models.JSONField(default=dict)
    buyer_party = models.JSONField(default=dict)
    delivery = models.JSONField(default=dict)
    payment_means = models.JSONField(default=list)
    references = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    line_total_minor = models.BigIntegerField()
    allowance_total_minor = models.BigIntegerField(default=0)
    charge_total_minor = models.BigIntegerField(default=0)
    tax_exclusive_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    tax_inclusive_minor = models.BigIntegerField()
    prepaid_minor = models.BigIntegerField(default=0)
    rounding_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    content_hash = models.CharField(max_length=64, blank=True)
    warnings = models.JSONField(default=list)
    original_id = models.UUIDField(null=True)
    posted_at = models.DateTimeField()
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    line_total = MoneyOf("line_total_minor")
    allowance_total = MoneyOf("allowance_total_minor")
    charge_total = MoneyOf("charge_total_minor")
    tax_exclusive = MoneyOf("tax_exclusive_minor")
    tax = MoneyOf("tax_minor")
    tax_inclusive = MoneyOf("tax_inclusive_minor")
    prepaid = MoneyOf("prepaid_minor")
    rounding = MoneyOf("rounding_minor")
    payable = MoneyOf("payable_minor")
    open = MoneyOf("open_minor")

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                name="%(class)s_sums",  # BR-CO-13, BR-CO-15, BR-CO-16
                condition=Q(
                    tax_exclusive_minor=F("line_total_minor") - F("allowance_total_minor") + F("charge_total_minor"),
                    tax_inclusive_minor=F("tax_exclusive_minor") + F("tax_minor"),
                    payable_minor=F("tax_inclusive_minor") - F("prepaid_minor") + F("rounding_minor"),
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_open_within_payable", condition=Q(open_minor__gte=0, open_minor__lte=F("payable_minor"))
            ),
            models.UniqueConstraint(fields=("legal_entity", "number", "fiscal_year"), name="%(class)s_number"),
            models.UniqueConstraint(
                fields=("supplier", "external_id"), name="%(class)s_external_id", condition=~Q(external_id="")
            ),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id, buyer_id=self.buyer_id, account_id=self.account_id)


class CurrentManager(ScopedManager):
    """Only the parts of the document's current version; earlier versions are kept for whoever points at them."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(is_current=True)


class DocumentPart(Entity):
    """A row below a document, in the document's currency and order."""

    position = models.IntegerField()
    currency = models.CharField(max_length=3)
    version = models.IntegerField(default=1)
    is_current = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ("position",)


class DocumentLine(DocumentPart):
    """A line (BG-25). line_number is its identifier as written (BT-126); net is after the line's own allowances."""

    line_number = models.CharField(max_length=100)
    item_name = models.TextField()
    description = models.TextField(blank=True)
    seller_item_id = models.CharField(max_length=200, blank=True)
    buyer_item_id = models.CharField(max_length=200, blank=True)
    standard_item_id = models.CharField(max_length=200, blank=True)
    quantity = DecimalText()
    unit = models.CharField(max_length=20, blank=True)
    unit_price = DecimalText()
    base_quantity = DecimalText(null=True)
    net_minor = models.BigIntegerField()
    tax_category = models.CharField(max_length=10, blank=True)
    tax_rate = DecimalText(null=True)
    order_line_reference = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    net = MoneyOf("net_minor")

    class Meta(DocumentPart.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.line_number} {self.item_name}"


class DocumentAllowanceCharge(DocumentPart):
    """An allowance or a charge, of the document (BG-20, BG-21) or, where `line` is set, of a line (BG-27, BG-28)."""

    is_charge = models.BooleanField()
    amount_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField(null=True)
    percent = DecimalText(null=True)
    reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=10, blank=True)
    tax_category = models.CharField(max_length=10, blank=True)
    tax_rate = DecimalText(null=True)
    amount = MoneyOf("amount_minor")
    base = MoneyOf("base_minor")

    class Meta(DocumentPart.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.reason} {self.amount}"


class DocumentTax(DocumentPart):
    """One row of the tax breakdown (BG-23)."""

    category = models.CharField(max_length=10)
    rate = DecimalText(null=True)
    taxable_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    exemption_reason = models.TextField(blank=True)
    exemption_code = models.CharField(max_length=30, blank=True)
    taxable = MoneyOf("taxable_minor")
    tax = MoneyOf("tax_minor")

    class Meta(DocumentPart.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.category} {self.rate} {self.tax}"
