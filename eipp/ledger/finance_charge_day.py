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
    and those that were closed only since the day began. Four queries over the open and the lately closed."""
    charging = rules.charging()
    if not charging:
        return []
    past_due = Invoice.objects.filter(
        supplier=supplier,
        kind=Invoice.Kind.INVOICE,
        due_count=1,
        due_date__lt=day,
        currency__in={row.currency for row in charging},
    ).order_by()
    parts = (past_due.filter(open_minor__gt=0),
             past_due.filter(open_minor=0, closed_at__gte=begin_of(day, supplier)))  # fmt: skip
    schedules = _schedules(charging)
    found: list[UUID] = []
    for part in parts:
        dates = part.values_list("due_date", flat=True).distinct()
        chosen = [due for due in dates if any(rule.number(due, day) is not None for rule in schedules)]
        found += part.filter(due_date__in=chosen).values_list("pk", flat=True) if chosen else ()
    return sorted(found)


def _schedules(rules: Iterable[FinanceChargeRule]) -> Sequence[FinanceChargeRule]:
    """One rule for each way of choosing days, however many accounts have rules of their own."""
    by_days = FinanceChargeRule.Kind.PERCENT_OF_YEAR
    return list({(rule.grace_days, rule.every_days, rule.kind == by_days): rule for rule in rules}.values())
