"""Invoices with several due dates at the end of any day: each part stands by the day on which it falls due.

What had been settled by then counts against the earliest due date first, as everywhere (`ledger.instalment`).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from eipp.ledger.instalment import Instalment
from eipp.ledger.journal import LedgerAccount, Posting

_RECEIVABLE = LedgerAccount.RECEIVABLE
type_of_key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Due dates from `first` to `last`, both of it; None has no end on that side."""

    first: date | None = None
    last: date | None = None

    def where(self, column: str = "due_date") -> Q:
        """The condition on a column with one due date."""
        young = Q(**{f"{column}__gte": self.first}) if self.first else Q()
        return young & Q(**{f"{column}__lte": self.last}) if self.last else young

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(slots=True)
class Several:
    """One such invoice that moved since a day: what is open of it now, and what moved on which day; in minor units."""

    key: type_of_key
    plan: list[tuple[date, int]]
    open: int
    moves: dict[date, int] = field(default_factory=lambda: defaultdict(int))

    def open_at(self, on: date) -> int:
        """What was open of it at the end of a day."""
        return self.open - sum(moved for day, moved in self.moves.items() if day > on)

    def moved_since(self, on: date, span: Span) -> int:
        """By how much its parts that fall due in the span have changed since the end of a day."""
        return _within(self.plan, self.open, span) - _within(self.plan, self.open_at(on), span)


def moved_since(postings: QuerySet[Posting], *by: str) -> list[Several]:
    """The invoices with several due dates that these postings moved, keyed by the columns `by`: one query."""
    rows = postings.filter(Q(source=_RECEIVABLE) | Q(target=_RECEIVABLE), invoice__due_count__gt=1).order_by()
    found: dict[UUID, Several] = {}
    named = ("invoice_id", "invoice__due_plan", "invoice__open_minor", "posting_date", "target", "amount_minor")
    for row in rows.values(*named, *by):
        invoice = found.get(row["invoice_id"])
        if invoice is None:
            plan = [(date.fromisoformat(part["on"]), int(part["minor"])) for part in row["invoice__due_plan"]]
            invoice = Several(tuple(row[name] for name in by), plan, row["invoice__open_minor"])
            found[row["invoice_id"]] = invoice
        invoice.moves[row["posting_date"]] += row["amount_minor"] * (1 if row["target"] == _RECEIVABLE else -1)
    return list(found.values())


def parts_left(plan: list[tuple[date, int]], open_minor: int) -> Iterator[tuple[date, int]]:
    """What is open by due date, the latest first: what is settled was the earliest."""
    for place, (day, amount) in reversed(list(enumerate(plan))):
        part = open_minor if place == 0 else min(open_minor, amount)
        open_minor -= part
        yield day, part


def open_within(rows: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Invoices that have `open_then`, each with what of it falls due in the span, as far as anything does."""
    before = _planned(due_date__lt=span.first) if span.first else Value(0, BigIntegerField())
    up_to = _planned(due_date__lte=span.last) if span.last else F("payable_minor")
    rows = rows.annotate(_before=before, _up_to=up_to, _settled=F("payable_minor") - F("open_then"))
    begins = Case(When(_before__gt=0, then=Greatest("_before", "_settled")), default=F("_settled"))
    part = Case(
        When(span.where(), due_count=1, then=F("open_then")),
        When(due_count__gt=1, _up_to__gt=0, then=F("_up_to") - begins),
        default=0, output_field=BigIntegerField(),
    )  # fmt: skip
    return rows.annotate(open_then=part).filter(open_then__gt=0)


def due_then(plan: list[tuple[date, int]], open_minor: int, span: Span) -> date | None:
    """The earliest day in the span on which something was due."""
    return min((day for day, part in parts_left(plan, open_minor) if part and span.holds(day)), default=None)


def _within(plan: list[tuple[date, int]], open_minor: int, span: Span) -> int:
    return sum(part for day, part in parts_left(plan, open_minor) if span.holds(day))


def _planned(**due: Any) -> Coalesce:
    """What the plan has of an invoice on these days."""
    rows = Instalment.objects.filter(invoice=OuterRef("pk"), **due).order_by().values("invoice")
    return Coalesce(Subquery(rows.annotate(sum=Sum("amount_minor")).values("sum")), 0, output_field=BigIntegerField())
