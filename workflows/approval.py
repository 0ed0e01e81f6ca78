"""Approval: the buyer says that an invoice is right. Rules, run and decision are three things.

A run asks what the buyer's rules asked for when the invoice came; a decision belongs to the content it saw and covers
the total minus what was disputed at that moment. Payment release is another thing: `release.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import Organisation
from eipp.kernel import clock, events, rows
from eipp.kernel.actor import Actor
from eipp.kernel.record import AppendOnly, Entity, MoneyOf, uuid7
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope, ScopedManager
from eipp.ledger.models import Invoice
from eipp.ledger.posting import lock_accounts
from workflows.machine import Machine, transition

ACTIVE = ("waiting", "approved", "rejected")


class ApprovalRule(Entity):
    """From an amount on, so many people of the buyer's approve; four_eyes: none of them releases the payment."""

    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="approval_rules")
    currency = models.CharField(max_length=3)
    from_minor = models.BigIntegerField(default=0)
    quorum = models.PositiveSmallIntegerField(default=1)
    four_eyes = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    starts_at = MoneyOf("from_minor")
    scope = Scope(buyer="buyer_id")

    class Meta:
        indexes = (models.Index(fields=["buyer", "currency", "from_minor"], name="approval_rule_amount"),)

    def __str__(self) -> str:
        return f"from {self.starts_at}: {self.quorum}"

    def event_scope(self) -> EventScope:
        """Its own people's affair."""
        return EventScope(buyer_id=self.buyer_id)


