"""Collections, month by month: days sales outstanding, average days delinquent, and the collection effectiveness index.

DSO = receivable at the end of the month / sales of the three months up to it x their days. Best possible DSO counts
only what is not past due; the difference is what late payers cost: average days delinquent. The index tells how much of
what could be collected was: (opening + sales - closing) / (opening + sales - closing not past due) x 100 (Credit
Research Foundation).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import BigIntegerField, Case, F, Q, Sum, When

from eipp.analytics.receivable import ONE_DUE_DATE, RECEIVABLE, effect
from eipp.analytics.several_dues import Span, moved_since
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.models import DueBalance

SPAN = 3  # months of sales that a receivable is measured against


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in one currency (the last one may have begun only): sales are what was invoiced in it, less
    corrections; receivable and current are of the end of `last`, current being what was not past due then."""

    first: date
    last: date
    sales: Money
    opening: Money
    receivable: Money
    current: Money
    span_sales: Money
    span_days: int

    @property
    def days_sales_outstanding(self) -> Decimal | None:
        return _days(self.receivable, self.span_sales, self.span_days)

    @property
    def best_possible(self) -> Decimal | None:
        return _days(self.current, self.span_sales, self.span_days)

    @property
    def days_delinquent(self) -> Decimal | None:
        """By how many days the receivable is older than if everybody paid in time."""
        total, best = self.days_sales_outstanding, self.best_possible
        return None if total is None or best is None else total - best

    @property
    def effectiveness(self) -> Decimal | None:
        """Percent; None where there was nothing to collect."""
        at_most = self.opening + self.sales - self.current
        return _ratio((self.opening + self.sales - self.receivable).minor * 100, at_most.minor)


def months(actor: Actor, *, until: date, currency: str, count: int = 12, narrow: Q | None = None) -> list[Month]:
    """The month of `until` and those before it, the oldest first: four queries. narrow: a condition on `account`."""
    spans = _calendar(until, count + SPAN)
    narrowed = (narrow or Q()) & Q(currency=currency)
    sales = [Money(minor, currency) for minor in _sales(actor, spans, narrowed)]
    ends = [last for _, last in spans]
    receivable, current = _standing(actor, ends, narrowed)
    found = []
    for at in range(SPAN, len(spans)):
        (first, last), begin = spans[at], spans[at - SPAN + 1][0]
        opening, closing, timely = (
            Money(minor, currency) for minor in (receivable[at - 1], receivable[at], current[at])
        )
        spanned = sum(sales[at - SPAN + 1 : at + 1], Money.zero(currency))
        found.append(Month(first, last, sales[at], opening, closing, timely, spanned, (last - begin).days + 1))
    return found


def _sales(actor: Actor, spans: Sequence[tuple[date, date]], narrow: Q) -> list[int]:
    """What was invoiced in each span, less what was taken back by a correction."""
    rows = Posting.objects.visible_to(actor).filter(narrow, posting_date__gte=spans[0][0], kind__startswith="invoice")
    sums = {
        f"s{number}": -Sum(effect(LedgerAccount.SALES, where=Q(posting_date__range=span)), default=0)
        for number, span in enumerate(spans)
    }
    told = rows.order_by().aggregate(**sums)
    return [int(told[name]) for name in sums]


def _standing(actor: Actor, days: Sequence[date], narrow: Q) -> tuple[list[int], list[int]]:
    """Receivable, and what of it was not past due, at the end of each day."""
    kept = DueBalance.objects.visible_to(actor).filter(narrow).order_by()
    open_minor = {"all": Sum("open_minor", default=0)} | {
        f"d{number}": Sum(Case(When(due_date__gte=day, then=F("open_minor")), default=0,
                               output_field=BigIntegerField()), default=0)
        for number, day in enumerate(days)
    }  # fmt: skip
    now = kept.aggregate(**open_minor)
    since = Posting.objects.visible_to(actor).filter(narrow, posting_date__gt=days[0]).order_by()
    moved = {}
    for number, day in enumerate(days):
        after = Q(posting_date__gt=day)
        moved[f"a{number}"] = Sum(effect(RECEIVABLE, where=after), default=0)
        timely = after & ONE_DUE_DATE & Q(invoice__due_date__gte=day)
        moved[f"c{number}"] = Sum(effect(RECEIVABLE, where=timely), default=0)
    later = since.aggregate(**moved)
    several = moved_since(since)
    receivable = [int(now["all"]) - int(later[f"a{number}"]) for number in range(len(days))]
    current = [
        int(now[f"d{number}"])
        - int(later[f"c{number}"])
        - sum(row.moved_since(day, Span(first=day)) for row in several)
        for number, day in enumerate(days)
    ]
    return receivable, current


def _calendar(until: date, count: int) -> list[tuple[date, date]]:
    """So many months up to the one of `until`, which ends with it."""
    spans = [(until.replace(day=1), until)]
    while len(spans) < count:
        last = spans[0][0] - timedelta(days=1)
        spans.insert(0, (last.replace(day=1), last))
    return spans


def _days(part: Money, sales: Money, days: int) -> Decimal | None:
    return _ratio(part.minor * days, sales.minor)


def _ratio(part: int, whole: int) -> Decimal | None:
    """To a tenth, half up; None where there is nothing to measure against."""
    if whole <= 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
