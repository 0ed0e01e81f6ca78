"""Planning: making an instalment plan, agreeing to it within one's authority, and judging the plans by the ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction as database

from eipp.accounts.roles import require
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from workflows import authority
from workflows.authority import AuthorityRequest
from workflows.expected import Shares, locked_shares, moved
from workflows.plan import LIVE, RIGHT, Plan
from workflows.plan_parts import PlanShare, write_parts

PLATFORM = Actor.system("plans")
FARTHEST = 366 * 5  # days ahead


def propose(
    actor: Actor,
    shares: Shares,
    parts: Sequence[tuple[date, Money]],
    *,
    comment: str = "",
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> Plan:
    """Either side proposes to pay these amounts of open invoices of one payee in these parts. What the supplier's
    person may not propose alone waits, as a draft, for a second person. Events: `plan.drafted`, then `plan.proposed`
    or `authority.asked`.

    Refusals: 403; 422 `wrong_days`, `other_sum`, `invalid_amount`; and those of `expected.locked_shares`.
    """
    require(actor, RIGHT)
    moment = now or clock.now()
    with database.atomic():
        if attempt and (before := Plan.objects.filter(attempt=attempt, shares__invoice=shares[0][0]).first()):
            return before
        found = locked_shares(shares, taken=PlanShare.objects.filter(plan__state__in=LIVE), word="in a plan")
        first = found[0][0]
        assert first.buyer_id  # locked_shares takes no invoice without a buyer
        today = clock.today(first.supplier.time_zone, at=moment)
        if any(not 0 <= (day - today).days <= FARTHEST for day, _ in parts):
            raise Refusal("wrong_days", "An instalment is paid today or later, within five years.", status=422,
                          field="instalments")  # fmt: skip
        (number,) = numbering.take(f"plan:{first.supplier_id}")
        plan = Plan.objects.create(
            state="drafted", state_since=moment, supplier_id=first.supplier_id, buyer_id=first.buyer_id,
            legal_entity_id=first.legal_entity_id, number=f"IP-{number:05d}", currency=first.currency,
            amount_minor=total((amount for _, amount in found), first.currency).minor, made_at=moment,
            comment=comment.strip()[:1000], proposed_side=actor.side, proposed_by=actor.id, attempt=attempt,
        )  # fmt: skip
        PlanShare.objects.bulk_create(
            [PlanShare(plan=plan, invoice=invoice, currency=plan.currency, amount_minor=amount.minor,
                       paid_before_minor=invoice.paid_minor) for invoice, amount in found]
        )  # fmt: skip
        write_parts(plan, 1, parts)
        events.record("plan.drafted", plan, actor, concerns=plan.concerns(), after="drafted", data=plan.told(),
                      internal=actor.side == "supplier", occurred_at=moment)  # fmt: skip
        if actor.side == "buyer" or not authority.require(
            actor, "plan", plan.amount, about=plan, deed="plan.propose", reason=plan.comment, now=moment
        ):
            plan.put_forward(actor, now=moment)
    return plan


@database.atomic
def agree(actor: Actor, plan: Plan, *, now: datetime | None = None) -> AuthorityRequest | None:
    """Agree to the other side's plan: done (None), or waiting for a second person of the supplier's."""
    moment = now or clock.now()
    if refusal := plan.refusal(actor, "agree"):
        raise refusal
    if actor.side == "supplier":
        asked = authority.require(actor, "plan", plan.amount, about=plan, deed="plan.agree", now=moment)
        if asked:
            return asked
    plan.agree(actor, now=moment)
    return None


def evenly(amount: Money, days: Sequence[date]) -> list[tuple[date, Money]]:
    """The amount in equal parts on these days, to the cent: the first ones take what does not divide."""
    return list(zip(days, amount.split([1] * len(days)), strict=True))


def next_shares(plan: Plan, today: date) -> Shares:
    """What is to be paid now by the plan: the instalments due, or the next one, on the invoices due first."""
    found = plan.outcome()
    paid = plan.amount - found.missing
    ahead = [part for part in plan.parts() if plan.due_by(part.due_on) > paid]
    if not ahead:
        return []
    return spread(plan, max(plan.due_by(today), plan.due_by(ahead[0].due_on)) - paid)


def spread(plan: Plan, wanted: Money) -> Shares:
    """So much of a plan, as far as it is free, on the invoices due first."""
    shares = []
    for share in plan.shares.select_related("invoice").order_by("invoice__due_date", "invoice_id"):
        left = min(share.amount - share.came, share.invoice.free, wanted)
        if left.minor > 0:
            shares.append((share.invoice, left))
            wanted -= left
    return shares


def judge_all(*, now: datetime | None = None) -> None:
    """Plans of which all was paid are kept; those of which an instalment stayed out, grace included, are broken."""
    moment = now or clock.now()
    rows = Plan.objects.filter(state="agreed")
    done = moved(PlanShare.objects.filter(plan__state="agreed"), "plan")
    latest = clock.today("Etc/GMT-14", at=moment)
    late = rows.filter(instalments__due_on__lt=latest).order_by("pk").values_list("pk", flat=True)
    for plan_id in dict.fromkeys([*done, *late]):
        _judge(plan_id, moment)


@database.atomic
def _judge(plan_id: UUID, now: datetime) -> None:
    plan = Plan.objects.select_related("supplier").get(pk=plan_id)
    posting.lock_accounts(plan.account_ids())
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update())
    if plan.state != "agreed":
        return
    if plan.outcome().is_whole:
        plan.keep(PLATFORM, now=now)
    elif plan.is_behind(clock.today(plan.supplier.time_zone, at=now)):
        plan.break_plan(PLATFORM, now=now)
