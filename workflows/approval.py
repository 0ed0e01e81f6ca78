"""Approval: the buyer says that an invoice is right. Rules, run and decision are three things.

A run asks what the buyer's rules asked for when the invoice came; a decision belongs to the content it saw and covers
the total minus what was disputed at that moment. Payment release is another thing: `release_refusal` says who may not.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import F, Q

from eipp.accounts.models import Organisation
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
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
        self.covered_minor = self.invoice.payable_minor - self.invoice.disputed_minor
        self._decide(actor, now, "approved", "")
        return {"number": self.invoice.number, "amount": self.covered.text, "currency": self.currency}

    def _decide(self, actor: Actor, now: datetime, verdict: str, reason: str) -> None:
        if actor.id is None:
            raise Refusal("person_needed", "An approval is given by a person.", status=403)
        if actor.id in self.approvers():
            raise Refusal("already_approved", "You have approved this invoice already: somebody else is to follow.")
        ApprovalDecision.objects.create(
            run=self, decided_by=actor.id, verdict=verdict, reason=reason.strip()[:1000], currency=self.currency,
            amount_minor=self.covered_minor, content_hash=self.content_hash, decided_at=now,
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


@database.atomic
def request(invoices: Sequence[Invoice], *, now: datetime | None = None) -> list[ApprovalRun]:
    """Begin a run for each invoice whose buyer has a rule for it: a constant number of statements."""
    moment = now or clock.now()
    rules = _rules_of({invoice.buyer_id for invoice in invoices if invoice.buyer_id})
    runs = [
        ApprovalRun(
            state="waiting", state_since=moment, invoice=invoice, buyer_id=invoice.buyer_id, currency=invoice.currency,
            content_hash=invoice.content_hash, quorum=rule.quorum, four_eyes=rule.four_eyes, requested_at=moment,
        )
        for invoice in invoices
        if invoice.open_minor and (rule := _rule_for(rules, invoice))
    ]  # fmt: skip
    ApprovalRun.objects.bulk_create(runs)
    drafts = [events.Draft("approval.requested", run, concerns=(run.invoice,), after="waiting",
                           data={"number": run.invoice.number}) for run in runs]  # fmt: skip
    if drafts:
        events.record_all(drafts, Actor.system("approval"), now=moment)
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


def release_refusal(actor: Actor, shares: Sequence[tuple[Invoice, Money]]) -> Refusal | None:
    """Why this actor may not release these amounts: an approval is missing, is too small, or is the actor's own."""
    buyers = {invoice.buyer_id for invoice, _ in shares if invoice.buyer_id}
    rules = _rules_of(buyers)
    if not rules or not shares:
        return None
    runs = _approved_runs([invoice for invoice, _ in shares])
    amount = Money(sum(share.minor for _, share in shares), shares[0][1].currency)
    together = _together(rules, shares, amount)
    for invoice, share in shares:
        refusal = _share_refusal(actor, invoice, share, _rule_for(rules, invoice), runs.get(invoice.pk), together)
        if refusal:
            return refusal
    return None


def _share_refusal(
    actor: Actor, invoice: Invoice, share: Money, rule: ApprovalRule | None, run: ApprovalRun | None,
    together: ApprovalRule | None,
) -> Refusal | None:  # fmt: skip
    """The rule of the invoice itself, and the strictest one that the payment as a whole falls under."""
    if rule is None and together is None:
        return None
    if run is None:
        return Refusal("approval_missing", f"Invoice {invoice.number} has to be approved before it can be paid.")
    if share.minor > run.covered_minor - run.spent_minor:
        left = Money(max(0, run.covered_minor - run.spent_minor), invoice.currency)
        return Refusal("approval_too_small", f"The approval of invoice {invoice.number} covers {left} more: pay that, "
                                             "or have the rest approved.")  # fmt: skip
    strict = next((each for each in (rule, together) if each and each.four_eyes), None)
    if strict and actor.id in run.approver_ids:
        return Refusal(
            "second_person_needed",
            f"From {strict.starts_at} on, two people are needed: you approved invoice {invoice.number}, "
            "so a colleague has to release its payment.",
        )
    return None


def _together(rules: list[ApprovalRule], shares: Sequence[tuple[Invoice, Money]], amount: Money) -> ApprovalRule | None:
    """The four-eyes rule for the sum of the payment, so that many small invoices do not slip under it."""
    fitting = [rule for rule in rules if rule.four_eyes and _applies(rule, amount.currency, amount.minor, rules)]
    return max(fitting, key=lambda rule: rule.from_minor, default=None)


def _rules_of(buyers: Iterable[UUID]) -> list[ApprovalRule]:
    return list(ApprovalRule.objects.filter(buyer__in=buyers, active=True).order_by("from_minor"))


def _rule_for(rules: list[ApprovalRule], invoice: Invoice) -> ApprovalRule | None:
    """The highest rule that the invoice's whole amount reaches."""
    own = [rule for rule in rules if rule.buyer_id == invoice.buyer_id]
    fitting = [rule for rule in own if _applies(rule, invoice.currency, invoice.payable_minor, own)]
    return fitting[-1] if fitting else None


def _applies(rule: ApprovalRule, currency: str, minor: int, rules: list[ApprovalRule]) -> bool:
    """A rule holds for its own currency. Money is never converted by guess: where a buyer wrote no rule for a
    currency, the strictest of its rules holds from the first cent on."""
    if rule.currency == currency:
        return minor >= rule.from_minor
    return all(each.currency != currency for each in rules)


def _approved_runs(invoices: Sequence[Invoice]) -> dict[UUID, Any]:
    """The approved run of each invoice as it stands, with `approver_ids` and what payments have used of it."""
    runs = ApprovalRun.objects.filter(
        invoice__in=invoices, state="approved", content_hash=F("invoice__content_hash")
    ).prefetch_related("decisions")
    spent = dict(
        Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices])
        .annotate(spent=models.Sum("payment_shares__amount_minor", filter=~Q(payment_shares__payment__state__in=IDLE)))
        .values_list("pk", "spent")
    )
    found: dict[UUID, Any] = {}
    for run in runs:
        run.approver_ids = {decision.decided_by for decision in run.decisions.all()}
        run.spent_minor = spent.get(run.invoice_id) or 0
        found[run.invoice_id] = run
    return found


IDLE = ("planned", "failed", "cancelled", "returned", "charged_back")  # payments that took nothing
