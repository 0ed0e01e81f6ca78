"""Payment: one payment, many invoices of one payee in one currency; it moves money exactly once.

An intent row is committed before the gateway is called; its shares are held in the ledger until the gateway has said
what became of it. Only a look at the gateway moves a payment on; a callback merely causes the look.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.gateways import failures
from eipp.gateways.creditor_reference import printed
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.record import MoneyOf
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.models import CashReceipt
from workflows.machine import Machine, transition
from workflows.payment_back import bring_again, take_back
from workflows.payment_share import PaymentOnAccount, PaymentQuerySet, PaymentShare, what_fits
from workflows.saved_method import SavedMethod

__all__ = ["METHODS", "ON_THE_WAY", "RECEIPT_KINDS", "Payment", "PaymentOnAccount", "PaymentQuerySet", "PaymentShare"]

ON_THE_WAY = ("submitted", "pending", "unknown")
METHODS = {"card": "Card", "bank_debit": "Bank debit", "bank_transfer": "Bank transfer"}
RECEIPT_KINDS = {"card": "card", "bank_debit": "direct_debit", "bank_transfer": "transfer"}


class Payment(Machine):
    """An intent to pay and what became of it. `attempt` is the client's key: the same attempt is the same payment.

    method: one of METHODS; means: what it was paid with ("card ending 4242"); reference: by what its money is known
    again, in capitals without spaces: a creditor reference (ISO 11649) for a transfer, else the number. amount: all
    that is paid; surcharge: what of it is the price of paying this way. received: what came, where that was in the
    payment's currency; expires_at: when a transfer is no longer waited for; saved_method: what is charged, where the
    payer is not asked for card or account anew.
    planned_for: on which day of the buyer's it is to be submitted, or was; before, submitted_at is when it
    was entered.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    surcharge_minor = models.BigIntegerField(default=0)
    received_minor = models.BigIntegerField(null=True)
    charged_back_minor = models.BigIntegerField(null=True)
    saved_method = models.ForeignKey(SavedMethod, models.PROTECT, related_name="payments", null=True)
    gateway = models.CharField(max_length=30)
    method = models.CharField(max_length=20, default="card")
    means = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=35, blank=True)
    gateway_reference = models.CharField(max_length=100, blank=True)
    checkout_url = models.URLField(max_length=2000, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    attempt = models.UUIDField()
    entered_by = models.UUIDField(null=True)
    planned_for = models.DateField(null=True)
    autopay = models.ForeignKey("workflows.Autopay", models.PROTECT, related_name="payments", null=True)
    submitted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    callback_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    surcharge = MoneyOf("surcharge_minor")
    received = MoneyOf("received_minor")
    charged_back = MoneyOf("charged_back_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(PaymentQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_payment_per_attempt"),
            models.UniqueConstraint(fields=["supplier", "number"], name="payment_number"),
            models.UniqueConstraint(
                fields=["supplier", "reference"], name="payment_reference", condition=~Q(reference="")
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(surcharge_minor__gte=0, surcharge_minor__lt=models.F("amount_minor")),
                name="payment_surcharge_within",
            ),
        )
        indexes = (
            models.Index(fields=["buyer", "-submitted_at", "-id"], name="payment_buyer"),
            models.Index(fields=["supplier", "-submitted_at", "-id"], name="payment_supplier"),
            models.Index(fields=["state", "looked_at"], name="payment_janitor"),
            models.Index(fields=["planned_for", "id"], name="payment_planned", condition=Q(state="planned")),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        """The account, where there is but one: who is limited to it hears of it."""
        accounts = set(self.account_ids())
        return EventScope(self.supplier_id, self.buyer_id, accounts.pop() if len(accounts) == 1 else None)

    def concerns(self) -> Sequence[models.Model]:
        return [share.invoice for share in self.shares.select_related("invoice")]

    def account_ids(self) -> Iterable[UUID]:
        on_account = self.on_account.order_by().values_list("account_id")
        return [pk for (pk,) in self.shares.order_by().values_list("invoice__account_id").union(on_account)]

    @property
    def failure_sentence(self) -> str:
        return failures.in_words(self.failure)

    @property
    def method_name(self) -> str:
        return METHODS.get(self.method, self.method)

    @property
    def printed_reference(self) -> str:
        return printed(self.reference)

    @transition("planned", "planned", by="payment.make", event="payment.replanned", label="Change the day")
    def replan(self, actor: Actor, *, now: datetime, planned_for: date) -> dict[str, Any]:
        """The payer chooses another day."""
        before, self.planned_for = self.planned_for, planned_for
        return self.told() | {"before": before.isoformat() if before else ""}

    @transition("planned", "planned", by="system", event="payment.lowered")
    def lower(self, actor: Actor, *, now: datetime, shares: Mapping[UUID, Money], because: str) -> dict[str, Any]:
        """Less than was planned can be paid: these shares (invoice id, amount) are left, because of something since."""
        before = self.amount
        PaymentShare.objects.filter(payment=self).exclude(invoice__in=shares).delete()
        for share in PaymentShare.objects.filter(payment=self):
            share.amount = shares[share.invoice_id]
            share.save(update_fields=["amount_minor"])
        left, meant = total(shares.values(), self.currency), before - self.surcharge
        self.surcharge_minor = (2 * self.surcharge_minor * left.minor + meant.minor) // (2 * meant.minor)
        self.amount = left + self.surcharge
        return self.told() | {"before": before.text, "because": because}

    @transition("planned", "cancelled", by="payment.make", event="payment.unplanned", label="Cancel the plan")
    def drop_plan(self, actor: Actor, *, now: datetime, because: str = "") -> dict[str, Any]:
        """It is not to be paid after all, or cannot be any more: what was held for it is free again."""
        because = because or ("plan_skipped" if self.autopay_id else "plan_dropped")
        return self._given_up(actor, now, because) | {"because": because}

    @transition("planned", "submitted", by="system", event="payment.submitted")
    def submit(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The day has come, and nothing stands against it (`planned.py` has judged it and holds it as pending)."""
        self.submitted_at = now
        return self.told()

    @transition(("submitted", "unknown"), "pending", by="system", event="payment.pending")
    def await_money(
        self, actor: Actor, *, now: datetime, gateway_reference: str = "", means: str = ""
    ) -> dict[str, Any]:
        """The gateway has taken it and waits for the bank; there is nothing left to do on its page."""
        self.gateway_reference, self.means = gateway_reference or self.gateway_reference, means
        self.checkout_url = ""
        return self.told()

    @transition(
        ("submitted", "pending", "unknown", "failed", "cancelled"), "settled", by="system", event="payment.settled"
    )
    def settle(
        self, actor: Actor, *, now: datetime, received: Money, gateway_reference: str, means: str,
        received_on: date | None = None, external_id: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """The money is there: what was received is posted and applied to the invoices it was meant for.

        A payment that had been given up may still arrive, or arrive in another amount or currency: it is money all the
        same. Less than was meant goes to what is due first; what does not fit the invoices stays unapplied.
        """
        posting.release_holds(actor, reason=("payment", self.pk), now=now)
        receipt = {"received_on": received_on or clock.today(self.supplier.time_zone, at=now),
                   "external_id": external_id}  # fmt: skip
        self._receive(actor, received, receipt, now)
        self.gateway_reference, self.means = gateway_reference, means
        self.failure = "" if received.currency == self.currency else "wrong_currency"
        self.received_minor = received.minor if received.currency == self.currency else None
        self.settled_at, self.checkout_url = now, ""
        return self.told()

    @transition(ON_THE_WAY, "failed", by="system", event="payment.failed")
    def fail(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """The gateway says no: nothing was charged, and the invoices can be paid again."""
        return self._given_up(actor, now, failure)

    @transition(ON_THE_WAY, "cancelled", by="system", event="payment.cancelled")
    def cancel(self, actor: Actor, *, now: datetime, failure: str = "") -> dict[str, Any]:
        """The gateway has closed it unpaid, because the payer left or the time was up."""
        return self._given_up(actor, now, failure)

    @transition(ON_THE_WAY, "cancelled", by="system", event="payment.expired")
    def expire(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """No transfer came in time: the invoices can be paid in another way."""
        return self._given_up(actor, now, "transfer_expired")

    @transition("submitted", "unknown", by="system", event="payment.unknown")
    def lose_sight(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The gateway did not answer: it is asked until it does, and nothing is repeated blindly."""
        return self.told()

    @transition(
        ("submitted", "pending", "unknown", "failed", "cancelled", "settled"), "returned", by="system",
        event="payment.returned",
    )  # fmt: skip
    def come_back(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """The bank took the money back, or never let it go: a receipt is reversed, and the invoices are open again."""
        return self._reverse(actor, now, failure)

    @transition("settled", "charged_back", by="system", event="payment.charged_back")
    def charge_back(
        self, actor: Actor, *, now: datetime, failure: str, amount: Money | None = None, fee: Money | None = None,
        answer_by: datetime | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """The card holder took the money back by the bank, or a part: as a return, but to be answered with evidence.

        fee: what the provider takes for it, answer_by: until when it listens; both stand in the event alone.
        """
        taken = take_back(actor, self.pk, amount=amount, failure=failure, now=now)
        self.charged_back_minor = taken.minor if taken and taken.currency == self.currency else None
        self.failure = failure
        told = {"failure": failure, "taken": taken.text if taken else "", "fee": fee.text if fee else ""}
        return self.told() | told | {"answer_by": answer_by.isoformat() if answer_by else ""}

    @transition("charged_back", "settled", by="system", event="payment.won_back")
    def win_back(self, actor: Actor, *, now: datetime, received: Money | None = None) -> dict[str, Any]:
        """The supplier's evidence has won: the money is there again, on the invoices as far as they are still open. It
        is what was charged back, in the currency in which it had come (received)."""
        back = self.charged_back or self.received or received or self.amount
        if rest := back - bring_again(actor, self.pk, back, now=now):
            self._receive(actor, rest, {"received_on": clock.today(self.supplier.time_zone, at=now),
                                        "external_id": ""}, now)  # fmt: skip
        else:
            self._apply_again(actor, now)
        self.charged_back_minor, self.failure = None, ""
        return self.told() | {"taken": back.text}

    def _given_up(self, actor: Actor, now: datetime, failure: str) -> dict[str, Any]:
        posting.release_holds(actor, reason=("payment", self.pk), now=now)
        self.failure, self.checkout_url = failure, ""
        return self.told() | {"failure": failure}

    def _receive(self, actor: Actor, received: Money, facts: dict[str, Any], now: datetime) -> None:
        """One receipt for each account, the invoices first; that of what is due first takes what nothing explains."""
        shares = list(self.shares.select_related("invoice__account").order_by("invoice__due_date", "invoice_id"))
        meant = [(share.invoice.account, share.amount) for share in shares]
        meant += [(row.account, row.amount) for row in self.on_account.select_related("account").order_by("account_id")]
        parts: dict[CustomerAccount, Money] = {}
        rest = received
        for account, wanted in meant if received.currency == self.currency else ():
            part = min(rest, wanted)
            parts[account] = parts.get(account, Money.zero(self.currency)) + part
            rest -= part
        surcharge = min(rest, self.surcharge) if received.currency == self.currency else Money.zero(received.currency)
        rest -= surcharge
        first = meant[0][0]
        parts[first] = parts.get(first, Money.zero(received.currency)) + rest
        for position, (account, amount) in enumerate((each for each in parts.items() if each[1]), 1):
            own = [share for share in shares if share.invoice.account == account]
            number = f"{facts['external_id']}#{position}" if facts["external_id"] and position > 1 else ""
            more = ({"external_id": number} if number else {}) | ({"surcharge": surcharge} if position == 1 else {})
            self._post(actor, account, amount, own, facts | more, now)

    def _post(self, actor: Actor, account: CustomerAccount, amount: Money, shares: Sequence[PaymentShare],
              facts: dict[str, Any], now: datetime) -> None:  # fmt: skip
        receipt = posting.post_receipt(
            actor, account=account, amount=amount, kind=RECEIPT_KINDS[self.method], reference=self.number,
            payment_id=self.pk, legal_entity=self.legal_entity, now=now, **facts,
            sent_at=None if self.method == "bank_transfer" else self.submitted_at,
        )  # fmt: skip
        if amount.currency == self.currency:
            posting.apply_receipt(actor, receipt, what_fits(shares, amount), now=now)

    def _apply_again(self, actor: Actor, now: datetime) -> None:
        """Onto the invoices that the money was meant for, what of it is unapplied."""
        for receipt in CashReceipt.objects.filter(payment_id=self.pk, reversed_at=None).order_by("account_id"):
            own = self.shares.filter(invoice__account=receipt.account_id).order_by("invoice__due_date", "invoice_id")
            posting.apply_receipt(actor, receipt, what_fits(list(own), receipt.unapplied), now=now)

    def _reverse(self, actor: Actor, now: datetime, failure: str) -> dict[str, Any]:
        posting.release_holds(actor, reason=("payment", self.pk), now=now)
        for receipt in CashReceipt.objects.filter(payment_id=self.pk, reversed_at=None).order_by("account_id"):
            posting.reverse_receipt(actor, receipt, reason=failure, now=now)
        self.failure, self.checkout_url = failure, ""
        return self.told() | {"failure": failure}

    def told(self) -> dict[str, Any]:
        told = {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "invoices": len(self.shares.all())}  # fmt: skip
        return told | ({"planned_for": self.planned_for.isoformat()} if self.planned_for else {})
