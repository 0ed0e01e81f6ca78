"""Autopay: a buyer's standing order to pay a payee's invoices with what is saved, within caps and conditions.

It pays by planning: each day it plans one payment per order, for the day after its notice, and everything that holds
for planned payments holds for these (`planned.py`). The runs are in `autopay_run.py`.
"""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID, uuid5

from django.db import models
from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.accounts.roles import require
from eipp.gateways import failures
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from workflows.machine import Machine, MachineQuerySet, transition
from workflows.saved_method import SavedMethod

PLATFORM = Actor.system("autopay")
MOST_NOTICE = 30


class AutopayQuerySet(MachineQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those that exist for the actor; who is limited to some accounts sees those of these alone."""
        rows = super().visible_to(actor)
        return rows if actor.account_ids is None else rows.filter(account__in=actor.account_ids)


class Autopay(Machine):
    """account: of which alone it pays the invoices, and of those below it; None for all with this payee.

    timing: when an invoice is paid (Timing); days: how many before its due date, or on which day of the month. cap: of
    one payment, month_cap: of all in a calendar month, invoice_cap: of one invoice, dearer ones are left to people;
    only_approved: pays nothing that nobody approved, whatever the rules ask. notice_days: how long before a payment it
    is told of.
    looked_on: the last day it was run for; started_at: since when returns count against it.
    """

    class Timing(models.TextChoices):
        DUE = "due", "On the due date"
        BEFORE = "before", "Days before the due date"
        MONTHLY = "monthly", "On a day of the month"
        DISCOUNT = "discount", "In time for an early-payment discount, else on the due date"

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="autopays", null=True)
    saved_method = models.ForeignKey(SavedMethod, models.PROTECT, related_name="autopays")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    timing = models.CharField(max_length=10, choices=Timing)
    days = models.PositiveSmallIntegerField(default=0)
    cap_minor = models.BigIntegerField(null=True)
    month_cap_minor = models.BigIntegerField(null=True)
    invoice_cap_minor = models.BigIntegerField(null=True)
    only_approved = models.BooleanField(default=False)
    notice_days = models.PositiveSmallIntegerField(default=3)
    looked_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=40, blank=True)
    attempt = models.UUIDField(null=True)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField()
    started_at = models.DateTimeField()
    cap = MoneyOf("cap_minor")
    month_cap = MoneyOf("month_cap_minor")
    invoice_cap = MoneyOf("invoice_cap_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(AutopayQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="autopay_number"),
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_autopay_per_attempt"),
            models.UniqueConstraint(
                fields=["buyer", "legal_entity", "currency", "account"], name="one_autopay_per_account",
                condition=~Q(state="ended"),
            ),
            models.UniqueConstraint(
                fields=["buyer", "legal_entity", "currency"], name="one_autopay_per_payee",
                condition=~Q(state="ended") & Q(account=None),
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["looked_on", "id"], name="autopay_to_run", condition=Q(state="active")),
            models.Index(fields=["supplier", "-set_at"], name="autopay_supplier"),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    @property
    def stop_sentence(self) -> str:
        return failures.in_words(self.stop_reason)

    def attempt_of(self, run_on: date) -> UUID:
        """The key of the one payment that it makes for a day."""
        return uuid5(self.pk, run_on.isoformat())

    def horizon(self, run_on: date, *, since: date) -> date | None:
        """Up to which due date invoices are paid on a day; None where nothing is. since: the run before, so that a day
        of the month on which nobody ran it is made up for."""
        if self.timing == self.Timing.BEFORE:
            return run_on + timedelta(days=self.days)
        if self.timing != self.Timing.MONTHLY:
            return run_on
        day = _day_of_month(run_on, self.days)
        if day > run_on:
            day = _day_of_month(run_on.replace(day=1) - timedelta(days=1), self.days)
        return _day_of_month(_next_month(day), self.days) - timedelta(days=1) if since < day else None

    @transition("active", "stopped", by="system", event="autopay.stopped")
    def stop(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """It cannot go on: the bank refuses, or whoever set it up or what it charges is gone."""
        self.stop_reason = reason
        return self.told() | {"because": reason}

    @transition("stopped", "active", by="payment.make", event="autopay.resumed", label="Let it go on")
    def resume(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Its owner has mended what was wrong; from today on it pays again."""
        if refusal := self.saved_method.refusal(actor):
            raise refusal
        self.stop_reason, self.started_at, self.looked_on, self.set_by = "", now, None, actor.id
        return self.told()

    @transition(("active", "stopped"), "ended", by="payment.make", event="autopay.ended", label="End autopay")
    def end(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """No further payment is planned; those that are stay, and can be skipped one by one."""
        return self.told()

    def told(self) -> dict[str, Any]:
        return {"number": self.number, "means": str(self.saved_method), "payee": self.legal_entity.name}


@database.atomic
def set_up(
    actor: Actor,
    saved: SavedMethod,
    *,
    currency: str,
    account: CustomerAccount | None = None,
    timing: str = "due",
    days: int = 0,
    notice_days: int = 3,
    caps: Mapping[str, Money | None] | None = None,
    only_approved: bool = False,
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> Autopay:
    """A standing order for a payee, with what is saved for it. caps: `cap`, `month_cap`, `invoice_cap`, None for none.

    Event: `autopay.set_up`, which the payee hears as well. The same attempt again is the same order. Refusals:
    `not_your_role` (403), `method_not_usable`, `autopay_twice` (409), `wrong_days`, `wrong_cap`, `wrong_account` (422).
    """
    require(actor, "payment.make")
    moment = now or clock.now()
    before = Autopay.objects.filter(buyer=saved.buyer, attempt=attempt).first() if attempt else None
    if before:
        return before
    if refusal := saved.refusal(actor, on=clock.today(saved.buyer.time_zone, at=moment)):
        raise refusal
    _check(actor, saved, account, timing, days, notice_days)
    Organisation.objects.select_for_update().get(pk=saved.buyer_id)
    supplier = saved.legal_entity.organisation
    order = Autopay(
        state="active", state_since=moment, supplier=supplier, buyer=saved.buyer, legal_entity=saved.legal_entity,
        account=account, saved_method=saved, currency=currency, timing=timing, days=days, notice_days=notice_days,
        only_approved=only_approved, attempt=attempt, set_by=actor.id, set_at=moment, started_at=moment,
        number=f"AU-{numbering.take(f'autopay:{supplier.pk}')[0]:05d}",
    )  # fmt: skip
    decimals(currency)
    for name, amount in (caps or {}).items():
        if amount is not None and (amount.currency != currency or amount.minor <= 0):
            raise Refusal("wrong_cap", f"A limit is more than zero {currency}.", status=422, field=name)
        setattr(order, name, amount)
    same = Autopay.objects.filter(buyer=saved.buyer, legal_entity=saved.legal_entity, currency=currency)
    if same.filter(account=account).exclude(state="ended").exists():
        raise Refusal("autopay_twice", f"{saved.legal_entity} is on autopay there already: end that first.")
    order.save(force_insert=True)
    events.record("autopay.set_up", order, actor, after="active", data=order.told(), occurred_at=moment)
    return order


def _check(
    actor: Actor, saved: SavedMethod, account: CustomerAccount | None, timing: str, days: int, notice: int
) -> None:
    if timing not in Autopay.Timing.values:
        raise Refusal("wrong_timing", "Choose when it pays.", status=422, field="timing")
    lowest, highest = {"before": (1, 60), "monthly": (1, 31)}.get(timing, (0, 0))
    if not lowest <= days <= highest:
        sentence = f"Choose between {lowest} and {highest} days." if highest else "This takes no number of days."
        raise Refusal("wrong_days", sentence, status=422, field="days")
    if not 0 <= notice <= MOST_NOTICE:
        raise Refusal(
            "wrong_days", f"Choose between 0 and {MOST_NOTICE} days' notice.", status=422, field="notice_days"
        )
    if account is None:
        if actor.is_limited:
            raise Refusal("wrong_account", "Choose one of your accounts.", status=422, field="account")
        return
    if (account.buyer_id, account.supplier_id) != (saved.buyer_id, saved.legal_entity.organisation_id):
        raise Refusal("wrong_account", "This account is not with the payee.", status=422, field="account")


def _day_of_month(within: date, day: int) -> date:
    return within.replace(day=min(day, calendar.monthrange(within.year, within.month)[1]))


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
