"""Finance charge (late fee): what was charged for one invoice and one period, with the document that asks for it.

The document is an invoice of its own kind, numbered in its own range: it is held, paid, credited and stated like any
other. What this row adds is for what it was charged, and that this happens exactly once.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from documents.written import day_text, money_text, number_text
from eipp.accounts.models import Organisation
from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope, ScopedManager
from eipp.ledger.finance_charge_rule import FinanceChargeRule
from eipp.ledger.instalment import first_due
from eipp.ledger.invoice import Invoice


class FinanceCharge(Entity):
    """charged_for: the day on which the period's charge falls due to be made, by which a period is known; base: what
    of the invoice was past due at its beginning, disputed money left out; cause: the dispute that ended as unfounded
    and for whose part this is made up, empty for the charge itself.

    waived_at: when AR gave it up, by a credit note; everything else is written once.
    """

    document = models.OneToOneField(Invoice, models.PROTECT, related_name="finance_charge")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="finance_charges")
    rule = models.ForeignKey(FinanceChargeRule, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    charged_for = models.DateField()
    cause = models.CharField(max_length=36, blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField()
    currency = models.CharField(max_length=3)
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    charged_at = models.DateTimeField()
    waived_at = models.DateTimeField(null=True)
    waived_by = models.UUIDField(null=True)
    waived_minor = models.BigIntegerField(default=0)
    waiver_reason = models.CharField(max_length=1000, blank=True)
    objects: ClassVar[Any] = ScopedManager()
    amount = MoneyOf("amount_minor")
    base = MoneyOf("base_minor")
    waived = MoneyOf("waived_minor")
    scope = Scope(buyer="document__buyer_id", supplier="supplier_id", account="document__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice", "charged_for", "cause"), name="finance_charge_once"),
            models.CheckConstraint(name="finance_charge_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="finance_charge_waived",
                condition=Q(waived_minor__gte=0, waived_minor__lte=models.F("amount_minor")),
            ),
        )
        indexes = (
            models.Index(fields=("supplier", "-charged_at", "-id"), name="finance_charge_supplier"),
            models.Index(fields=("cause",), name="finance_charge_cause", condition=~Q(cause="")),
        )

    def __str__(self) -> str:
        return f"{self.amount} for {self.charged_for}"

    def event_scope(self) -> EventScope:
        return self.document.event_scope()

    @property
    def number(self) -> str:
        return self.document.number

    @property
    def account_id(self) -> UUID:
        return self.document.account_id

    @property
    def reason(self) -> str:
        """Why it was charged, in one sentence."""
        return why(self.rule, self.invoice, begins=self.begins_on, ends=self.ends_on, base=self.base)


class FinanceChargeBookmark(models.Model):
    """How far a supplier's charges have come: every day up to `day` is done, and of the next all up to `after`."""

    supplier = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="+")
    day = models.DateField()
    after = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.day}"


def why(rule: FinanceChargeRule, invoice: Invoice, *, begins: date, ends: date, base: Money) -> str:
    """The reason as it stands on the document: what was past due since when, and at which rate for which days."""
    facts = {
        "base": money_text(base), "number": invoice.number, "due": day_text(_due(rule, invoice, begins, ends)),
        "begins": day_text(begins), "ends": day_text(ends), "percent": _percent(rule.percent),
    }  # fmt: skip
    if rule.kind == FinanceChargeRule.Kind.PERCENT_OF_YEAR:
        return _("%(percent)s a year from %(begins)s to %(ends)s on %(base)s of invoice %(number)s, which was due on "
                 "%(due)s.") % facts  # fmt: skip
    if rule.kind == FinanceChargeRule.Kind.PERCENT_OF_PERIOD:
        return _("%(percent)s for the time from %(begins)s to %(ends)s on %(base)s of invoice %(number)s, which was "
                 "due on %(due)s.") % facts  # fmt: skip
    return _("For the time from %(begins)s to %(ends)s, since %(base)s of invoice %(number)s, which was due on %(due)s,"
             " was not paid.") % facts  # fmt: skip


def _due(rule: FinanceChargeRule, invoice: Invoice, begins: date, ends: date) -> date:
    """By when all that was charged for was due: of several due dates the last whose grace was over."""
    by_days = rule.kind == FinanceChargeRule.Kind.PERCENT_OF_YEAR
    last = (ends if by_days else begins - timedelta(days=1)) - timedelta(days=rule.grace_days)
    days = [date.fromisoformat(row["on"]) for row in invoice.due_plan]
    return max((on for on in days if on <= last), default=first_due(invoice))


def _percent(rate: Decimal | None) -> str:
    return f"{number_text(rate or Decimal(0))}%"
