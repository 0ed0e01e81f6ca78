"""The rule for finance charges (late fees): what a supplier charges for what is past due, from which day on.

A rule stands for the supplier, for one of its legal entities or for one customer account, each per currency; the
narrowest that is in force on a day decides. Nothing is charged where no rule stands. A rule is never changed: a later
one takes its place, so that what was charged can always be reckoned again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.kernel.record import AppendOnly, DecimalText, Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope, ScopedManager
from eipp.ledger.worth import half_up

DAYS_OF_YEAR = 365  # the year of a yearly rate, whatever the calendar's (actual/365)


class FinanceChargeRule(AppendOnly, Entity):
    """grace_days: how long after the due date nothing is charged; percent: of what is past due, for a year or for each
    period; minimum, cap: of one charge at least, of all charges of one invoice at most; compounding: earlier charges
    that are open count as past due; due_days: how long after its date a charge is to be paid.

    kind `none`: nothing is charged; `wider`: the wider rule holds again.
    """

    class Kind(models.TextChoices):
        NONE = "none", "No late fee"
        FIXED = "fixed", "A fixed amount"
        PERCENT_OF_PERIOD = "percent_of_period", "A percentage for each period"
        PERCENT_OF_YEAR = "percent_of_year", "A yearly percentage, by days"
        WIDER = "wider", "As the wider rule says"

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+", null=True)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+", null=True)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    grace_days = models.PositiveSmallIntegerField(default=0)
    every_days = models.PositiveSmallIntegerField(null=True)  # the period; None: a calendar month
    fixed_minor = models.BigIntegerField(null=True)
    percent = DecimalText(null=True)
    minimum_minor = models.BigIntegerField(null=True)
    cap_minor = models.BigIntegerField(null=True)
    compounding = models.BooleanField(default=False)
    waits_for_disputes = models.BooleanField(default=True)
    due_days = models.PositiveSmallIntegerField(default=14)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)
    objects: ClassVar[Any] = ScopedManager()
    fixed = MoneyOf("fixed_minor")
    minimum = MoneyOf("minimum_minor")
    cap = MoneyOf("cap_minor")
    scope = Scope(supplier="supplier_id")

    class Meta:
        indexes = (models.Index(fields=("supplier", "currency", "starts_on"), name="finance_charge_rule_day"),)
        constraints = (
            models.CheckConstraint(
                name="finance_charge_rule_period", condition=Q(every_days=None) | Q(every_days__gt=0)
            ),
            models.CheckConstraint(
                name="finance_charge_rule_amounts",
                condition=(Q(fixed_minor=None) | Q(fixed_minor__gt=0))
                & (Q(minimum_minor=None) | Q(minimum_minor__gt=0))
                & (Q(cap_minor=None) | Q(cap_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="finance_charge_rule_whole",
                condition=Q(kind__in=("none", "wider"))
                | Q(kind="fixed", fixed_minor__isnull=False)
                | Q(kind__in=("percent_of_period", "percent_of_year"), percent__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} from {self.starts_on}"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)

    @property
    def charges(self) -> bool:
        return self.kind not in (self.Kind.NONE, self.Kind.WIDER)

    def day(self, due: date, number: int) -> date:
        """The day of the charge of this number, from 0: the day after the grace, then each period further."""
        first = due + timedelta(days=self.grace_days + 1)
        return first + timedelta(days=number * self.every_days) if self.every_days else _months_later(first, number)

    def number(self, due: date, day: date) -> int | None:
        """Which charge of an invoice due on `due` falls on this day; None for no charge."""
        first = due + timedelta(days=self.grace_days + 1)
        if day < first:
            return None
        months = (day.year - first.year) * 12 + day.month - first.month
        found = (day - first).days // self.every_days if self.every_days else months
        # Interest by days is charged when a period is over, everything else when it begins.
        is_early = found == 0 and self.kind == self.Kind.PERCENT_OF_YEAR
        return found if self.day(due, found) == day and not is_early else None

    def span(self, due: date, number: int) -> tuple[date, date]:
        """The first and last day that the charge is for. Interest begins the day after the due date, grace included,
        but never before the rule; everything else is for the period that begins."""
        if self.kind != self.Kind.PERCENT_OF_YEAR:
            return self.day(due, number), self.day(due, number + 1) - timedelta(days=1)
        begins = due + timedelta(days=1) if number == 1 else self.day(due, number - 1)
        last = self.day(due, number) - timedelta(days=1)
        return min(max(begins, self.starts_on), last), last

    def part_begins(self, first: date, number: int, due: date) -> date:
        """Since when a charge counts what fell due on `due` of an invoice that was first due on `first`: interest on a
        later part begins the day after it fell due, at the first charge after its grace."""
        begins, last = self.span(first, number)
        if self.kind != self.Kind.PERCENT_OF_YEAR or due == first:
            return begins
        if number > 1 and due + timedelta(days=self.grace_days) < self.day(first, number - 1):
            return begins
        return min(max(due + timedelta(days=1), self.starts_on), last)

    def amount(self, base: int, *, base_days: int, charged: int) -> int:
        """What is charged, in minor units, on `base` of past due, `charged` before on the invoice; base_days: each part
        of it times its days."""
        if base <= 0:
            return 0
        if self.kind == self.Kind.FIXED:
            found = self.fixed_minor or 0
        else:
            rate = Fraction(self.percent or 0) / 100
            by_days = self.kind == self.Kind.PERCENT_OF_YEAR
            found = half_up(rate * (Fraction(base_days, DAYS_OF_YEAR) if by_days else base))
        found = max(found, self.minimum_minor or 0)
        return found if self.cap_minor is None else max(0, min(found, self.cap_minor - charged))


@dataclass(frozen=True, slots=True)
class Rules:
    """A supplier's rules in force on one day, found for an account."""

    by_place: Mapping[tuple[str, UUID | None, UUID | None], FinanceChargeRule]

    @classmethod
    def on(cls, day: date, *, supplier_id: UUID, accounts: Iterable[UUID] | None = None) -> "Rules":
        """One query; `accounts` narrows it to what can matter for these."""
        rows = FinanceChargeRule.objects.filter(supplier=supplier_id, starts_on__lte=day)
        if accounts is not None:
            rows = rows.filter(Q(account=None) | Q(account__in=set(accounts)))
        return cls.of(rows.order_by("starts_on", "set_at", "pk"))

    @classmethod
    def of(cls, rows: Iterable[FinanceChargeRule]) -> "Rules":
        """The last of each place wins."""
        return cls({(row.currency, row.legal_entity_id, row.account_id): row for row in rows})

    def of_account(self, account_id: UUID, legal_entity_id: UUID, currency: str) -> FinanceChargeRule | None:
        """The narrowest rule that charges; None where nothing is charged."""
        for place in ((currency, None, account_id), (currency, legal_entity_id, None), (currency, None, None)):
            rule = self.by_place.get(place)
            if rule is not None and rule.kind != FinanceChargeRule.Kind.WIDER:
                return rule if rule.charges else None
        return None

    def charging(self) -> Sequence[FinanceChargeRule]:
        return [rule for rule in self.by_place.values() if rule.charges]


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
