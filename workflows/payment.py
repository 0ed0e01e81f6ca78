"""Payment: one payment, many invoices of one payee in one currency; it moves money exactly once.

An intent row is committed before the gateway is called; its shares are held in the ledger until the gateway has said
what became of it. Only a look at the gateway moves a payment on; a callback merely causes the look.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import LegalEntity, Organisation
from eipp.gateways import failures
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.models import CashReceipt, Invoice
from eipp.ledger.posting import lock_accounts
from workflows import approval
from workflows.machine import Machine, transition

ON_THE_WAY = ("submitted", "pending", "unknown")
MOST_INVOICES = 500


class Payment(Machine):
    """An intent to pay and what became of it. `attempt` is the client's key: the same attempt is the same payment."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    gateway = models.CharField(max_length=30)
    method = models.CharField(max_length=60, blank=True)
    gateway_reference = models.CharField(max_length=100, blank=True)
    checkout_url = models.URLField(max_length=500, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    attempt = models.UUIDField()
    entered_by = models.UUIDField(null=True)
    submitted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    callback_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_payment_per_attempt"),
            models.UniqueConstraint(fields=["supplier", "number"], name="payment_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
        )
        indexes = (
            models.Index(fields=["buyer", "-submitted_at", "-id"], name="payment_buyer"),
            models.Index(fields=["supplier", "-submitted_at", "-id"], name="payment_supplier"),
            models.Index(fields=["state", "looked_at"], name="payment_janitor"),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, None)

    def concerns(self) -> Sequence[models.Model]:
        return [share.invoice for share in self.shares.select_related("invoice")]

    def account_ids(self) -> Iterable[UUID]:
        return self.shares.values_list("invoice__account_id", flat=True)

    @property
    def failure_sentence(self) -> str:
        return failures.in_words(self.failure)

    @transition(("submitted", "unknown"), "pending", by="system", event="payment.pending")
    def await_money(self, actor: Actor, *, now: datetime, gateway_reference: str = "") -> dict[str, Any]:
        """The gateway has taken it and waits for the bank."""
        self.gateway_reference = gateway_reference or self.gateway_reference
        return self._told()

    @transition(
        ("submitted", "pending", "unknown", "failed", "cancelled"), "settled", by="system", event="payment.settled"
    )
    def settle(
        self, actor: Actor, *, now: datetime, received: Money, gateway_reference: str, means: str
    ) -> dict[str, Any]:
        """The gateway has the money: what it says it received is posted and applied to the invoices it was meant for.

        A payment that had been given up may still arrive, or arrive in another amount: it is money all the same, and
        what does not fit its invoices stays on the account as unapplied cash.
        """
        posting.release_holds(actor, reason=("payment", self.pk), now=now)
        self._receive(actor, received, now)
        self.gateway_reference, self.method, self.failure = gateway_reference, means, ""
        self.settled_at, self.checkout_url = now, ""
        return self._told()

    @transition(ON_THE_WAY, "failed", by="system", event="payment.failed")
    def fail(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """The gateway says no: nothing was charged, and the invoices can be paid again."""
        return self._given_up(actor, now, failure)

    @transition(ON_THE_WAY, "cancelled", by="system", event="payment.cancelled")
    def cancel(self, actor: Actor, *, now: datetime, failure: str = "") -> dict[str, Any]:
        """The gateway has closed it unpaid, because the payer left or the time was up."""
        return self._given_up(actor, now, failure)

    @transition("submitted", "unknown", by="system", event="payment.unknown")
    def lose_sight(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The gateway did not answer: it is asked until it does, and nothing is repeated blindly."""
        return self._told()

    @transition("settled", "returned", by="system", event="payment.returned")
    def come_back(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """The bank took the money back: the receipt is reversed and the invoices are open again."""
        return self._reverse(actor, now, failure)

    @transition("settled", "charged_back", by="system", event="payment.charged_back")
    def charge_back(self, actor: Actor, *, now: datetime, failure: str) -> dict[str, Any]:
        """The card holder took the money back by the bank: as a return, but to be answered with evidence."""
        return self._reverse(actor, now, failure)

    def _given_up(self, actor: Actor, now: datetime, failure: str) -> dict[str, Any]:
        posting.release_holds(actor, reason=("payment", self.pk), now=now)
        self.failure, self.checkout_url = failure, ""
        return self._told() | {"failure": failure}

    def _receive(self, actor: Actor, received: Money, now: datetime) -> None:
        """One receipt for each account; the last one takes what the shares do not explain."""
        shares = list(self.shares.select_related("invoice__account").order_by("invoice__account_id", "invoice_id"))
        accounts = list({share.invoice.account_id: share.invoice.account for share in shares}.values())
        rest = received
        for account in accounts:
            own = [share for share in shares if share.invoice.account_id == account.pk]
            part = rest if account is accounts[-1] else min(rest, total([each.amount for each in own], self.currency))
            rest -= part
            if not part:
                continue
            receipt = posting.post_receipt(
                actor, account=account, amount=part, received_on=clock.today(self.supplier.time_zone, at=now),
                kind="card", reference=self.number, payment_id=self.pk, legal_entity=self.legal_entity, now=now,
            )  # fmt: skip
            posting.apply_receipt(actor, receipt, _what_fits(own, part), now=now)

    def _reverse(self, actor: Actor, now: datetime, failure: str) -> dict[str, Any]:
        for receipt in CashReceipt.objects.filter(payment_id=self.pk).order_by("account_id"):
            posting.reverse_receipt(actor, receipt, reason=failure, now=now)
        self.failure = failure
        return self._told() | {"failure": failure}

    def _told(self) -> dict[str, Any]:
        return {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "invoices": len(self.shares.all())}  # fmt: skip


class PaymentShare(Entity):
    """How much of a payment is meant for one invoice."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="shares")
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


def enter(
    actor: Actor,
    shares: Sequence[tuple[Invoice, Money]],
    *,
    gateway: str,
    attempt: UUID,
    now: datetime | None = None,
) -> Payment:
    """Enter a payment over invoices of one payee in one currency: the intent is committed, the amounts are held.

    The same attempt again returns the same payment. Refusals: `not_your_role`, `second_person_needed` (403/409),
    `approval_missing`, `already_on_the_way`, `more_than_open` (409), `invalid_amount`, `several_payees` (422).
    """
    moment = now or clock.now()
    if not actor.may("payment.make"):
        raise Refusal("not_your_role", "Your role does not let you pay.", status=403)
    with database.atomic():
        shares = _locked(shares)
        if before := Payment.objects.filter(buyer=actor.organisation_id, attempt=attempt).first():
            return _same(before, shares)
        _check(shares)
        if refusal := approval.release_refusal(actor, shares):
            raise refusal
        payment = _create(actor, shares, gateway, attempt, moment)
        posting.place_holds(actor, "pending", reason=("payment", payment.pk), shares=shares, now=moment)
        events.record("payment.submitted", payment, actor, concerns=[invoice for invoice, _ in shares],
                      after="submitted", data=payment._told(), occurred_at=moment)  # fmt: skip
    return payment


def _locked(shares: Sequence[tuple[Invoice, Money]]) -> list[tuple[Invoice, Money]]:
    """The invoices as they are now that their accounts are locked; two queries for any number."""
    if not 0 < len(shares) <= MOST_INVOICES:
        raise Refusal("no_invoices", f"Choose between 1 and {MOST_INVOICES} invoices to pay.", status=422)
    lock_accounts({invoice.account_id for invoice, _ in shares})
    fresh = Invoice.objects.select_related("account").in_bulk([invoice.pk for invoice, _ in shares])
    if len(fresh) != len(shares):
        raise Refusal("chosen_twice", "Each invoice can be chosen once.", status=422, field="invoices")
    return [(fresh[invoice.pk], amount) for invoice, amount in shares]


def _same(payment: Payment, shares: Sequence[tuple[Invoice, Money]]) -> Payment:
    entered = {share.invoice_id: share.amount_minor for share in payment.shares.all()}
    if entered != {invoice.pk: amount.minor for invoice, amount in shares}:
        raise Refusal("other_payment", "This was sent before with other invoices or amounts: begin again.", status=422)
    return payment


def _check(shares: Sequence[tuple[Invoice, Money]]) -> None:
    for invoice, amount in shares:
        if amount.currency != invoice.currency or amount.minor <= 0:
            raise Refusal(
                "invalid_amount", f"Pay more than zero {invoice.currency} on invoice {invoice.number}.", status=422,
                field=f"invoices.{invoice.number}.amount",
            )  # fmt: skip
        _check_free(invoice, amount)
    if len({(invoice.legal_entity_id, invoice.currency) for invoice, _ in shares}) > 1:
        raise Refusal("several_payees", "One payment goes to one payee in one currency: pay these separately.",
                      status=422, field="invoices")  # fmt: skip
    if len({invoice.buyer_id for invoice, _ in shares}) > 1:
        raise Refusal("several_payers", "One payment comes from one buyer.", status=422, field="invoices")


def _check_free(invoice: Invoice, amount: Money) -> None:
    free = Money(invoice.open_minor - invoice.held_minor, invoice.currency)
    if amount <= free:
        return
    if invoice.pending_minor:
        way = Money(invoice.pending_minor, invoice.currency)
        sentence = f"Of invoice {invoice.number}, {way} is on the way already and {free} is left to pay."
        raise Refusal("already_on_the_way", sentence)
    raise Refusal("more_than_open", f"Of invoice {invoice.number}, {free} is left to pay: {amount} is too much.")


def _create(
    actor: Actor, shares: Sequence[tuple[Invoice, Money]], gateway: str, attempt: UUID, now: datetime
) -> Payment:
    first = shares[0][0]
    payment = Payment.objects.create(
        state="submitted", state_since=now, supplier_id=first.supplier_id, buyer_id=first.buyer_id,
        legal_entity_id=first.legal_entity_id, number=_number(first.supplier_id), currency=first.currency,
        amount_minor=sum(amount.minor for _, amount in shares), gateway=gateway, attempt=attempt,
        entered_by=actor.id, submitted_at=now,
    )  # fmt: skip
    PaymentShare.objects.bulk_create(
        [PaymentShare(payment=payment, invoice=invoice, currency=invoice.currency, amount_minor=amount.minor)
         for invoice, amount in shares]
    )  # fmt: skip
    return payment


def _what_fits(shares: Sequence[PaymentShare], received: Money) -> list[tuple[Invoice, Money]]:
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


def _number(supplier_id: UUID) -> str:
    return f"P-{numbering.take(f'payment:{supplier_id}')[0]:06d}"
