"""Autopay's runs: for each standing order and day at most one payment is planned, however often, late or in parallel.

In sets of orders, each set in one transaction with a constant number of statements. An order's row is locked and keeps
the last day it was run for; the payment's attempt is made of order and day, so that even without that there is one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import Membership, Organisation
from eipp.accounts.roles import rights_of_roles
from eipp.gateways.creditor_reference import normalised
from eipp.kernel import clock, events, numbering, rows
from eipp.kernel.money import total
from eipp.kernel.tenancy import EventScope
from eipp.ledger import posting
from workflows.autopay import PLATFORM, Autopay
from workflows.autopay_choice import Turn, cap, choose, net, release
from workflows.payment import Payment, PaymentShare
from workflows.planned import actor_who

BATCH = 500


def run(*, now: datetime | None = None) -> int:
    """Plan what is to be planned today; the number of payments. Stopped in the middle, it goes on where it stopped."""
    moment = now or clock.now()
    planned = 0
    for zone in Organisation.objects.filter(side="buyer").order_by().values_list("time_zone", flat=True).distinct():
        today = clock.today(zone, at=moment)
        after: UUID | None = None
        while found := run_some(zone, today, now=moment, after=after):
            planned += sum(found.values())
            after = max(found)
    return planned


def run_some(zone: str, today: date, *, now: datetime, after: UUID | None = None) -> dict[UUID, int]:
    """The next orders of a time zone that were not run for this day: by order, how many payments were planned.

    after: where the batch before ended, so that what it did is not passed over anew. What another worker has in hand
    is left to it, and comes again at the next run should that worker fall.
    """
    with database.atomic():
        waiting = Autopay.objects.filter(Q(looked_on=None) | Q(looked_on__lt=today), state="active",
                                         buyer__time_zone=zone)  # fmt: skip
        waiting = waiting.filter(pk__gt=after) if after else waiting
        skipping = connection.features.has_select_for_update_skip_locked
        waiting = waiting.select_for_update(of=("self",), skip_locked=skipping).order_by("pk")
        orders = list(waiting.select_related("buyer", "legal_entity", "saved_method", "account")[:BATCH])
        if not orders:
            return {}
        stopped = _stop_what_cannot_go_on(orders, today, now)
        turns = [_turn(order, today) for order in orders if order.pk not in stopped]
        planned = _plan([turn for turn in turns if turn.horizon], now)
        Autopay.objects.filter(pk__in=[order.pk for order in orders]).update(looked_on=today)
    return {order.pk: order.pk in planned for order in orders}


def stop_without_means(*, now: datetime | None = None) -> None:
    """An order whose card or account was stopped (a debit came back) or removed stops at once, and says why."""
    gone = Q(saved_method__stopped_at__isnull=False) | Q(saved_method__removed_at__isnull=False)
    for order in Autopay.objects.filter(gone, state="active").select_related("saved_method").order_by("pk")[:BATCH]:
        order.stop(PLATFORM, now=now, reason=order.saved_method.stop_reason or "plan_method_gone")


def _turn(order: Autopay, today: date) -> Turn:
    run_on = today + timedelta(days=order.notice_days)
    since = (order.looked_on or today - timedelta(days=1)) + timedelta(days=order.notice_days)
    return Turn(order, run_on, order.horizon(run_on, since=since))


def _stop_what_cannot_go_on(orders: Sequence[Autopay], today: date, now: datetime) -> set[UUID]:
    """Orders whose card, account or person may not pay any more: two queries."""
    members = Membership.objects.filter(
        person__in={order.set_by for order in orders}, organisation__in={order.buyer_id for order in orders},
        ended_at=None, person__is_active=True,
    ).values_list("person_id", "organisation_id", "roles", "all_accounts")  # fmt: skip
    whole = {(person, buyer) for person, buyer, roles, everywhere in members
             if everywhere and "payment.make" in rights_of_roles(roles, side="buyer")}  # fmt: skip
    stopped = set()
    for order in orders:
        reason = _reason(order, (order.set_by, order.buyer_id) in whole, today)
        if reason:
            order.stop(PLATFORM, now=now, reason=reason)
            stopped.add(order.pk)
    return stopped


def _reason(order: Autopay, is_whole: bool, today: date) -> str:
    saved = order.saved_method
    if saved.standing(today) != "usable":
        return saved.stop_reason or "plan_method_gone"
    if is_whole and saved.for_everyone:
        return ""
    actor = actor_who(order.set_by, order.buyer_id)
    if not actor.may("payment.make"):
        return "plan_payer_gone"
    return "" if saved.usable(actor, on=today) else "plan_method_gone"


def _plan(turns: Sequence[Turn], now: datetime) -> set[UUID]:
    """Choose the invoices, use the accounts' credit for them, and plan the rest: the orders that plan a payment."""
    buyers = {turn.order.buyer_id for turn in turns}  # of whom there is an index
    made = set(Payment.objects.filter(buyer__in=buyers)
               .filter(attempt__in=[turn.order.attempt_of(turn.run_on) for turn in turns])
               .values_list("attempt", flat=True))  # fmt: skip
    turns = [turn for turn in turns if turn.order.attempt_of(turn.run_on) not in made]
    if not turns:
        return set()
    choose(turns)
    turns = [turn for turn in turns if turn.shares]
    if not turns:
        return set()
    release(turns)
    net(turns, now)
    cap(turns)
    _write([turn for turn in turns if turn.shares], now)
    return {turn.order.pk for turn in turns if turn.shares}


