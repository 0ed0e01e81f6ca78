"""Disputes of a period by reason: how many, over how much, what part was right, and how long the answer took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from workflows.disputable import LIVE
from workflows.dispute import REASONS, WITH_SUPPLIER, Dispute

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Reason:
    """The disputes of one reason in one currency. accepted is of those that were answered; `days` has for each of
    these the time from opening to the answer."""

    code: str
    currency: str
    count: int
    amount: Money
    accepted: Money
    answered: Money
    with_supplier: int = 0
    with_buyer: int = 0
    days: list[Decimal] = field(default_factory=list)

    @property
    def title(self) -> str:
        return REASONS[self.code]

    @property
    def accepted_percent(self) -> Decimal | None:
        """Of what was answered, the part that the supplier credited; None where nothing was answered."""
        if not self.answered:
            return None
        share = Decimal(self.accepted.minor * 100) / Decimal(self.answered.minor)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def median_days(self) -> Decimal | None:
        """Half of them took no longer; None where none was answered."""
        return median(self.days).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.days else None


def by_reason(actor: Actor, *, first: date, last: date, zone: str = "UTC", narrow: Q | None = None) -> list[Reason]:
    """By currency and reason, the largest amount first (Pareto): one query. The days are those of a time zone."""
    found: dict[tuple[str, str], Reason] = {}
    for row in rows_of(actor, first=first, last=last, zone=zone, narrow=narrow):
        zero = Money.zero(row.currency)
        reason = found.setdefault((row.currency, row.reason), Reason(row.reason, row.currency, 0, zero, zero, zero))
        _count(reason, row)
    return sorted(found.values(), key=lambda reason: (reason.currency, -reason.amount.minor, reason.code))


def rows_of(actor: Actor, *, first: date, last: date, zone: str = "UTC", narrow: Q | None = None) -> QuerySet[Dispute]:
    """The disputes opened on these days, the newest first."""
    begin, end = (datetime.combine(day, time.min, ZoneInfo(zone)) for day in (first, last + _DAY))
    rows = Dispute.objects.visible_to(actor).filter(narrow or Q(), opened_at__gte=begin, opened_at__lt=end)
    return rows.order_by("-opened_at", "-id")


def cumulated(reasons: Iterable[Reason]) -> list[Decimal]:
    """For one currency in Pareto's order, the percentage of the whole amount up to each reason."""
    amounts = [reason.amount.minor for reason in reasons]
    whole, so_far, shares = sum(amounts), 0, []
    for amount in amounts:
        so_far += amount
        shares.append((Decimal(so_far * 100) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return shares


def _count(reason: Reason, row: Dispute) -> None:
    reason.count += 1
    reason.amount += row.amount
    if row.state in LIVE:
        reason.with_supplier += row.state in WITH_SUPPLIER
        reason.with_buyer += row.state not in WITH_SUPPLIER
    elif row.closed_at and row.state != "withdrawn":
        reason.answered += row.amount
        reason.accepted += row.accepted
        reason.days.append(Decimal((row.closed_at - row.opened_at) // timedelta(minutes=1)) / (24 * 60))
