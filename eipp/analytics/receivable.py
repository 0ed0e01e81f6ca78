"""What is receivable at the end of any day: what is kept now, less what was posted since; never a guess, never a sum
over all invoices."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from eipp.analytics.several_dues import Span, moved_since
from eipp.kernel.actor import Actor
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.models import CashReceipt, CreditNote, DueBalance, Invoice

RECEIVABLE = LedgerAccount.RECEIVABLE
#: Postings whose invoice, if they have one, falls due on one day alone.
ONE_DUE_DATE = Q(invoice=None) | Q(invoice__due_count=1)


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
    actor: Actor, on: date, spans: Mapping[str, Span], *by: str, narrow: Q | None = None
) -> dict[tuple[Any, ...], dict[str, int]]:
    """Open amounts at the end of a day, in minor units, by the columns `by` and by named spans of `due_date`.

    narrow: a condition on account and currency. Three queries.
    """
    kept = DueBalance.objects.visible_to(actor).filter(narrow or Q()).order_by().values(*by)
    kept = kept.annotate(**{name: _sum(span.where(), F("open_minor")) for name, span in spans.items()})
    after = posted_after(actor, on).filter(Q(source=RECEIVABLE) | Q(target=RECEIVABLE)).filter(narrow or Q())
    since = (
        after.filter(ONE_DUE_DATE)
        .values(*by)
        .annotate(
            **{name: Sum(effect(RECEIVABLE, where=span.where("invoice__due_date"))) for name, span in spans.items()}
        )
    )
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for rows, sign in ((kept, 1), (since, -1)):
        for row in rows:
            sums = found.setdefault(tuple(row[name] for name in by), dict.fromkeys(spans, 0))
            for name in spans:
                sums[name] += sign * int(row[name] or 0)
    for several in moved_since(after, *by):
        sums = found.setdefault(several.key, dict.fromkeys(spans, 0))
        for name, span in spans.items():
            sums[name] -= several.moved_since(on, span)
    return found


#: What can be open -> its model, where it stands in the books, what keeps what is left of it, its name in a posting.
OPEN: dict[str, tuple[Any, str, str, str]] = {
    "invoice": (Invoice, RECEIVABLE, "open_minor", "invoice"),
    "credit_note": (CreditNote, LedgerAccount.CREDIT_NOTES, "open_minor", "credit_note"),
    "cash_receipt": (CashReceipt, LedgerAccount.UNAPPLIED, "unapplied_minor", "receipt"),
}


def open_documents(actor: Actor, kind: str, on: date) -> QuerySet[Any]:
    """The documents of a kind in `OPEN` of which something was left at the end of a day, each with `open_then`, in
    minor units: open of an invoice, not used yet of a credit note or of cash; `whole_then` stays the same when
    `open_then` is narrowed to a part."""
    model, place, column, name = OPEN[kind]
    sign = 1 if kind == "invoice" else -1
    later = Posting.objects.filter(Q(source=place) | Q(target=place), posting_date__gt=on)
    later = later.filter(**{name: OuterRef("pk")}).order_by()
    moved = Subquery(later.values(name).annotate(sum=Sum(effect(place))).values("sum"), output_field=BigIntegerField())
    rows = model.objects.visible_to(actor).filter(Q(**{f"{column}__gt": 0}) | Exists(later))
    rows = rows.annotate(open_then=F(column) - Coalesce(moved, 0) * sign, whole_then=F("open_then"))
    found: QuerySet[Any] = rows.filter(open_then__gt=0)
    return found


def _sum(span: Q, value: Any) -> Sum:
    return Sum(Case(When(span, then=value), default=0, output_field=BigIntegerField()))