def _write(turns: Sequence[Turn], now: datetime) -> None:
    """The payments with their shares, holds and events: each kind in one statement."""
    numbers = _numbers(turns)
    payments, shares, drafts, holds = [], [], [], []
    for turn in turns:
        order, amount = turn.order, total((amount for _, amount in turn.shares), turn.order.currency)
        number = next(numbers[order.supplier_id])
        payment = Payment(
            state="planned", state_since=now, supplier_id=order.supplier_id, buyer_id=order.buyer_id,
            legal_entity_id=order.legal_entity_id, number=number, currency=order.currency, amount_minor=amount.minor,
            gateway=order.saved_method.gateway, method=order.saved_method.kind, saved_method=order.saved_method,
            attempt=order.attempt_of(turn.run_on), reference=normalised(number), entered_by=order.set_by,
            planned_for=turn.run_on, submitted_at=now, autopay=order,
        )  # fmt: skip
        payments.append(payment)
        shares += [PaymentShare(payment=payment, invoice=invoice, currency=order.currency, amount_minor=share.minor)
                   for invoice, share in turn.shares]  # fmt: skip
        holds.append((("payment", payment.pk), turn.shares))
        drafts.append(_draft(payment, turn, now))
    rows.insert(payments)
    rows.insert(shares)
    posting.place_all_holds(PLATFORM, "planned", holds, now=now)
    events.record_all(drafts, PLATFORM, now=now)


def _draft(payment: Payment, turn: Turn, now: datetime) -> events.Draft:
    accounts = {invoice.account_id for invoice, _ in turn.shares}
    data = {"number": payment.number, "amount": payment.amount.text, "currency": payment.currency,
            "invoices": len(turn.shares), "planned_for": turn.run_on.isoformat(),
            "autopay": turn.order.number}  # fmt: skip
    return events.Draft(
        "payment.planned_by_autopay", payment, concerns=[invoice for invoice, _ in turn.shares], after="planned",
        data=data, occurred_at=now,
        scope=EventScope(payment.supplier_id, payment.buyer_id, accounts.pop() if len(accounts) == 1 else None),
    )  # fmt: skip


def _numbers(turns: Sequence[Turn]) -> dict[UUID, Iterator[str]]:
    counted: dict[UUID, int] = defaultdict(int)
    for turn in turns:
        counted[turn.order.supplier_id] += 1
    return {
        supplier: iter([f"P-{number:06d}" for number in numbering.take(f"payment:{supplier}", count=count)])
        for supplier, count in sorted(counted.items())
    }
