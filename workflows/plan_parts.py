"""The parts of an instalment plan: how much of it is for which invoice, and how much comes on which day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope
from eipp.ledger.models import Invoice
from workflows.expected import ExpectedShare

MOST = 60  # instalments: five years of months


class PlanShare(ExpectedShare):
    """How much of a plan is for one invoice."""

    plan = models.ForeignKey("workflows.Plan", models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="plan_shares")
    scope = Scope(buyer="plan__buyer_id", supplier="plan__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "invoice"], name="one_plan_share_per_invoice"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="plan_share_positive"),
        )


class PlanInstalment(Entity):
    """One part on one day. version: the plan's that it belongs to; tried_with: the saved method that it was charged to,
    or was to be; payment: what that became."""

    plan = models.ForeignKey("workflows.Plan", models.PROTECT, related_name="instalments")
    version = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    due_on = models.DateField()
    tried_with = models.UUIDField(null=True)
    payment = models.ForeignKey("workflows.Payment", models.PROTECT, related_name="instalments", null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="plan__buyer_id", supplier="plan__supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "version", "position"], name="plan_instalment_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="plan_instalment_positive"),
        )

    def __str__(self) -> str:
        return f"{self.amount} on {self.due_on}"


def write_parts(plan: Any, version: int, parts: Sequence[tuple[date, Money]]) -> None:
    """The instalments of a version; they are as much as the plan, to the cent, on days that go on."""
    days = [day for day, _ in parts]
    if not 0 < len(parts) <= MOST or days != sorted(set(days)):
        raise Refusal("wrong_days", "Name between 1 and 60 days, each later than the one before.", status=422,
                      field="instalments")  # fmt: skip
    if any(amount.currency != plan.currency or amount.minor <= 0 for _, amount in parts):
        raise Refusal("invalid_amount", f"Each instalment is more than zero {plan.currency}.", status=422,
                      field="instalments")  # fmt: skip
    whole = Money(sum(amount.minor for _, amount in parts), plan.currency)
    if whole != plan.amount:
        raise Refusal("other_sum", f"The instalments are {whole} together; the invoices are {plan.amount}.", status=422,
                      field="instalments")  # fmt: skip
    PlanInstalment.objects.bulk_create(
        [PlanInstalment(plan=plan, version=version, position=position, due_on=day, currency=plan.currency,
                        amount_minor=amount.minor) for position, (day, amount) in enumerate(parts, 1)]
    )  # fmt: skip
