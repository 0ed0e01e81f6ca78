"""Refund: money of a payment or cash receipt that goes back to the payer, in whole or part; several parts are possible.

The row is committed before the gateway is asked, and its amount is set aside in the ledger until the gateway has said
what became of it. Where no provider can send it back, AR does: such a refund is a payout that the bank line settles.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.gateways import failures
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from workflows.authority import AuthorityRequest, refuse_above, waiting_for
from workflows.bank_details import BankDetails
from workflows.machine import Machine, transition
from workflows.refund_payee import account_for

if TYPE_CHECKING:
    from workflows.payment import Payment

RIGHT = "refund.make"
LIVE = ("requested", "submitted", "pending", "unknown")
ON_THE_WAY = ("submitted", "pending", "unknown")


def by_hand(refund: "Refund", actor: Actor) -> Refusal | None:
    if refund.gateway:
        return Refusal("not_a_payout", "The payment provider sends this refund; nobody has to.")
    return None


def not_under_way(refund: "Refund", actor: Actor) -> Refusal | None:
    if refund.state == "submitted" and refund.gateway:
        return Refusal("not_now", "The payment provider has this refund already; it says what becomes of it.")
    return None


class Refund(Machine):
    """gateway: the provider that sends it back; empty for a payout of AR's own. account: empty where several are
    concerned. reason: for the payer to read; failure: a code of `failures.py`. paid_to: the payer's account that a
    payout goes to; bank_run: the payment file it stands in."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+", null=True)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    payment: "models.ForeignKey[Payment | None]" = models.ForeignKey(
        "workflows.Payment", models.PROTECT, related_name="refunds", null=True
    )
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    gateway = models.CharField(max_length=30, blank=True)
    paid_to = models.ForeignKey(BankDetails, models.PROTECT, related_name="+", null=True)
    bank_run = models.UUIDField(null=True)
    reason = models.CharField(max_length=1000)
    failure = models.CharField(max_length=40, blank=True)
    attempt = models.UUIDField(null=True)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    callback_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="refund_number"),
            models.UniqueConstraint(fields=["supplier", "attempt"], name="one_refund_per_attempt"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
        )
        indexes = (
            models.Index(fields=["supplier", "-asked_at", "-id"], name="refund_supplier"),
            models.Index(fields=["buyer", "-asked_at", "-id"], name="refund_buyer"),
            models.Index(fields=["state", "looked_at"], name="refund_janitor"),
            models.Index(fields=["bank_run"], name="refund_bank_run", condition=Q(bank_run__isnull=False)),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        """The payment, and the invoices that are open again by it."""
        found: dict[UUID, models.Model] = {}
        for part in self.parts.select_related("invoice", "receipt"):
            row = part.invoice or part.receipt
            found[row.pk] = row
        return [*([self.payment] if self.payment else []), *found.values()]

    def account_ids(self) -> Iterable[UUID]:
        rows = self.parts.values_list("receipt__account_id", "invoice__account_id", "credit_note__account_id")
        return {account for row in rows for account in row if account}

    @property
    def is_payout(self) -> bool:
        return not self.gateway

    @property
    def failure_sentence(self) -> str:
        return failures.in_words(self.failure)

    @transition("requested", "submitted", by=RIGHT, event="refund.submitted")
    def submit(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """It is to go: what it is taken from is freed, and all of it is set aside."""
        refuse_above(actor, "refund", self.amount, about=self, granted=granted)
        self._address()
        parts = list(self.parts.select_related("receipt__account", "invoice", "credit_note"))
        for part in parts:
            if part.invoice:
                posting.free_receipt(actor, part.receipt, [(part.invoice, part.amount)], now=now)
            if part.invoice and part.credit_note:
                posting.apply_credit(actor, part.credit_note, [(part.invoice, part.amount)], now=now)
        posting.set_aside(actor, _by_receipt(parts), now=now)
        self.submitted_at = now
        return self.told()

    @transition(
        ("requested", "submitted"), "cancelled", by=RIGHT, event="refund.cancelled", label="Do not refund after all",
        when=[not_under_way],
    )  # fmt: skip
    def cancel(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Before anything went: what was set aside stays with the payer's account as it was before."""
        if self.state == "submitted":
            self._keep(actor, now)
        if request := waiting_for(self):
            request.withdraw(Actor.system("refund"), now=now)
        return self.told()

    @transition(
        "submitted", "pending", by=RIGHT, event="refund.sent", label="Mark as sent", likely=True, when=[by_hand]
    )
    def mark_sent(self, actor: Actor, *, now: datetime, bank_run: UUID | None = None) -> dict[str, Any]:
        """AR has sent the payout by its bank, or takes it there in a payment file (bank_run); the line of its statement
        settles it. It goes to the account that is in force by now."""
        self._address()
        self.bank_run, self.sent_at = bank_run, now
        return self.told()

    @transition("pending", "submitted", by=RIGHT, event="refund.not_sent", label="It was not sent", when=[by_hand])
    def mark_not_sent(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The payment file never went to the bank, or the bank did not take it: it is to be sent as before."""
        self.bank_run = self.sent_at = None
        return self.told()

    @transition(("submitted", "unknown"), "pending", by="system", event="refund.pending")
    def await_money(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The provider has taken it and waits for the bank."""
        return self.told()

    @transition("submitted", "unknown", by="system", event="refund.unknown")
    def lose_sight(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The provider did not answer: it is asked until it does, and nothing is repeated blindly."""
        return self.told()

    @transition(ON_THE_WAY, "succeeded", by="system", event="refund.succeeded")
    def succeed(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The money is with the payer: the reversing posting."""
        posting.give_back(actor, _by_receipt(self.parts.select_related("receipt__account")), now=now)
        self.succeeded_at, self.failure = now, ""
        return self.told()

    @transition(ON_THE_WAY, "failed", by="system", event="refund.failed")
    def fail(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """It did not go: the money is where it was before, as far as that still takes it."""
        self._keep(actor, now)
        self.failure = failure[:40]
        return self.told() | {"failure": failure}

    @transition("succeeded", "failed", by="system", event="refund.came_back")
    def come_back(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """The payer's bank sent it back: it is money received again."""
        parts = list(self.parts.select_related("receipt__account", "invoice"))
        posting.bring_back(actor, _by_receipt(parts), now=now)
        self._apply_again(actor, parts, now)
        self.failure = failure[:40]
        return self.told() | {"failure": failure}

    def _address(self) -> None:
        if self.is_payout:
            self.paid_to = account_for(self.buyer, self.currency)

    def _keep(self, actor: Actor, now: datetime) -> None:
        parts = list(self.parts.select_related("receipt__account", "invoice"))
        posting.keep_after_all(actor, _by_receipt(parts), now=now)
        self._apply_again(actor, parts, now)

    def _apply_again(self, actor: Actor, parts: Sequence["RefundPart"], now: datetime) -> None:
        """What was taken off an invoice goes onto it again, as far as it is open and free."""
        for part in parts:
            if part.invoice is None or part.credit_note_id:
                continue
            receipt = CashReceipt.objects.get(pk=part.receipt_id)
            invoice = Invoice.objects.get(pk=part.invoice.pk)
            amount = min(part.amount, invoice.free, receipt.unapplied)
            if amount and not receipt.reversed_at:
                posting.apply_receipt(actor, receipt, [(invoice, amount)], now=now)

    def told(self) -> dict[str, Any]:
        return {
            "number": self.number, "amount": self.amount.text, "currency": self.currency, "reason": self.reason,
            "payment": self.payment.number if self.payment else "",
        } | ({"means": str(self.paid_to)} if self.paid_to else {})  # fmt: skip


class RefundPart(Entity):
    """What a refund is taken from: unapplied money of a receipt; or, with an invoice, what it had paid there, which is
    open again, or with a credit note is paid by that instead."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="parts")
    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="refund_parts")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="refund_parts", null=True)
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="refund_parts", null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="refund__buyer_id", supplier="refund__supplier_id", account="receipt__account_id")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_part_positive"),)

    def __str__(self) -> str:
        return f"{self.amount} of {self.receipt_id}"


def _by_receipt(parts: Iterable[RefundPart]) -> list[tuple[CashReceipt, Money]]:
    sums: dict[CashReceipt, int] = defaultdict(int)
    for part in parts:
        sums[part.receipt] += part.amount_minor
    return [(receipt, Money(minor, receipt.currency)) for receipt, minor in sums.items()]
