"""Plan charging: each instalment of an agreed plan is planned for its day, to be charged to what the payer has chosen.

It becomes a planned payment the day before, so that it gives way to disputes and credit like any other, both sides see
it, and the payer can still cancel it. What cannot be charged is told to both, and the plan stands until its grace ends.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction as database
from django.db.models import F, Q

from eipp.accounts.models import Organisation
from eipp.kernel import clock
from eipp.kernel.events import Event
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from workflows import intent
from workflows.expected import Shares
from workflows.plan import Plan
from workflows.plan_parts import PlanInstalment
from workflows.planned import actor_who
from workflows.planning import PLATFORM, spread

BATCH = 200


def to_be_charged(now: datetime) -> list[UUID]:
    """The instalments of tomorrow, or of before, by the payer's calendar, not tried yet with what is chosen."""
    come = Q(pk__in=())
    for zone in Organisation.objects.filter(side="buyer").order_by().values_list("time_zone", flat=True).distinct():
        tomorrow = clock.today(zone, at=now) + timedelta(days=1)
        come |= Q(plan__buyer__time_zone=zone, due_on__lte=tomorrow)
    rows = PlanInstalment.objects.filter(come, plan__state="agreed", plan__saved_method__isnull=False,
                                         version=F("plan__version"), tried_with=None)  # fmt: skip
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:BATCH])


@database.atomic
def charge(part_id: UUID, *, now: datetime | None = None) -> None:
    """Plan what of an instalment is to be paid yet, for its day or the first possible; tried once, whoever tries."""
    moment = now or clock.now()
    part = PlanInstalment.objects.get(pk=part_id)
    plan = Plan.objects.get(pk=part.plan_id)
    posting.lock_accounts(plan.account_ids())
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update())
    part.refresh_from_db()
    if plan.state != "agreed" or plan.saved_method is None or part.tried_with or part.version != plan.version:
        return
    part.tried_with = plan.saved_method_id
    shares = _due(plan, part)
    if shares:
        day = max(part.due_on, clock.today(plan.buyer.time_zone, at=moment) + timedelta(days=1))
        try:
            with database.atomic():
                part.payment = intent.enter(
                    actor_who(plan.charged_by, plan.buyer_id), shares, saved=plan.saved_method, planned_for=day,
                    attempt=uuid4(), now=moment,
                )  # fmt: skip
        except Refusal as refusal:
            plan.miss(PLATFORM, now=moment, failure=refusal.code, part=part)
    part.save(update_fields=["tried_with", "payment"])


def tell_what_was_missed(events: Sequence[Event]) -> None:
    """A charge that failed, or that was given up before its day, is told of the plan whose instalment it was."""
    rows = PlanInstalment.objects.filter(payment__in=[event.subject_id for event in events], plan__state="agreed")
    parts = {row.payment_id: row for row in rows.select_related("plan")}
    for event in events:
        if part := parts.get(event.subject_id):
            failure = str(event.data.get("failure") or event.data.get("because") or "")
            part.plan.miss(PLATFORM, now=event.occurred_at, failure=failure, part=part)


def _due(plan: Plan, part: PlanInstalment) -> Shares:
    """What had to come by that day, less what came, is on the way, or is planned for instalments before."""
    waiting = PlanInstalment.objects.filter(plan=plan, payment__state="planned").select_related("payment")
    planned = {row.payment_id: row.payment.amount - row.payment.surcharge for row in waiting if row.payment}
    ahead = plan.amount - plan.outcome().missing + total(planned.values(), plan.currency)
    wanted: Money = plan.due_by(part.due_on) - ahead
    return spread(plan, wanted) if wanted.minor > 0 else []
