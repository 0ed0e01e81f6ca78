"""A day of finance charges: which invoices a charge falls on, and when the day begins where the supplier is."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from eipp.accounts.models import Organisation
from eipp.ledger.finance_charge_rule import FinanceChargeRule, Rules
from eipp.ledger.invoice import Invoice


def begin_of(day: date, supplier: Organisation) -> datetime:
    """The first instant of the supplier's calendar day."""
    return datetime.combine(day, time.min, ZoneInfo(supplier.time_zone))


def falling_on(day: date, supplier: Organisation, rules: Rules) -> list[UUID]:
    """The invoices past due on which a charge of these rules may fall, in the order of their ids: those that are open,
    and those that were closed only since the day began. Eight queries over the open and the lately closed.

    An invoice with several due dates keeps the days of its first one, which no payment moves (`due_date` it does).
    """
    charging = rules.charging()
    if not charging:
        return []
    charged = Invoice.objects.filter(
        supplier=supplier, kind=Invoice.Kind.INVOICE, currency__in={row.currency for row in charging}
    ).order_by()
    schedules = _schedules(charging)
    found: list[UUID] = []
    for part in (charged.filter(open_minor__gt=0),
                 charged.filter(open_minor=0, closed_at__gte=begin_of(day, supplier))):  # fmt: skip
        one = part.filter(due_count=1, due_date__lt=day)
        dates = one.values_list("due_date", flat=True).distinct()
        if chosen := [due for due in dates if _falls(schedules, due, day)]:
            found += one.filter(due_date__in=chosen).values_list("pk", flat=True)
        several = part.filter(due_count__gt=1)
        texts = several.values_list("due_plan__0__on", flat=True).distinct()
        if firsts := [text for text in texts if _falls(schedules, date.fromisoformat(text), day)]:
            found += several.filter(due_plan__0__on__in=firsts).values_list("pk", flat=True)
    return sorted(found)


def _falls(schedules: Sequence[FinanceChargeRule], due: date, day: date) -> bool:
    return any(rule.number(due, day) is not None for rule in schedules)


def _schedules(rules: Iterable[FinanceChargeRule]) -> Sequence[FinanceChargeRule]:
    """One rule for each way of choosing days, however many accounts have rules of their own."""
    by_days = FinanceChargeRule.Kind.PERCENT_OF_YEAR
    return list({(rule.grace_days, rule.every_days, rule.kind == by_days): rule for rule in rules}.values())
