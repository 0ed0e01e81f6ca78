"""Instalment plan: past-due or open invoices are paid in parts on agreed days; while it is kept they are not chased.

Either side proposes, the other agrees; a change is proposed and agreed the same way, as a new version. Whether it is
kept, the ledger says.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.models import LegalEntity, Organisation
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from workflows.authority import AuthorityRequest, refuse_above, waiting_for
from workflows.expected import Outcome, outcome_of
from workflows.machine import Machine, MachineQuerySet, transition
from workflows.plan_parts import PlanInstalment, PlanShare, write_parts
from workflows.saved_method import SavedMethod

RIGHT = "plan.make"
LIVE = ("proposed", "agreed")
GRACE_DAYS = 3


def by_the_other_side(plan: "Plan", actor: Actor) -> Refusal | None:
    if actor.side == plan.proposed_side:
        return Refusal("your_own_proposal", "Your own side proposed it: the other side agrees or not.")
    return None


def by_who_proposed(plan: "Plan", actor: Actor) -> Refusal | None:
    if actor.side not in (plan.proposed_side, "system"):
        return Refusal("their_proposal", "The other side proposed it: agree or decline.")
    return None


def no_change_waits(plan: "Plan", actor: Actor) -> Refusal | None:
    if plan.change_side:
        return Refusal("change_waits", "A change is proposed already: that is answered first.")
    return None


def change_of_theirs(plan: "Plan", actor: Actor) -> Refusal | None:
    if not plan.change_side:
        return Refusal("no_change", "No change of this plan is proposed.")
    if plan.change_side == actor.side:
        return Refusal("your_own_proposal", "Your own side proposed the change: the other side agrees or not.")
    return None


def by_the_payer(plan: "Plan", actor: Actor) -> Refusal | None:
    if actor.side != "buyer":
        return Refusal("their_means", "What the instalments are charged to is the payer's choice.", status=403)
    return None


def is_charged(plan: "Plan", actor: Actor) -> Refusal | None:
    if plan.saved_method_id is None:
        return Refusal("not_charged", "Nothing is charged by itself for this plan.")
    return None


def change_waits(plan: "Plan", actor: Actor) -> Refusal | None:
    return None if plan.change_side else Refusal("no_change", "No change of this plan is proposed.")


class PlanQuerySet(MachineQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those that exist for the actor: for the buyer none that the supplier has not put forward; for who is limited
        to some accounts none over other accounts."""
        rows = super().visible_to(actor)
        if actor.side == "buyer":
            rows = rows.exclude(proposed_at=None)
        if actor.account_ids is None:
            return rows
        others = PlanShare.objects.filter(plan=OuterRef("pk")).exclude(invoice__account__in=actor.account_ids)
        return rows.filter(~Exists(others))


