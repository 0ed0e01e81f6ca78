"""Announced payment: which invoices go in the buyer's own bank run, and on which day; no money moves here.

Shown to both sides, not chased meanwhile. The bank's money is known by its reference; without money it expires.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db import transaction as database
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.models import LegalEntity, Organisation
from eipp.gateways.creditor_reference import creditor_reference, printed
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from workflows.expected import (
    ExpectedShare,
    Outcome,
    Shares,
    banking_days_after,
    check_day,
    locked_shares,
    moved,
    outcome_of,
)
from workflows.machine import Machine, MachineQuerySet, transition
from workflows.payee import accounts_for
from workflows.release import release_refusal

PLATFORM = Actor.system("announced payments")


class AnnouncedPaymentQuerySet(MachineQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those that exist for the actor; who is limited to some accounts sees those over no other account."""
        rows = super().visible_to(actor)
        if actor.account_ids is None:
            return rows
        shares = AnnouncedShare.objects.filter(announced=OuterRef("pk"))
        return rows.filter(~Exists(shares.exclude(invoice__account__in=actor.account_ids)))


class AnnouncedPayment(Machine):
    """So much to one payee in one currency on `pays_on`. reference: what its transfer is to carry (ISO 11649).

    bank_run: those that were announced together, which one payment file can hold; expires_on: the last day on which
    its money is waited for; came: what the ledger had of it when it ended.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    reference = models.CharField(max_length=35)
    bank_run = models.UUIDField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    came_minor = models.BigIntegerField(default=0)
    pays_on = models.DateField()
    expires_on = models.DateField()
    comment = models.CharField(max_length=500, blank=True)
    attempt = models.UUIDField(null=True)
    announced_by = models.UUIDField(null=True)
    announced_at = models.DateTimeField()
    amount = MoneyOf("amount_minor")
    came = MoneyOf("came_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(AnnouncedPaymentQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="announced_payment_number"),
            models.UniqueConstraint(fields=["supplier", "reference"], name="announced_payment_reference"),
            models.UniqueConstraint(
                fields=["buyer", "attempt", "legal_entity", "currency"], name="one_announced_payment_per_attempt"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="announced_payment_positive"),
        )
        indexes = (
            models.Index(fields=["buyer", "-announced_at", "-id"], name="announced_buyer"),
            models.Index(fields=["supplier", "-announced_at", "-id"], name="announced_supplier"),
            models.Index(fields=["bank_run"], name="announced_bank_run"),
            models.Index(fields=["expires_on"], name="announced_live", condition=Q(state="announced")),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        accounts = set(self.account_ids())
        return EventScope(self.supplier_id, self.buyer_id, accounts.pop() if len(accounts) == 1 else None)

    def concerns(self) -> Sequence[models.Model]:
        return [share.invoice for share in self.shares.select_related("invoice")]

    def account_ids(self) -> Iterable[UUID]:
        return self.shares.values_list("invoice__account_id", flat=True)

    @property
    def printed_reference(self) -> str:
        return printed(self.reference)

    @property
    def day(self) -> date:
        return self.pays_on

    def outcome(self) -> Outcome:
        """What has become of it by now."""
        return outcome_of(list(self.shares.select_related("invoice")), self.currency)

    @transition("announced", "paid", by="system", event="announced_payment.paid")
    def arrive(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """All of it came, or is owed no more."""
        return self._ended(actor, now)

    @transition("announced", "expired", by="system", event="announced_payment.expired")
    def expire(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The money did not come in time, or not all of it: the invoices are chased again."""
        return self._ended(actor, now)

    @transition(
        "announced", "withdrawn", by="payment.make", event="announced_payment.withdrawn", label="Withdraw it"
    )  # fmt: skip
    def withdraw(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """It does not go in the bank run after all."""
        posting.release_expectations(actor, ("announced_payment", self.pk), now=now)
        return self.told()

    def _ended(self, actor: Actor, now: datetime) -> dict[str, Any]:
        self.came = self.outcome().came
        posting.release_expectations(actor, ("announced_payment", self.pk), now=now)
        return self.told() | {"came": self.came.text}

    def told(self) -> dict[str, Any]:
        return {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "day": self.pays_on.isoformat(), "invoices": len(self.shares.all())}  # fmt: skip


class AnnouncedShare(ExpectedShare):
    """How much of it is for one invoice."""

    announced = models.ForeignKey(AnnouncedPayment, models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="announced_shares")
    scope = Scope(buyer="announced__buyer_id", supplier="announced__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["announced", "invoice"], name="one_announced_share_per_invoice"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="announced_share_positive"),
        )


def announce(
    actor: Actor,
    shares: Shares,
    *,
    pays_on: date,
    bank_run: UUID,
    comment: str = "",
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> AnnouncedPayment:
    """Announce a transfer of the buyer's own to one payee in one currency. Event: `announced_payment.made`.

    bank_run: the same for all that go in one run. The same attempt again is the same announcement. Refusals:
    `not_your_role` (403), `wrong_day` (422), `no_bank_account` (409: nothing is sent to an account that is not
    verified), those of `release.release_refusal` and of `expected.locked_shares`.
    """
    if not actor.may("payment.make"):
        raise Refusal("not_your_role", "Your role does not let you announce a payment.", status=403)
    moment = now or clock.now()
    with database.atomic():
        if attempt and (before := _before(shares, attempt)):
            return before
        live = AnnouncedShare.objects.filter(announced__state="announced")
        found = locked_shares(shares, taken=live, word="announced")
        if refusal := release_refusal(actor, found):
            raise refusal
        first = found[0][0]
        if not accounts_for(first.legal_entity, first.currency):
            sentence = f"{first.legal_entity} has no verified bank account for {first.currency}: pay in another way."
            raise Refusal("no_bank_account", sentence)
        assert first.buyer and first.buyer_id
        check_day(pays_on, clock.today(first.buyer.time_zone, at=moment), field="pays_on")
        number = _number(first.supplier_id)
        announced = AnnouncedPayment.objects.create(
            state="announced", state_since=moment, supplier_id=first.supplier_id, buyer_id=first.buyer_id,
            legal_entity_id=first.legal_entity_id, number=number, reference=creditor_reference(number),
            bank_run=bank_run, currency=first.currency, pays_on=pays_on,
            amount_minor=total((amount for _, amount in found), first.currency).minor,
            expires_on=banking_days_after(pays_on, settings.ANNOUNCED_PAYMENT_DAYS), comment=comment.strip()[:500],
            attempt=attempt, announced_by=actor.id, announced_at=moment,
        )  # fmt: skip
        AnnouncedShare.objects.bulk_create(_shares(announced, found))
        posting.expect(actor, "announced", reason=("announced_payment", announced.pk), shares=found,
                       expected_on=pays_on, now=moment)  # fmt: skip
        events.record("announced_payment.made", announced, actor, concerns=[invoice for invoice, _ in found],
                      after="announced", data=announced.told(), occurred_at=moment)  # fmt: skip
    return announced


def follow_money(*, now: datetime | None = None) -> None:
    """Those that were paid have arrived; those without money expire when their time is over.

    What is on the way when the time is over is waited for.
    """
    moment = now or clock.now()
    live = AnnouncedShare.objects.filter(announced__state="announced")
    over = AnnouncedPayment.objects.filter(state="announced", expires_on__lt=clock.today("Etc/GMT-14", at=moment))
    for announced_id in dict.fromkeys([*moved(live, "announced"), *over.order_by("pk").values_list("pk", flat=True)]):
        _follow(announced_id, moment)


@database.atomic
def _follow(announced_id: UUID, now: datetime) -> None:
    announced = AnnouncedPayment.objects.get(pk=announced_id)
    posting.lock_accounts(announced.account_ids())
    announced.refresh_from_db(from_queryset=AnnouncedPayment.objects.select_for_update())
    found = announced.outcome()
    if announced.state != "announced" or found.on_the_way:
        return
    if found.is_whole:
        announced.arrive(PLATFORM, now=now)
    elif announced.expires_on < clock.today(announced.supplier.time_zone, at=now):
        announced.expire(PLATFORM, now=now)


def _before(shares: Shares, attempt: UUID) -> AnnouncedPayment | None:
    if not shares:
        return None
    first = shares[0][0]
    rows = AnnouncedPayment.objects.filter(buyer=first.buyer_id, attempt=attempt, legal_entity=first.legal_entity_id)
    found: AnnouncedPayment | None = rows.filter(currency=first.currency).first()
    return found


def _shares(announced: AnnouncedPayment, found: Sequence[tuple[Invoice, Money]]) -> list[AnnouncedShare]:
    return [
        AnnouncedShare(announced=announced, invoice=invoice, currency=invoice.currency, amount_minor=amount.minor,
                       paid_before_minor=invoice.paid_minor)
        for invoice, amount in found
    ]  # fmt: skip


def _number(supplier_id: UUID) -> str:
    return f"AP-{numbering.take(f'announced_payment:{supplier_id}')[0]:05d}"
