"""Early-payment offer: chosen open invoices of one account are paid before they are due, for a discount by the day.

Either side proposes, the other accepts, declines or proposes other terms. The supplier's people stay within their
authority, the buyer's acceptance goes through its approval rules. What is agreed becomes terms of the invoices
(`eipp.ledger.agreed_discount`); whether it was earned, the ledger says.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.agreed_discount import Scale
from workflows.authority import AuthorityRequest, refuse_above, waiting_for
from workflows.machine import Machine, MachineQuerySet, transition
from workflows.offer_answer import agree, missing, of_the_buyers, ones_own, their_turn
from workflows.offer_terms import OfferShare, OfferTerms, PayingDay, can_be_offered, paying_day, told_scale

RIGHT = "offer.make"
ANSWERABLE = ("proposed", "countered")
WAITING = ("drafted", *ANSWERABLE, "approving")


class OfferQuerySet(MachineQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those that exist for the actor: for the buyer none that the supplier has not put forward."""
        rows = super().visible_to(actor)
        return rows.exclude(proposed_at=None) if actor.side == "buyer" else rows


class Offer(Machine):
    """turn: whose terms the latest are, so that the other side answers; version: of these; until: the last day that
    earns anything; least: what that day gives; weight: amount x days gained on it, for the average of yearly rates;
    by_itself: the supplier's standing terms (`offer_setting.py`) accepted it."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    least_minor = models.BigIntegerField(default=0)
    weight = models.DecimalField(max_digits=30, decimal_places=0, default=0)
    won_minor = models.BigIntegerField(default=0)
    turn = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    until = models.DateField()
    expires_on = models.DateField()
    proposed_side = models.CharField(max_length=10)
    proposed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.UUIDField(null=True)
    by_itself = models.BooleanField(default=False)
    attempt = models.UUIDField(null=True)
    amount = MoneyOf("amount_minor")
    least = MoneyOf("least_minor")
    won = MoneyOf("won_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(OfferQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="offer_number"),
            models.UniqueConstraint(fields=["supplier", "buyer", "attempt"], name="one_offer_per_attempt"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="offer_amount_positive"),
        )
        indexes = (
            models.Index(fields=["buyer", "-made_at", "-id"], name="offer_buyer"),
            models.Index(fields=["supplier", "-made_at", "-id"], name="offer_supplier"),
            models.Index(fields=["expires_on"], name="offer_waiting", condition=Q(state__in=WAITING)),
            models.Index(fields=["until"], name="offer_accepted", condition=Q(state="accepted")),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        return [share.invoice for share in self.shares.select_related("invoice")]

    def account_ids(self) -> Iterable[UUID]:
        return (self.account_id,)

    @property
    def latest(self) -> OfferTerms:
        """The terms that count."""
        found: OfferTerms = self.terms.get(version=self.version)
        return found

    @property
    def scale(self) -> Scale:
        return self.latest.scale

    def kept(self) -> list[OfferShare]:
        """The invoices it is still for, those due first."""
        rows = self.shares.filter(left_out=False).select_related("invoice__account")
        return list(rows.order_by("due_on", "invoice__number"))

    def on(self, day: date) -> PayingDay:
        """What paying all of it on a day comes to."""
        return paying_day(self.kept(), self.scale, day)

    def today(self, now: datetime) -> date:
        return clock.today(self.supplier.time_zone, at=now)

    @transition("drafted", "proposed", by=RIGHT, event="offer.proposed")
    def put_forward(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """The other side reads it. What the supplier offers is within its person's authority."""
        if self.turn == "supplier":
            self._within(actor, self.on(self.today(now)).discount, "offer.propose", granted)
        self.proposed_at = now
        return self.told()

    @transition(ANSWERABLE, "countered", by=RIGHT, event="offer.countered", when=[their_turn])
    def counter(
        self, actor: Actor, *, now: datetime, scale: Scale, expires_on: date, comment: str = "",
        granted: AuthorityRequest | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Other terms for the same invoices; from here on the one who proposed first answers."""
        self._in_time(now)
        terms = OfferTerms(offer=self, version=self.version + 1, side=actor.side, scale_fact=scale.as_fact(),
                           expires_on=expires_on, comment=comment, put_by=actor.id, put_at=now)  # fmt: skip
        self.take_terms(terms)
        if actor.side == "supplier":
            self._within(actor, self.on(self.today(now)).discount, "offer.counter", granted)
        return self.told()

    @transition(ANSWERABLE, "accepted", by=RIGHT, event="offer.accepted", label="Accept", likely=True,
                when=[their_turn])  # fmt: skip
    def accept(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """It holds from now on, where the buyer's rules ask for nobody else."""
        self._checked(actor, now, granted)
        if missing(self):
            raise Refusal("approval_missing", "The buyer's rules ask for more people to agree first.")
        if granted is None:
            self._drop_request(now)
        return self._bind(actor, now)

    @transition(ANSWERABLE, "approving", by=RIGHT, event="offer.approval_asked", when=[their_turn])
    def await_approval(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """Both want it, and the buyer's approvers decide."""
        self._checked(actor, now, granted)
        return self.told()

    @transition("approving", "approving", by="approval.decide", event="offer.step_approved", when=[of_the_buyers])
    def approve_step(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """One of several approvers agrees."""
        agree(self, actor, now)
        return self.told()

    @transition("approving", "accepted", by="approval.decide", event="offer.approved", label="Approve", likely=True,
                when=[of_the_buyers])  # fmt: skip
    def approve(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The last approver that the rules ask for agrees, and it holds."""
        self._in_time(now)
        agree(self, actor, now)
        if missing(self):
            raise Refusal("more_approvers_needed", "More people have to agree before this one completes it.")
        return self._bind(actor, now)

    @transition("approving", "declined", by="approval.decide", event="offer.rejected", label="Reject",
                when=[of_the_buyers])  # fmt: skip
    def reject(self, actor: Actor, *, now: datetime, reason: str = "") -> dict[str, Any]:
        """An approver of the buyer's does not want it."""
        return self.told() | {"reason": reason.strip()[:1000]}

    @transition(ANSWERABLE, "declined", by=RIGHT, event="offer.declined", label="Decline", when=[their_turn])
    def decline(self, actor: Actor, *, now: datetime, reason: str = "") -> dict[str, Any]:
        """The invoices stay as they are."""
        return self._dropped(now) | {"reason": reason.strip()[:1000]}

    @transition(WAITING, "withdrawn", by=RIGHT, event="offer.withdrawn", label="Withdraw", when=[ones_own])
    def withdraw(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Who put the latest terms forward takes them back; while the buyer's approvers decide, either side can."""
        return self._dropped(now)

    @transition(WAITING, "expired", by="system", event="offer.expired")
    def expire(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Nobody answered in time."""
        return self._dropped(now)

    @transition("accepted", "earned", by="system", event="offer.earned")
    def earn(self, actor: Actor, *, now: datetime, won: Money) -> dict[str, Any]:
        """It was paid in time, or what of it was."""
        self.won = won
        return self.told() | {"won": won.text}

    @transition("accepted", "missed", by="system", event="offer.missed")
    def miss(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The last day went by."""
        self.won_minor = 0
        return self.told()

    @transition("earned", "accepted", by="system", event="offer.reopened")
    def reopen(self, actor: Actor, *, now: datetime, won: Money) -> dict[str, Any]:
        """Money that had earned it came back: it can be earned again, as long as it is early enough."""
        self.won = won
        return self.told()

    def take_terms(self, terms: OfferTerms) -> None:
        """These terms are the latest."""
        terms.save(force_insert=True)
        scale, shares = terms.scale, self.kept()
        if any(scale.until >= share.due_on for share in shares):
            raise Refusal("not_early", "The last day is before each invoice is due: choose an earlier day, or leave "
                          "out what is due by then.", status=422, field="pay_by")  # fmt: skip
        first = self.today(terms.put_at)
        if any(scale.percent(due=share.due_on, on=first) >= 100 for share in shares):
            raise Refusal("rate_out_of_range", "That is no discount but all of an invoice: choose a lower rate.",
                          status=422, field="yearly_rate")  # fmt: skip
        self.version, self.turn, self.expires_on, self.until = terms.version, terms.side, terms.expires_on, scale.until
        self.least = paying_day(shares, scale, scale.until).discount
        if not self.least:
            raise Refusal("too_little", "The discount comes to nothing: choose a higher rate or more invoices.",
                          status=422, field="yearly_rate")  # fmt: skip
        self.weight = sum(share.amount_minor * (share.due_on - scale.until).days for share in shares)

    def told(self) -> dict[str, Any]:
        return {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "invoices": len(self.shares.all()), "discount": self.least.text, **told_scale(self.scale)}  # fmt: skip

    def _checked(self, actor: Actor, now: datetime, granted: AuthorityRequest | None) -> None:
        self._in_time(now)
        if actor.side == "supplier":
            self._within(actor, self.on(self.today(now)).discount, "offer.accept", granted)
        self.asked_by = actor.id if actor.side == "buyer" else self.latest.put_by if self.turn == "buyer" else None

    def _within(self, actor: Actor, discount: Money, deed: str, granted: AuthorityRequest | None) -> None:
        refuse_above(actor, "discount", discount, about=self, deed=deed, granted=granted)

    def _in_time(self, now: datetime) -> None:
        if self.today(now) > min(self.expires_on, self.until):
            raise Refusal("offer_expired", f"This could be answered until {self.expires_on}.")

    def _bind(self, actor: Actor, now: datetime) -> dict[str, Any]:
        """What is open and undisputed of its invoices can be paid by these terms from now on."""
        shares, fresh = self.kept(), []
        locked, _ = posting.lock_invoices([share.invoice for share in shares])
        for share, invoice in zip(shares, locked, strict=True):
            amount = min(share.amount, invoice.free)
            share.left_out = not can_be_offered(invoice) or amount.minor <= 0 or invoice.due_date <= self.until
            if not share.left_out:
                share.amount, share.due_on = amount, invoice.due_date
                share.granted_before_minor = invoice.discounted_minor
                fresh.append((invoice, amount))
            share.save()
        if not fresh:
            raise Refusal("nothing_left", "Nothing of its invoices is open and undisputed any more.")
        today = self.today(now)
        posting.agree_discounts(actor, fresh, self.scale, reason=self.pk, since=today)
        self.amount = total((amount for _, amount in fresh), self.currency)
        self.least = self.on(self.until).discount
        self.weight = sum(amount.minor * (invoice.due_date - self.until).days for invoice, amount in fresh)
        self.accepted_at, self.accepted_by = now, actor.id
        return self.told() | {"invoices": len(fresh)}

    def _dropped(self, now: datetime) -> dict[str, Any]:
        self._drop_request(now)
        return self.told()

    def _drop_request(self, now: datetime) -> None:
        if request := waiting_for(self):
            request.withdraw(Actor.system("offers"), now=now)
