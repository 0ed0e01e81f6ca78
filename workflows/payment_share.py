"""Shares of a payment: how much of it is meant for which invoice, and how much for none."""

from collections.abc import Sequence
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import Scope
from eipp.ledger.models import Invoice
from workflows.machine import MachineQuerySet


class PaymentShare(Entity):
    """How much of a payment is meant for one invoice."""

    payment = models.ForeignKey("workflows.Payment", models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payment_shares")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="payment__buyer_id", supplier="payment__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payment", "invoice"], name="one_share_per_invoice"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_share_positive"),
        )

    def __str__(self) -> str:
        return f"{self.amount} for {self.invoice}"


class PaymentOnAccount(Entity):
    """How much of a payment is meant for no invoice: it stays on the account until it is used."""

    payment = models.ForeignKey("workflows.Payment", models.PROTECT, related_name="on_account")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="payment__buyer_id", supplier="payment__supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payment", "account"], name="once_on_account_per_payment"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_on_account_positive"),
        )

    def __str__(self) -> str:
        return f"{self.amount} on account {self.account_id}"


def what_fits(shares: Sequence[PaymentShare], received: Money) -> list[tuple[Invoice, Money]]:
    """What of the money each invoice can still take, in the order of the shares."""
    fresh = Invoice.objects.in_bulk([share.invoice_id for share in shares])
    fitting, rest = [], received.minor
    for share in shares:
        invoice = fresh[share.invoice_id]
        part = min(share.amount_minor, invoice.free.minor, rest)
        if part > 0:
            fitting.append((invoice, Money(part, invoice.currency)))
            rest -= part
    return fitting


class PaymentQuerySet(MachineQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The payments that exist for the actor; who is limited to some accounts sees those over no other account."""
        rows = super().visible_to(actor)
        if actor.account_ids is None:
            return rows
        others = PaymentShare.objects.filter(payment=OuterRef("pk")).exclude(invoice__account__in=actor.account_ids)
        elsewhere = PaymentOnAccount.objects.filter(payment=OuterRef("pk")).exclude(account__in=actor.account_ids)
        return rows.filter(~Exists(others), ~Exists(elsewhere))
