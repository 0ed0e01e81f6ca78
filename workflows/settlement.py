"""Settlement: the providers' books held against ours, sum by sum, with each difference named."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import TruncDate

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.journal import LedgerAccount, Posting
from workflows.payment import Payment
from workflows.settlement_line import SettlementDay, SettlementLine

#: Why the two say something else, in words; those of HARMLESS mend themselves.
REASONS = {
    "another_day": "Booked here on another day", "not_listed_yet": "Not listed by the provider yet",
    "not_here": "Not in our books", "not_there": "Not in the provider's", "other_amount": "Another amount",
    "stranger": "No payment of ours",
}  # fmt: skip
HARMLESS = ("another_day", "not_listed_yet")


@dataclass(frozen=True, slots=True)
class Sums:
    """One day of one gateway, method and currency. theirs: by kind of movement; ours: what our books gained by it;
    fees: what the provider kept of theirs for itself."""

    day: date
    gateway: str
    method: str
    currency: str
    theirs: Mapping[str, int]
    ours: int
    fees: int = 0

    @property
    def net(self) -> int:
        return sum(self.theirs.values())


@dataclass(frozen=True, slots=True)
class Difference:
    """reason: a key of REASONS; payment: of ours, or None, with the provider's reference instead."""

    reason: str
    payment: Payment | None
    reference: str
    theirs: Money
    ours: Money

    def __str__(self) -> str:
        what = self.payment.number if self.payment else self.reference
        return f"settlement of {what}: {REASONS[self.reason]}: the provider has {self.theirs}, our books {self.ours}"


def by_day(actor: Actor, *, first: date, last: date) -> list[Sums]:
    """The days of a period (UTC), the last one first: two queries."""
    theirs: dict[tuple[Any, ...], dict[str, int]] = {}
    lines = SettlementLine.objects.visible_to(actor).filter(on__range=(first, last)).order_by()
    grouped = lines.values_list("on", "gateway", "method", "currency", "kind").annotate(
        sum=Sum("amount_minor"), fee=Sum("fee_minor")
    )
    fees: dict[tuple[Any, ...], int] = defaultdict(int)
    for *key, kind, minor, fee in grouped:
        theirs.setdefault(tuple(key), {})[kind] = int(minor)
        fees[tuple(key)] += int(fee)
    listing = _listing(actor)
    cash = _cash(actor, first, last).annotate(
        gateway=_of_payment("gateway"), method=_of_payment("method"), day=TruncDate("occurred_at", tzinfo=UTC)
    )  # fmt: skip
    found = cash.filter(gateway__in=listing).values_list("day", "gateway", "method", "currency").annotate(sum=_net())
    ours = {tuple(key): int(minor) for *key, minor in found}
    keys = sorted({*theirs, *ours}, key=lambda key: (key[0], *key[1:]))
    return [
        Sums(day, gateway, method, currency, theirs.get(key, {}), ours.get(key, 0), fees[key])
        for key in reversed(keys) for day, gateway, method, currency in [key]
    ]  # fmt: skip


def differences(actor: Actor, *, first: date, last: date) -> list[Difference]:
    """Each payment whose sums in the period are not the same on both sides, and lines about none of ours."""
    theirs, ours = _theirs(actor, Q(on__range=(first, last))), _ours(actor, _cash(actor, first, last))
    unequal = {key for key in {*theirs, *ours} if theirs.get(key, 0) != ours.get(key, 0)}
    ids = {pk for pk, _ in unequal if pk}
    payments = Payment._base_manager.in_bulk(ids)
    ever = Posting.objects.visible_to(actor).filter(receipt__payment_id__in=ids)
    all_theirs, all_ours = _theirs(actor, Q(payment_id__in=ids)), _ours(actor, _moving_cash(ever))
    listed, found = _listed_last(actor), []
    for pk, currency in sorted(unequal, key=str):
        if pk is None:
            continue
        there, here = theirs.get((pk, currency), 0), ours.get((pk, currency), 0)
        same = all_theirs.get((pk, currency), 0) == all_ours.get((pk, currency), 0)
        reason = "another_day" if same else "not_here" if not here else "not_there" if not there else "other_amount"
        if reason in ("not_there", "other_amount") and _is_news(payments.get(pk), listed):
            reason = "not_listed_yet"
        found.append(Difference(reason, payments.get(pk), str(pk), Money(there, currency), Money(here, currency)))
    strangers = SettlementLine.objects.visible_to(actor).filter(on__range=(first, last), payment_id=None)
    found += [Difference("stranger", None, row.gateway_reference, row.amount, Money.zero(row.currency))
              for row in strangers.order_by("pk")[:500]]  # fmt: skip
    return found


