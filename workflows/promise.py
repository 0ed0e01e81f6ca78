"""Promise: a buyer names a day for the money of some invoices; until then they are not chased. The ledger judges it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.models import LegalEntity, Organisation
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from workflows.expected import ExpectedShare, Outcome, Shares, check_day, locked_shares, moved, outcome_of
from workflows.machine import Machine, MachineQuerySet, transition

PLATFORM = Actor.system("promises")


class PromiseQuerySet(MachineQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those that exist for the actor; who is limited to some accounts sees those over no other account."""
        rows = super().visible_to(actor)
        if actor.account_ids is None:
            return rows
        others = PromiseShare.objects.filter(promise=OuterRef("pk")).exclude(invoice__account__in=actor.account_ids)
        return rows.filter(~Exists(others))


class Promise(Machine):
    """So much for these invoices by `promised_on`. came: what the ledger had of it when it was judged.

    reference: what the payment will carry, as the buyer says; noted: AR wrote down what the customer said.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    came_minor = models.BigIntegerField(default=0)
    promised_on = models.DateField()
    reference = models.CharField(max_length=140, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    noted = models.BooleanField(default=False)
    attempt = models.UUIDField(null=True)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    amount = MoneyOf("amount_minor")
    came = MoneyOf("came_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(PromiseQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="promise_number"),
            models.UniqueConstraint(fields=["supplier", "buyer", "attempt"], name="one_promise_per_attempt"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="promise_amount_positive"),
        )
        indexes = (
            models.Index(fields=["buyer", "-made_at", "-id"], name="promise_buyer"),
            models.Index(fields=["supplier", "-made_at", "-id"], name="promise_supplier"),
            models.Index(fields=["promised_on"], name="promise_live", condition=Q(state="promised")),
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
    def day(self) -> date:
        return self.promised_on

    def outcome(self) -> Outcome:
        """What has become of it by now."""
        return outcome_of(list(self.shares.select_related("invoice")), self.currency)

    @transition("promised", "kept", by="system", event="promise.kept")
    def keep(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """All of it came, or is owed no more."""
        return self._judged(actor, now)

    @transition("promised", "part_kept", by="system", event="promise.part_kept")
    def keep_in_part(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The day is over, and a part of it came: the rest is chased again."""
        return self._judged(actor, now)

    @transition("promised", "broken", by="system", event="promise.broken")
    def break_promise(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The day is over, and nothing came: it is chased again."""
        return self._judged(actor, now)

    @transition("promised", "withdrawn", by="promise.make", event="promise.withdrawn", label="Withdraw the promise")
    def withdraw(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """It is taken back: the invoices are chased again."""
        posting.release_expectations(actor, ("promise", self.pk), now=now)
        return self.told()

    def _judged(self, actor: Actor, now: datetime) -> dict[str, Any]:
        self.came = self.outcome().came
        posting.release_expectations(actor, ("promise", self.pk), now=now)
        return self.told() | {"came": self.came.text}

    def told(self) -> dict[str, Any]:
        return {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "day": self.promised_on.isoformat(), "invoices": len(self.shares.all())}  # fmt: skip


class PromiseShare(ExpectedShare):
    """How much of a promise is for one invoice."""

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="promise_shares")
    scope = Scope(buyer="promise__buyer_id", supplier="promise__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["promise", "invoice"], name="one_promise_share_per_invoice"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="promise_share_positive"),
        )


def make(
    actor: Actor,
    shares: Shares,
    *,
    promised_on: date,
    reference: str = "",
    comment: str = "",
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> Promise:
    """The buyer promises, or AR notes what the customer said, which the customer is told. Event: `promise.made`.

    Stops chasing these amounts until the day is over; holds nothing back. The same attempt again is the same promise.
    Refusals: `not_your_role` (403), `wrong_day` (422), and those of `expected.locked_shares`.
    """
    if not actor.may("promise.make"):
        raise Refusal("not_your_role", "Your role does not let you promise a payment.", status=403)
    moment = now or clock.now()
    with database.atomic():
        if attempt and (before := _before(shares, attempt)):
            return before
        live = PromiseShare.objects.filter(promise__state="promised")
        found = locked_shares(shares, taken=live, word="promised")
        first = found[0][0]
        assert first.buyer_id
        check_day(promised_on, clock.today(first.supplier.time_zone, at=moment), field="promised_on")
        promise = Promise.objects.create(
            state="promised", state_since=moment, supplier_id=first.supplier_id, buyer_id=first.buyer_id,
            legal_entity_id=first.legal_entity_id, number=_number(first.supplier_id), currency=first.currency,
            amount_minor=total((amount for _, amount in found), first.currency).minor, promised_on=promised_on,
            reference=reference.strip()[:140], comment=comment.strip()[:500], noted=actor.side == "supplier",
            attempt=attempt, made_by=actor.id, made_at=moment,
        )  # fmt: skip
        PromiseShare.objects.bulk_create(_shares(promise, found))
        posting.expect(actor, "promised", reason=("promise", promise.pk), shares=found, expected_on=promised_on,
                       now=moment)  # fmt: skip
        events.record("promise.made", promise, actor, concerns=[invoice for invoice, _ in found], after="promised",
                      data=promise.told(), occurred_at=moment)  # fmt: skip
    return promise


def judge_all(*, now: datetime | None = None) -> None:
    """Those that were paid are kept; those whose day is over, where the supplier is, are kept, kept in part or broken.

    What is on the way on the day is waited for: neither kept nor broken until it has come or failed.
    """
    moment = now or clock.now()
    live = PromiseShare.objects.filter(promise__state="promised")
    over = Promise.objects.filter(state="promised", promised_on__lt=clock.today("Etc/GMT-14", at=moment))
    for promise_id in dict.fromkeys([*moved(live, "promise"), *over.order_by("pk").values_list("pk", flat=True)]):
        _judge(promise_id, moment)


@database.atomic
def _judge(promise_id: UUID, now: datetime) -> None:
    promise = Promise.objects.select_related("supplier").get(pk=promise_id)
    posting.lock_accounts(promise.account_ids())
    promise.refresh_from_db(from_queryset=Promise.objects.select_for_update())
    found = promise.outcome()
    if promise.state != "promised" or found.on_the_way:
        return
    if found.is_whole:
        promise.keep(PLATFORM, now=now)
    elif promise.promised_on < clock.today(promise.supplier.time_zone, at=now):
        (promise.keep_in_part if found.came else promise.break_promise)(PLATFORM, now=now)


def _before(shares: Shares, attempt: UUID) -> Promise | None:
    supplier, buyer = (shares[0][0].supplier_id, shares[0][0].buyer_id) if shares else (None, None)
    found: Promise | None = Promise.objects.filter(supplier=supplier, buyer=buyer, attempt=attempt).first()
    return found


def _shares(promise: Promise, found: Sequence[tuple[Invoice, Money]]) -> list[PromiseShare]:
    return [
        PromiseShare(promise=promise, invoice=invoice, currency=invoice.currency, amount_minor=amount.minor,
                     paid_before_minor=invoice.paid_minor)
        for invoice, amount in found
    ]  # fmt: skip


def _number(supplier_id: UUID) -> str:
    return f"PP-{numbering.take(f'promise:{supplier_id}')[0]:05d}"
