"""Kept balances: what an account owes, per currency and per due date, so that no summary ever adds up invoices."""

from django.db import models
from django.db.models import F, Q

from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import Scope

_HELD = F("disputed_minor") + F("pending_minor") + F("planned_minor")
_EXPECTED = F("promised_minor") + F("announced_minor")


class AccountBalance(Entity):
    """One account in one currency. receivable: open invoices; credit: unused credit notes; unapplied: unused cash, of
    which deposit is kept for orders;
    charges: what of receivable is late fees; promised, announced: what is free and expected;
    payable: the full amounts of the open invoices; invoiced: of all invoices, of which there are invoice_count."""

    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="balances")
    currency = models.CharField(max_length=3)
    receivable_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    unapplied_minor = models.BigIntegerField(default=0)
    deposit_minor = models.BigIntegerField(default=0)
    disputed_minor = models.BigIntegerField(default=0)
    pending_minor = models.BigIntegerField(default=0)
    planned_minor = models.BigIntegerField(default=0)
    promised_minor = models.BigIntegerField(default=0)
    announced_minor = models.BigIntegerField(default=0)
    charges_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField(default=0)
    invoiced_minor = models.BigIntegerField(default=0)
    open_count = models.IntegerField(default=0)
    invoice_count = models.IntegerField(default=0)
    last_payment_on = models.DateField(null=True)
    last_payment_minor = models.BigIntegerField(null=True)
    scope = Scope(buyer="account__buyer_id", supplier="account__supplier_id", account="account_id")

    receivable = MoneyOf("receivable_minor")
    credit = MoneyOf("credit_minor")
    unapplied = MoneyOf("unapplied_minor")
    last_payment = MoneyOf("last_payment_minor")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "currency"), name="account_balance_once"),
            models.CheckConstraint(
                name="account_balance_held_within_open",
                condition=Q(
                    receivable_minor__gte=_HELD + _EXPECTED,
                    disputed_minor__gte=0,
                    pending_minor__gte=0,
                    planned_minor__gte=0,
                    promised_minor__gte=0,
                    announced_minor__gte=0,
                    credit_minor__gte=0,
                    unapplied_minor__gte=F("deposit_minor"),
                    deposit_minor__gte=0,
                    open_count__gte=0,
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.receivable}"


class DueBalance(Entity):
    """The open invoices of one account, currency and due date: their open amount, its held parts, their number."""

    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="due_balances")
    currency = models.CharField(max_length=3)
    due_date = models.DateField()
    open_minor = models.BigIntegerField(default=0)
    disputed_minor = models.BigIntegerField(default=0)
    pending_minor = models.BigIntegerField(default=0)
    planned_minor = models.BigIntegerField(default=0)
    promised_minor = models.BigIntegerField(default=0)
    announced_minor = models.BigIntegerField(default=0)
    charges_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField(default=0)
    open_count = models.IntegerField(default=0)
    scope = Scope(buyer="account__buyer_id", supplier="account__supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "currency", "due_date"), name="due_balance_once"),
            models.CheckConstraint(
                name="due_balance_held_within_open",
                condition=Q(
                    open_minor__gte=_HELD + _EXPECTED,
                    disputed_minor__gte=0,
                    pending_minor__gte=0,
                    planned_minor__gte=0,
                    promised_minor__gte=0,
                    announced_minor__gte=0,
                    open_count__gte=0,
                ),
            ),
        )
        indexes = (
            models.Index(fields=("account", "due_date"), name="due_balance_open", condition=Q(open_minor__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.due_date} {self.open_minor} {self.currency}"
