"""What waits for the jobs of this floor."""

from collections.abc import Iterator

from django.db.models import Count, Min

from eipp.kernel.gauges import Backlog
from workflows.payment import Payment
from workflows.presentment import Presentment
from workflows.verification import last


def backlog() -> Iterator[Backlog]:
    """Documents without a verdict, payments whose outcome is not known, differences that the last night has found."""
    unjudged = Presentment.objects.filter(judged_at=None).aggregate(rows=Count("pk"), oldest=Min("received_at"))
    yield Backlog("documents to judge", **unjudged)
    yield Backlog("payments of unknown outcome", Payment.objects.filter(state="unknown").count())
    checked = last()
    found = checked.found if checked else 0
    yield Backlog("differences in the books", found, checked.started_at if checked and found else None)
