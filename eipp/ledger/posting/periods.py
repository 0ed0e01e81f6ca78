"""Closing a period, and the supplier's other terms: what holds for all that is posted later."""

from datetime import date, datetime, timedelta

from django.db import transaction

from eipp.accounts.models import CustomerAccount, Organisation
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.closed_period import ClosedPeriod
from eipp.ledger.discount_rule import DiscountRule


@transaction.atomic
def close_period(actor: Actor, supplier: Organisation, through: date, *, now: datetime | None = None) -> ClosedPeriod:
    """Close the supplier's books up to the last day of a month. Event: `period.closed`.

    What is corrected later is posted in the open period. Refused: 403 without the right; 422 `not_a_months_end`,
    `period_not_over`; 409 `period_closed` where it is closed that far already.
    """
    require(actor, "period.close")
    require_whole(actor)
    row = Organisation.objects.visible_to(actor).select_for_update().get(pk=supplier.pk)
    moment = now or clock.now()
    if (through + timedelta(days=1)).day != 1:
        sentence = f"A month is closed as a whole: give its last day, not {through}."
        raise Refusal("not_a_months_end", sentence, status=422, field="through")
    if through >= clock.today(row.time_zone, at=moment):
        sentence = f"{through} is not over yet: a month can be closed from the first day of the next one on."
        raise Refusal("period_not_over", sentence, status=422, field="through")
    if row.closed_through and through <= row.closed_through:
        raise Refusal("period_closed", f"The books are closed up to {row.closed_through} already.", field="through")
    row.closed_through = supplier.closed_through = through
    row.save(update_fields=["closed_through"])
    closed = ClosedPeriod.objects.create(supplier=row, through=through, closed_at=moment, closed_by=actor.id)
    events.record("period.closed", closed, actor, data={"day": through.isoformat()}, occurred_at=moment)
    return closed


def refuse_closed(account: CustomerAccount, day: date, what: str) -> None:
    """Raise Refusal (409, `period_closed`) for what would stand in a closed period of the account's supplier."""
    closed = account.supplier.closed_through
    if closed and day <= closed:
        sentence = f"{what} is of {day}, but the books are closed up to {closed}. Date it in the open period."
        raise Refusal("period_closed", sentence, field="issue_date")


@transaction.atomic
def set_discount_rule(
    actor: Actor, supplier: Organisation, *, counts: str, zone: str, in_part: bool, waits_for_disputes: bool
) -> DiscountRule:
    """How early-payment discounts are earned on invoices that are posted from now on. Event: `discount_rule.set`.

    Refused: 403 without the right; 422 `unknown_word`.
    """
    require(actor, "account.administer")
    require_whole(actor)
    for word, known, field in ((counts, DiscountRule.Counts, "counts"), (zone, DiscountRule.Zone, "zone")):
        if word not in known.values:
            raise Refusal("unknown_word", f"Choose one of: {', '.join(known.values)}.", status=422, field=field)
    facts = {"counts": counts, "zone": zone, "in_part": in_part, "waits_for_disputes": waits_for_disputes}
    rule, _ = DiscountRule.objects.update_or_create(supplier=supplier, defaults=facts)
    events.record("discount_rule.set", rule, actor, data=facts)
    return rule
