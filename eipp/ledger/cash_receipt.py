"""Cash receipt: money that came."""

from django.db import models
from django.db.models import F, Q

from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope


class CashReceipt(Entity):
    """unapplied: what no invoice has taken yet; reversed_at: when the money went back (return, charge-back, error);
    set_aside, given_back: what of it is being refunded, and what went back to the payer.

    order_reference: the order or quote that it is a deposit for, so that it is no credit for anything else.
    kind: how it came (`card`, `transfer`, `direct_debit`, `erp`, ...); payment_id: the payment of ours it settled.
    sent_at: when the payer had it sent, where that is known.
    legal_entity: who was paid; money of two payees never meets.
    surcharge: what came with it as the price of paying this way; it is no part of amount.
    """

    supplier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False)
    legal_entity = models.ForeignKey("accounts.LegalEntity", models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    unapplied_minor = models.BigIntegerField()
    surcharge_minor = models.BigIntegerField(default=0)
    set_aside_minor = models.BigIntegerField(default=0)
    given_back_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    received_on = models.DateField()
    sent_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    payment_id = models.UUIDField(null=True)
    order_reference = models.CharField(max_length=200, blank=True)
    order_folded = models.CharField(max_length=400, blank=True)
    posted_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)
    reversal_reason = models.TextField(blank=True)
    amount = MoneyOf("amount_minor")
    unapplied = MoneyOf("unapplied_minor")
    surcharge = MoneyOf("surcharge_minor")
    set_aside = MoneyOf("set_aside_minor")
    given_back = MoneyOf("given_back_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.CheckConstraint(name="cash_receipt_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="cash_receipt_surcharge", condition=Q(surcharge_minor__gte=0)),
            models.CheckConstraint(
                name="cash_receipt_unapplied",
                condition=Q(unapplied_minor__gte=0, unapplied_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="cash_receipt_reversed_is_empty", condition=Q(reversed_at__isnull=True) | Q(unapplied_minor=0)
            ),
            models.CheckConstraint(
                name="cash_receipt_given_back_once",
                condition=Q(
                    set_aside_minor__gte=0,
                    given_back_minor__gte=0,
                    amount_minor__gte=F("unapplied_minor") + F("set_aside_minor") + F("given_back_minor"),
                ),
            ),
            models.UniqueConstraint(
                fields=("payment_id", "account"),
                name="cash_receipt_once_per_payment",
                condition=Q(payment_id__isnull=False, reversed_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=("supplier", "external_id"), name="cash_receipt_external_id", condition=~Q(external_id="")
            ),
        )
        indexes = (
            models.Index(fields=("buyer", "-received_on", "-id"), name="receipt_buyer_received"),
            models.Index(fields=("supplier", "-received_on", "-id"), name="receipt_supplier_received"),
            models.Index(fields=("account", "currency", "-received_on", "-id"), name="receipt_account_received"),
            models.Index(fields=("account",), name="receipt_unapplied", condition=Q(unapplied_minor__gt=0)),
            models.Index(fields=("account", "order_folded"), name="receipt_deposit", condition=~Q(order_folded="")),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.reference}"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id, buyer_id=self.buyer_id, account_id=self.account_id)