class ApprovalRun(Machine):
    """One invoice on its way through the rules as they were when it came."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="approval_runs")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    content_hash = models.CharField(max_length=64)
    quorum = models.PositiveSmallIntegerField()
    four_eyes = models.BooleanField()
    covered_minor = models.BigIntegerField(default=0)
    requested_at = models.DateTimeField()
    covered = MoneyOf("covered_minor")
    scope = Scope(buyer="buyer_id", account="invoice__account_id")

    class Meta:
        verbose_name = "approval"
        constraints = (
            models.UniqueConstraint(fields=["invoice"], condition=Q(state__in=ACTIVE), name="one_active_approval_run"),
        )
        indexes = (models.Index(fields=["buyer", "state", "-requested_at"], name="approval_run_waiting"),)

    def __str__(self) -> str:
        return f"approval of {self.invoice.number}"

    def event_scope(self) -> EventScope:
        return self.invoice.event_scope()

    def concerns(self) -> Sequence[models.Model]:
        return (self.invoice,)

    def account_ids(self) -> Iterable[UUID]:
        return (self.invoice.account_id,)

    @transition("waiting", "waiting", by="approval.decide", event="approval.step_approved")
    def approve_step(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """One of several approvers agrees."""
        return self._agreed(actor, now)

    @transition("waiting", "approved", by="approval.decide", event="approval.approved", label="Approve", likely=True)
    def approve(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The last approver that the rules ask for agrees."""
        if self.missing() > 1:
            raise Refusal("more_approvers_needed", "More people have to approve before this one completes it.")
        return self._agreed(actor, now)

    @transition("waiting", "rejected", by="approval.decide", event="approval.rejected", label="Reject")
    def reject(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """An approver says that the invoice is not right, and why."""
        if not reason.strip():
            raise Refusal("reason_missing", "Say why, so that the supplier can mend it.", status=422, field="reason")
        self._decide(actor, now, "rejected", reason)
        return {"number": self.invoice.number, "reason": reason.strip()[:1000]}

    @transition("rejected", "resubmitted", by="approval.decide", event="approval.resubmitted", label="Ask again")
    def resubmit(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """After a rejection the invoice goes through the rules once more (`consequences` begins the new run)."""
        return {"number": self.invoice.number}

    @transition(ACTIVE, "lapsed", by="system", event="approval.lapsed")
    def lapse(self, actor: Actor, *, now: datetime, because: str) -> dict[str, Any]:
        """What was approved is no longer what stands: the invoice was corrected, or more of it is to be paid."""
        return {"number": self.invoice.number, "because": because}

    def approvers(self) -> set[UUID]:
        return set(self.decisions.filter(verdict="approved").values_list("decided_by", flat=True))

    def missing(self) -> int:
        """How many approvers are still wanted."""
        return max(0, self.quorum - len(self.approvers()))

    def _agreed(self, actor: Actor, now: datetime) -> dict[str, Any]:
        self.invoice.refresh_from_db()
        if self.content_hash != self.invoice.content_hash:
            raise Refusal("invoice_changed", "The invoice was corrected meanwhile: read it again, then approve.")
        seen = self.invoice.payable_minor - self.invoice.disputed_minor
        self._decide(actor, now, "approved", "", amount_minor=seen)
        self.covered_minor = min(self.decisions.values_list("amount_minor", flat=True))  # what all of them have seen
        return {"number": self.invoice.number, "amount": self.covered.text, "currency": self.currency}

    def _decide(self, actor: Actor, now: datetime, verdict: str, reason: str, *, amount_minor: int = 0) -> None:
        alone = self.quorum == 1 and not self.four_eyes
        if actor.id is None or (actor.person_id is None and not alone):
            raise Refusal("person_needed", "Where several people are asked for, a program is none of them.", status=403)
        if actor.id in self.approvers():
            raise Refusal("already_approved", "You have approved this invoice already: somebody else is to follow.")
        ApprovalDecision.objects.create(
            run=self, decided_by=actor.id, verdict=verdict, reason=reason.strip()[:1000], currency=self.currency,
            amount_minor=amount_minor, content_hash=self.content_hash, decided_at=now,
        )  # fmt: skip


class ApprovalDecision(AppendOnly):
    """What one person said of one content, covering one amount."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(ApprovalRun, models.PROTECT, related_name="decisions")
    decided_by = models.UUIDField()
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="run__buyer_id", account="run__invoice__account_id")
    objects = ScopedManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "decided_by"], name="one_decision_per_person"),)

    def __str__(self) -> str:
        return f"{self.verdict} {self.decided_at:%Y-%m-%d}"


def request(invoices: Sequence[Invoice], *, now: datetime | None = None) -> list[ApprovalRun]:
    """Begin a run for each invoice whose buyer has a rule for it: a constant number of statements."""
    moment = now or clock.now()
    rules = rules_of({invoice.buyer_id for invoice in invoices if invoice.buyer_id})
    runs = [
        ApprovalRun(
            state="waiting", state_since=moment, invoice=invoice, buyer_id=invoice.buyer_id, currency=invoice.currency,
            content_hash=invoice.content_hash, quorum=rule.quorum, four_eyes=rule.four_eyes, requested_at=moment,
        )
        for invoice in invoices
        if invoice.open_minor and invoice.buyer_id and (rule := rule_for(rules, invoice))
    ]  # fmt: skip
    if not runs:
        return []
    with database.atomic():
        rows.insert(runs)
        drafts = [events.Draft("approval.requested", run, concerns=(run.invoice,), after="waiting",
                               data={"number": run.invoice.number}, occurred_at=moment) for run in runs]  # fmt: skip
        events.record_all(drafts, Actor.system("approval"))
    return runs


def decide(actor: Actor, run: ApprovalRun, *, verdict: str, reason: str = "", now: datetime | None = None) -> None:
    """Approve (as one of several, or as the last) or reject, whichever the run asks of this actor."""
    if verdict == "reject":
        run.reject(actor, reason=reason, now=now)
        return
    with database.atomic():
        lock_accounts(run.account_ids())  # else two of two approvers would each take themselves for the first
        (run.approve if run.missing() <= 1 else run.approve_step)(actor, now=now)


def active_run(invoice: Invoice) -> ApprovalRun | None:
    return active_runs([invoice]).get(invoice.pk)


def active_runs(invoices: Sequence[Invoice]) -> dict[UUID, ApprovalRun]:
    """The run that each invoice is in or has passed: one query; an invoice without one is not there."""
    rows = ApprovalRun.objects.filter(invoice__in=invoices, state__in=ACTIVE).select_related("invoice")
    return {row.invoice_id: row for row in rows}


@database.atomic
def begin_again(invoice: Invoice, *, because: str, now: datetime | None = None) -> None:
    """The invoice's approval lapses, and the rules are asked anew for what stands now."""
    if run := active_run(invoice):
        run.lapse(Actor.system("approval"), because=because, now=now)
        request([invoice], now=now)


def rules_of(buyers: Iterable[UUID]) -> list[ApprovalRule]:
    return list(ApprovalRule.objects.filter(buyer__in=buyers, active=True).order_by("from_minor"))


def rule_for(rules: list[ApprovalRule], invoice: Invoice) -> ApprovalRule | None:
    """The highest rule that the invoice's whole amount reaches."""
    own = [rule for rule in rules if rule.buyer_id == invoice.buyer_id]
    fitting = [rule for rule in own if applies(rule, invoice.currency, invoice.payable_minor, own)]
    return fitting[-1] if fitting else None


def applies(rule: ApprovalRule, currency: str, minor: int, rules: list[ApprovalRule]) -> bool:
    """A rule holds for its own currency. Money is never converted by guess: where a buyer wrote no rule for a
    currency, the strictest of its rules holds from the first cent on."""
    if rule.currency == currency:
        return minor >= rule.from_minor
    return all(each.currency != currency for each in rules)
