"""Promises by month: how much of what was promised for its days came by them."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When

from eipp.kernel.actor import Actor
from workflows.models import Promise, PromiseShare

#: What the ledger has judged; a promise that was withdrawn, or whose day is still to come, says nothing.
JUDGED = ("kept", "part_kept", "broken")
_CAME = Case(When(state="kept", then=F("amount_minor")), default=F("came_minor"))


def kept_rates(
    actor: Actor, spans: Sequence[tuple[date, date]], *, currency: str, account: UUID | None = None
) -> list[Decimal | None]:
    """For each span of days, percent of the money promised for them that came; None where nothing was: one query."""
    rows = Promise.objects.visible_to(actor).filter(state__in=JUDGED, currency=currency)
    if account:
        rows = rows.filter(Exists(PromiseShare.objects.filter(promise=OuterRef("pk"), invoice__account=account)))
    sums = {}
    for number, span in enumerate(spans):
        within = Q(promised_on__range=span)
        sums[f"p{number}"] = Sum("amount_minor", filter=within, default=0)
        sums[f"c{number}"] = Sum(_CAME, filter=within, default=0)
    told = rows.order_by().aggregate(**sums)
    return [_percent(int(told[f"c{number}"]), int(told[f"p{number}"])) for number in range(len(spans))]


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None
