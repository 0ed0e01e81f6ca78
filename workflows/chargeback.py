"""Charge-back: the card's owner took the money back by the bank; the supplier answers with evidence in time, or not.

The payment's own move reverses the receipts; here stands what the supplier does about it. While evidence is being
weighed, the payer is not asked to pay a second time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from documents.file import StoredFile, attach
from eipp.accounts.models import CustomerAccount, Organisation
from eipp.gateways import failures
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from workflows.machine import Machine, transition
from workflows.payment import Payment

RIGHT = "dispute.work"
LIVE = ("opened", "sending", "contested")
WEIGHED_FOR = timedelta(days=75)  # as long as card schemes take to decide, where the provider names no day


class Chargeback(Machine):
    """amount: what the bank took; fee: what the provider takes for it; answer_by: until when evidence is heard;
    evidence: the supplier's answer in words, its files attached; failure: the bank's reason, a code of `failures`."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+", null=True)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="chargebacks")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)
    evidence = models.TextField(max_length=20000, blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    fee = MoneyOf("fee_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        verbose_name = "charge-back"
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="chargeback_number"),
            models.UniqueConstraint(fields=["payment"], name="one_live_chargeback", condition=Q(closed_at=None)),
            models.CheckConstraint(condition=Q(amount_minor__gt=0, fee_minor__gte=0), name="chargeback_amounts"),
        )
        indexes = (models.Index(fields=["supplier", "state", "answer_by"], name="chargeback_worklist"),)

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        return [self.payment, *self.payment.concerns()]

    def account_ids(self) -> Iterable[UUID]:
        return self.payment.account_ids()

    @property
    def failure_sentence(self) -> str:
        return failures.in_words(self.failure)

    @transition("opened", "sending", by=RIGHT, event="chargeback.answered", label="Answer with evidence", likely=True)
    def answer(self, actor: Actor, *, now: datetime, text: str, files: Sequence[StoredFile] = ()) -> dict[str, Any]:
        """The supplier says that the payment was right, and with what it bears that out; the provider is told next."""
        if not text.strip():
            raise Refusal("evidence_missing", "Say why the payment was right.", status=422, field="text")
        attach(files, to=self, internal=True, now=now)
        self.evidence, self.answered_by, self.answered_at = text.strip()[:20000], actor.id, now
        posting.expect(
            actor, "announced", reason=("chargeback", self.pk), shares=self._reopened(), now=now,
            expected_on=clock.today(self.supplier.time_zone, at=(self.answer_by or now) + WEIGHED_FOR),
        )  # fmt: skip
        return self.told()

    @transition("sending", "contested", by="system", event="chargeback.contested")
    def contest(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The provider has the evidence; the payer's bank weighs it."""
        return self.told()

    @transition(LIVE, "won", by="system", event="chargeback.won")
    def win(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The money is there again: the payment's own move has posted it."""
        return self._closed(actor, now)

    @transition(("opened", "contested"), "lost", by=RIGHT, event="chargeback.lost", label="Take the loss")
    def lose(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The payer keeps the money, and the invoices are to be paid in another way."""
        return self._closed(actor, now)

    def _closed(self, actor: Actor, now: datetime) -> dict[str, Any]:
        posting.release_expectations(actor, reason=("chargeback", self.pk), now=now)
        self.closed_at = now
        return self.told()

    def _reopened(self) -> list[tuple[Invoice, Money]]:
        """What is open of the payment's invoices because of it, each at most by its share."""
        rest, found = self.amount_minor, []
        for share in self.payment.shares.select_related("invoice").order_by("-invoice__due_date", "-invoice_id"):
            if part := min(share.amount_minor, share.invoice.free.minor, rest):
                found.append((share.invoice, Money(part, self.currency)))
                rest -= part
        return found

    def told(self) -> dict[str, Any]:
        return {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "payment": self.payment.number, "failure": self.failure}  # fmt: skip


def open_for(charged: Sequence[Event]) -> None:
    """For each payment that was charged back, what the supplier can do about it. Event: `chargeback.opened`."""
    rows = Payment.objects.in_bulk([event.subject_id for event in charged])
    for event in charged:
        payment, said = rows[event.subject_id], event.data
        if not said.get("taken") or payment.charged_back is None:
            continue  # nothing had come, or in another currency than was asked for
        (number,) = numbering.take(f"chargeback:{payment.supplier_id}")
        by = said.get("answer_by")
        row = Chargeback.objects.create(
            state="opened", state_since=event.occurred_at, supplier_id=payment.supplier_id, buyer_id=payment.buyer_id,
            account_id=event.account_id, payment=payment, number=f"CB-{number:05d}", currency=payment.currency,
            amount_minor=payment.charged_back.minor, fee_minor=_fee(said, payment.currency), failure=payment.failure,
            opened_at=event.occurred_at, answer_by=datetime.fromisoformat(by) if by else None,
        )  # fmt: skip
        events.record("chargeback.opened", row, Actor.system("consequences"), concerns=row.concerns(), after="opened",
                      data=row.told() | {"fee": row.fee.text, "answer_by": by or ""}, internal=True,
                      occurred_at=event.occurred_at)  # fmt: skip


def close_won(won: Sequence[Event]) -> None:
    """The payments' money is there again, so their charge-backs are won."""
    actor = Actor.system("consequences")
    for row in Chargeback.objects.filter(payment__in=[event.subject_id for event in won], state__in=LIVE):
        row.win(actor, now=won[0].occurred_at)


def _fee(said: dict[str, Any], currency: str) -> int:
    """The provider's fee, where it is in the payment's currency."""
    text = str(said.get("fee") or "0")
    return Money.parse(text, currency).minor
