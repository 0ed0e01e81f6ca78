"""What is receivable at the end of any day: what is kept now, less what was posted since; never a guess, never a sum
over all invoices."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from eipp.kernel.actor import Actor
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.models import DueBalance, Invoice

RECEIVABLE = LedgerAccount.RECEIVABLE


def effect(ledger_account: str, *, where: Q | None = None) -> Case:
    """What a posting adds to what stands in a ledger account, in minor units; `where` narrows the postings."""
    narrow = where or Q()
    return Case(
        When(narrow & Q(target=ledger_account), then=F("amount_minor")),
        When(narrow & Q(source=ledger_account), then=-F("amount_minor")),
        default=0,
        output_field=BigIntegerField(),
    )


def posted_after(actor: Actor, on: date) -> QuerySet[Posting]:
    """What moved in the books since the end of a day, without an order."""
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor).filter(posting_date__gt=on).order_by()
    return rows


def receivable_by(
    actor: Actor, on: date, spans: Mapping[str, Q], *by: str, narrow: Q | None = None
) -> dict[tuple[Any, ...], dict[str, int]]:
    """Open amounts at the end of a day, in minor units, by the columns `by` and by named spans of `due_date`.

    spans: a name -> a condition on `due_date`; narrow: a condition on account and currency. Two queries.
    """
    kept = DueBalance.objects.visible_to(actor).filter(narrow or Q()).order_by().values(*by)
    kept = kept.annotate(**{name: _sum(span, F("open_minor")) for name, span in spans.items()})
    since = posted_after(actor, on).filter(Q(source=RECEIVABLE) | Q(target=RECEIVABLE)).filter(narrow or Q())
    since = since.values(*by).annotate(
        **{name: Sum(effect(RECEIVABLE, where=_of_invoice(span))) for name, span in spans.items()}
    )
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for rows, sign in ((kept, 1), (since, -1)):
        for row in rows:
            sums = found.setdefault(tuple(row[name] for name in by), dict.fromkeys(spans, 0))
            for name in spans:
                sums[name] += sign * int(row[name] or 0)
    return found


def open_invoices(actor: Actor, on: date) -> QuerySet[Invoice]:
    """The invoices that were open at the end of a day, each with `open_then`, in minor units."""
    later = Posting.objects.filter(Q(source=RECEIVABLE) | Q(target=RECEIVABLE), posting_date__gt=on)
    later = later.filter(invoice=OuterRef("pk")).order_by()
    moved = later.values("invoice").annotate(sum=Sum(effect(RECEIVABLE))).values("sum")
    rows = Invoice.objects.visible_to(actor).filter(Q(open_minor__gt=0) | Exists(later))
    rows = rows.annotate(open_then=F("open_minor") - Coalesce(Subquery(moved), 0, output_field=BigIntegerField()))
    found: QuerySet[Invoice] = rows.filter(open_then__gt=0)
    return found


def _sum(span: Q, value: Any) -> Sum:
    return Sum(Case(When(span, then=value), default=0, output_field=BigIntegerField()))


def _of_invoice(span: Q) -> Q:
    """The same condition, reached from a posting."""
    parts: list[Any] = list(span.children)
    return Q(*[_of_invoice(part) if isinstance(part, Q) else (f"invoice__{part[0]}", part[1]) for part in parts])