def lines_of(actor: Actor, *, first: date, last: date, **narrow: str) -> QuerySet[SettlementLine]:
    """The provider's lines that a sum is made of."""
    rows = SettlementLine.objects.visible_to(actor).filter(on__range=(first, last), **narrow)
    return rows.order_by("-on", "-id")


def _listed_last(actor: Actor) -> dict[tuple[str, UUID], datetime]:
    """By gateway and payee, when its books were listed last."""
    rows = SettlementDay.objects.visible_to(actor).filter(listed_at__isnull=False).order_by()
    grouped = rows.values_list("gateway", "legal_entity").annotate(at=Max("listed_at"))
    return {(name, payee): at for name, payee, at in grouped}


def _is_news(payment: Payment | None, listed: Mapping[tuple[str, UUID], datetime]) -> bool:
    """Whether it moved here after its provider was asked last."""
    if payment is None:
        return False
    at = listed.get((payment.gateway, payment.legal_entity_id))
    return at is not None and payment.state_since > at


def _theirs(actor: Actor, which: Q) -> dict[tuple[UUID | None, str], int]:
    rows = SettlementLine.objects.visible_to(actor).filter(which).order_by()
    grouped = rows.values_list("payment_id", "currency").annotate(sum=Sum("amount_minor"))
    return {(pk, currency): int(minor) for pk, currency, minor in grouped}


def _ours(actor: Actor, cash: QuerySet[Posting]) -> dict[tuple[UUID | None, str], int]:
    rows = cash.annotate(gateway=_of_payment("gateway")).filter(gateway__in=_listing(actor))
    grouped = rows.values_list("receipt__payment_id", "currency").annotate(sum=_net())
    return {(pk, currency): int(minor) for pk, currency, minor in grouped}


def _cash(actor: Actor, first: date, last: date) -> QuerySet[Posting]:
    """What our books say came and went by payments of ours, by when it was posted (UTC)."""
    begin, end = (datetime.combine(day, time(), tzinfo=UTC) for day in (first, last + timedelta(days=1)))
    rows = Posting.objects.visible_to(actor).filter(occurred_at__gte=begin, occurred_at__lt=end)
    return _moving_cash(rows.filter(receipt__payment_id__isnull=False))


def _moving_cash(rows: QuerySet[Posting]) -> QuerySet[Posting]:
    return rows.filter(Q(source=LedgerAccount.CASH) | Q(target=LedgerAccount.CASH)).order_by()


def _net() -> Sum:
    came = Case(When(target=LedgerAccount.CASH, then=F("amount_minor")), default=-F("amount_minor"),
                output_field=BigIntegerField())  # fmt: skip
    return Sum(came)


def _of_payment(column: str) -> Subquery:
    return Subquery(Payment._base_manager.filter(pk=OuterRef("receipt__payment_id")).values(column)[:1])


def _listing(actor: Actor) -> list[str]:
    """The gateways whose books were ever listed: of the others there is nothing to hold ours against."""
    rows = SettlementDay.objects.visible_to(actor).filter(listed_at__isnull=False)
    return list(rows.order_by().values_list("gateway", flat=True).distinct())
