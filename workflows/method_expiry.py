"""Method expiry: a saved card that is about to end, or has ended, is told in time, so that no charge fails for it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import Organisation
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from workflows.saved_method import SavedMethod

PLATFORM = Actor.system("saved methods")
AHEAD = timedelta(days=30)
BEHIND = timedelta(days=90)  # an older one is not needed any more, or it would have been renewed
BATCH = 200


def ending(rows: Any, today: date) -> Any:
    """Of these, the ones that end within a month or ended lately, those that end first in front."""
    near = rows.kept().filter(kind="card", stopped_at=None, expires_on__range=(today - BEHIND, today + AHEAD))
    return near.select_related("legal_entity", "buyer").order_by("expires_on", "pk")


def to_be_told(now: datetime) -> list[UUID]:
    """The cards of which their owner has not heard yet that they end, or have ended, by the owner's calendar."""
    found = Q(pk__in=())
    for zone in Organisation.objects.filter(side="buyer").order_by().values_list("time_zone", flat=True).distinct():
        today = clock.today(zone, at=now)
        ends = Q(expires_on__range=(today, today + AHEAD), end_told="")
        over = Q(expires_on__range=(today - BEHIND, today - timedelta(days=1))) & ~Q(end_told="expired")
        found |= Q(buyer__time_zone=zone) & (ends | over)
    rows = SavedMethod.objects.kept().filter(found, kind="card", stopped_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


@database.atomic
def tell(row_id: UUID, *, now: datetime | None = None) -> None:
    """Say it once. Events: `saved_method.expiring`, `saved_method.expired`."""
    moment = now or clock.now()
    row = SavedMethod.objects.select_for_update(of=("self",)).select_related("legal_entity", "buyer").get(pk=row_id)
    assert row.expires_on  # only cards that end are told of
    over = row.expires_on < clock.today(row.buyer.time_zone, at=moment)
    if row.end_told == ("expired" if over else "expiring"):
        return
    row.end_told = "expired" if over else "expiring"
    row.save(update_fields=["end_told"])
    told = row.told() | {"ends_on": row.expires_on.isoformat()}
    if over:
        events.record("saved_method.expired", row, PLATFORM, data=told, occurred_at=moment)
    else:
        events.record("saved_method.expiring", row, PLATFORM, data=told, occurred_at=moment)