class Plan(Machine):
    """version: of the instalments that hold; change_side: who wants those of the next version, empty for nobody.

    saved_method: what each instalment is charged to on its day, by the right of charged_by; empty, the payer pays each.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    came_minor = models.BigIntegerField(default=0)
    comment = models.CharField(max_length=1000, blank=True)
    grace_days = models.PositiveSmallIntegerField(default=GRACE_DAYS)
    version = models.PositiveIntegerField(default=1)
    proposed_side = models.CharField(max_length=10)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    change_side = models.CharField(max_length=10, blank=True)
    agreed_by = models.UUIDField(null=True)
    agreed_at = models.DateTimeField(null=True)
    saved_method = models.ForeignKey(SavedMethod, models.PROTECT, related_name="+", null=True)
    charged_by = models.UUIDField(null=True)
    attempt = models.UUIDField(null=True)
    amount = MoneyOf("amount_minor")
    came = MoneyOf("came_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(PlanQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="plan_number"),
            models.UniqueConstraint(fields=["supplier", "buyer", "attempt"], name="one_plan_per_attempt"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="plan_amount_positive"),
        )
        indexes = (
            models.Index(fields=["buyer", "-made_at", "-id"], name="plan_buyer"),
            models.Index(fields=["supplier", "-made_at", "-id"], name="plan_supplier"),
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

    def parts(self, version: int | None = None) -> list[PlanInstalment]:
        """The instalments that hold, or of another version, in the order of their days."""
        return list(self.instalments.filter(version=version or self.version).order_by("due_on", "position"))

    def outcome(self) -> Outcome:
        """What has become of it by now."""
        return outcome_of(list(self.shares.select_related("invoice")), self.currency)

    def due_by(self, day: date) -> Money:
        """What had to have come at the end of this day."""
        return Money(sum(part.amount_minor for part in self.parts() if part.due_on <= day), self.currency)

    def is_behind(self, today: date) -> bool:
        """Whether less came, or is on the way, than had to, the days of grace being over."""
        found = self.outcome()
        return self.amount - found.missing < self.due_by(today - timedelta(days=self.grace_days + 1))

    @transition("drafted", "proposed", by=RIGHT, event="plan.proposed")
    def put_forward(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """The other side reads it. What the supplier proposes is within its person's authority."""
        if self.proposed_side == "supplier":
            refuse_above(actor, "plan", self.amount, about=self, deed="plan.propose", granted=granted)
        self.proposed_at = now
        return self.told()

    @transition(
        "proposed", "agreed", by=RIGHT, event="plan.agreed", label="Agree to this plan", likely=True,
        when=[by_the_other_side],
    )  # fmt: skip
    def agree(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """From here on its invoices are not chased, as long as it is kept."""
        if actor.side == "supplier":
            refuse_above(actor, "plan", self.amount, about=self, deed="plan.agree", granted=granted)
        self.agreed_by, self.agreed_at = actor.id, now
        self._expect(actor, now)
        return self.told()

    @transition("proposed", "declined", by=RIGHT, event="plan.declined", label="Decline", when=[by_the_other_side])
    def decline(self, actor: Actor, *, now: datetime, reason: str = "") -> dict[str, Any]:
        """The other side does not want it; the invoices stay as they are."""
        return self._dropped(now) | {"reason": reason.strip()[:1000]}

    @transition(
        ("drafted", "proposed"), "withdrawn", by=RIGHT, event="plan.withdrawn", label="Withdraw the proposal",
        when=[by_who_proposed],
    )  # fmt: skip
    def withdraw(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Who proposed it takes it back."""
        return self._dropped(now)

    @transition("agreed", "agreed", by=RIGHT, event="plan.change_proposed", when=[no_change_waits])
    def propose_change(self, actor: Actor, *, now: datetime, parts: Sequence[tuple[date, Money]]) -> dict[str, Any]:
        """Other days or amounts, the sum being the same; the present ones hold until the other side agrees."""
        write_parts(self, self.version + 1, parts)
        self.change_side = actor.side
        return self.told()

    @transition(
        "agreed", "agreed", by=RIGHT, event="plan.changed", label="Agree to the change", likely=True,
        when=[change_of_theirs],
    )  # fmt: skip
    def accept_change(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The new version holds."""
        self.version, self.change_side = self.version + 1, ""
        self._expect(actor, now)
        return self.told() | {"version": self.version}

    @transition(
        "agreed", "agreed", by=RIGHT, event="plan.change_dropped", label="Leave it as it is", when=[change_waits]
    )
    def drop_change(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Declined, or taken back by who wanted it: the plan stays."""
        self.instalments.filter(version__gt=self.version).delete()
        self.change_side = ""
        return self.told()

    @transition("proposed", "proposed", by="payment.make", event="plan.means_chosen", when=[by_the_payer])
    def choose_means(self, actor: Actor, *, now: datetime, saved: SavedMethod) -> dict[str, Any]:
        """What the instalments are charged to, once the plan is agreed."""
        return self._charged_to(actor, saved, now)

    @transition("agreed", "agreed", by="payment.make", event="plan.means_changed", when=[by_the_payer])
    def change_means(self, actor: Actor, *, now: datetime, saved: SavedMethod) -> dict[str, Any]:
        """From here on the instalments are charged to this; what could not be charged is tried again with it."""
        return self._charged_to(actor, saved, now)

    @transition("agreed", "agreed", by="payment.make", event="plan.means_removed", when=[by_the_payer, is_charged])
    def charge_no_more(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The payer pays each instalment itself."""
        self.saved_method = self.charged_by = None
        return self.told()

    @transition("agreed", "agreed", by="system", event="plan.not_charged")
    def miss(self, actor: Actor, *, now: datetime, failure: str, part: PlanInstalment) -> dict[str, Any]:
        """An instalment could not be charged: both sides hear of it. The plan stands until its grace is over."""
        last = part.due_on + timedelta(days=self.grace_days)
        return self.told() | {"amount": part.amount.text, "failure": failure, "pay_by": last.isoformat()}

    @transition("agreed", "kept", by="system", event="plan.kept")
    def keep(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """All of it came, or is owed no more."""
        return self._judged(actor, now)

    @transition("agreed", "broken", by="system", event="plan.broken")
    def break_plan(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """An instalment did not come, nor in the days of grace: what is open is chased again."""
        return self._judged(actor, now)

    def _charged_to(self, actor: Actor, saved: SavedMethod, now: datetime) -> dict[str, Any]:
        if saved.legal_entity_id != self.legal_entity_id:
            raise Refusal("not_this_payee", f"{saved} is for paying somebody else.", status=422, field="saved_method")
        if refusal := saved.refusal(actor):
            raise refusal
        self.saved_method, self.charged_by = saved, actor.id
        self.instalments.filter(version=self.version).update(tried_with=None)
        return self.told() | {"kind": saved.kind}

    def _expect(self, actor: Actor, now: datetime) -> None:
        shares = [(share.invoice, share.amount) for share in self.shares.select_related("invoice")]
        last = self.parts()[-1].due_on
        posting.expect(actor, "promised", reason=("plan", self.pk), shares=shares, expected_on=last, now=now)

    def _judged(self, actor: Actor, now: datetime) -> dict[str, Any]:
        self.came, self.change_side = self.outcome().came, ""
        posting.release_expectations(actor, ("plan", self.pk), now=now)
        return self.told() | {"came": self.came.text}

    def _dropped(self, now: datetime) -> dict[str, Any]:
        if request := waiting_for(self):
            request.withdraw(Actor.system("plans"), now=now)
        return self.told()

    def told(self) -> dict[str, Any]:
        return {"number": self.number, "amount": self.amount.text, "currency": self.currency,
                "invoices": len(self.shares.all()), "instalments": len(self.parts())}  # fmt: skip
