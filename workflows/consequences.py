"""Consequences: what else has to happen in the same transaction. One table from an event's name to functions.

Not here: what a move does itself (a dispute's credit note is posted in `dispute.py`), and what may come later
(narration, notifications, mail are relays).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from eipp.gateways import failures
from eipp.kernel import events as kernel
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from workflows import (
    approval,
    chargeback,
    deposit,
    finance_charge,
    finance_charge_waiver,
    handing_over,
    plan_charging,
    saved_method,
)
from workflows.credit_request import CreditRequest
from workflows.dispute import Dispute
from workflows.dispute_rule import discount_waits
from workflows.machine import move_all
from workflows.presentment import SHOWN, Presentment
from workflows.refund import Refund
from workflows.saved_method import SavedMethod

PLATFORM = Actor.system("consequences")


def follow(events: list[Event]) -> None:
    """EVENT_EFFECTS: run the consequences of these events, each kind once for all of them."""
    by_name: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.name in CONSEQUENCES:
            by_name[event.name].append(event)
    for name, same in by_name.items():
        for consequence in CONSEQUENCES[name]:
            consequence(same)


def begin_approval(events: Sequence[Event]) -> None:
    """A presented invoice goes through the buyer's rules, of a corrected one the old approval lapsing first; one of
    which nothing is open is closed at once."""
    invoices = _just_posted(events)
    corrected = [invoice for invoice in invoices if invoice.version > 1]
    _ask_for_approval(invoices, approval.active_runs(corrected) if corrected else {}, _moment(events))
    if changed := [invoice for invoice in invoices if invoice.version > 1 or not invoice.open_minor]:
        _follow_the_ledger(changed, _moment(events))


def ask_for_approval(events: Sequence[Event]) -> None:
    """An invoice that is open again goes through the buyer's rules, unless it has been."""
    invoices = _invoices(events)
    _ask_for_approval(invoices, approval.active_runs(invoices), _moment(events))


def ask_again(events: Sequence[Event]) -> None:
    """After a rejection the buyer wants to look at the invoice once more."""
    approval.request(_invoices(events), now=_moment(events))


def ask_for_what_is_open(events: Sequence[Event]) -> None:
    """A buyer has a new rule: what is open and came before it goes through the rules as well, or nobody could pay."""
    buyers = {event.buyer_id for event in events if event.buyer_id}
    asked = approval.ApprovalRun.objects.filter(invoice=OuterRef("pk"), state__in=approval.ACTIVE)
    waiting = Invoice.objects.filter(~Exists(asked), buyer__in=buyers, open_minor__gt=0)
    approval.request(list(waiting.order_by("pk")), now=_moment(events))


def use_deposits(events: Sequence[Event]) -> None:
    """An invoice that names an order for which money came before is paid by that, where there is no doubt."""
    deposit.use_what_is_certain(PLATFORM, _just_posted(events), now=_moment(events))


def hand_over(events: Sequence[Event]) -> None:
    """An account has its first buyer: what was posted before is theirs, and goes through no rule, for there is none."""
    handing_over.to_the_buyer(event.subject_id for event in events)


def follow_the_ledger(events: Sequence[Event]) -> None:
    """An invoice of which nothing is open is closed (not one being withdrawn); one that is open again is reopened."""
    _follow_the_ledger(_invoices(events), _moment(events))


def cover_what_is_to_be_paid(events: Sequence[Event]) -> None:
    """A dispute has ended and some of it is to be paid after all: an approval that left it out is asked for anew."""
    for invoice in Invoice.objects.filter(disputes__in={event.subject_id for event in events}).distinct():
        run = approval.active_run(invoice)
        to_be_paid = invoice.payable_minor - invoice.credited_minor - invoice.disputed_minor
        if run and run.covered_minor < to_be_paid and run.approvers():
            approval.begin_again(invoice, because="dispute_ended", now=_moment(events))


def wait_with_the_discount(events: Sequence[Event]) -> None:
    """A dispute was accepted in part: for the rest, the early-payment discount's deadline has waited as long as it."""
    for row in Dispute.objects.filter(pk__in={event.subject_id for event in events}, invoice__isnull=False):
        if row.accepted and row.invoice and row.amount > row.accepted and discount_waits(row):
            days = (_moment(events) - row.opened_at).days
            posting.extend_discount(PLATFORM, row.invoice, row.amount - row.accepted, days=days)


def drop_what_was_not_granted(events: Sequence[Event]) -> None:
    """A refund that no second person lets go, or for which nobody is asked any more, is off."""
    asked = [event for event in events if event.actor_side != "system"]
    ids = {pk for rows in kernel.subjects(asked).values() for kind, pk in rows if kind == "refund"}
    move_all(Refund.objects.filter(pk__in=ids, state="requested"), PLATFORM, "cancel", now=_moment(events))


def take_up_again(events: Sequence[Event]) -> None:
    """What was to be credited is not: the dispute that it answered waits for the supplier again."""
    requests = CreditRequest.objects.filter(pk__in={event.subject_id for event in events})
    disputes = Dispute.objects.filter(credit_requests__in=requests, state="accepted")
    move_all(disputes, PLATFORM, "reopen", now=_moment(events))


def ask_for_approval_of_charges(events: Sequence[Event]) -> None:
    """A late fee goes through the buyer's rules like an invoice."""
    subjects = {event.subject_id for event in events}
    approval.request([row for row in _just_posted(events) if row.pk in subjects], now=_moment(events))


def charge_what_waited(events: Sequence[Event]) -> None:
    """A dispute was unfounded: late fees stand as though they had never waited for it."""
    for dispute in Dispute.objects.filter(pk__in={event.subject_id for event in events}).select_related("supplier"):
        finance_charge.make_up(dispute, now=_moment(events))


def take_back_what_was_made_up(events: Sequence[Event]) -> None:
    """A dispute that had been declined was accepted after all."""
    for event in events:
        finance_charge_waiver.take_back(event.subject_id, now=event.occurred_at)


def stop_the_method(events: Sequence[Event]) -> None:
    """What the bank will not let be charged again is not tried again: its owner hears why."""
    for event in events:
        reason = str(event.data.get("failure") or "")
        if reason and failures.failure(reason).stops_method:
            for row in SavedMethod.objects.filter(payments=event.subject_id):
                saved_method.stop(PLATFORM, row, reason=reason, now=_moment(events))


def end_waiting_approvals(events: Sequence[Event]) -> None:
    """Of an invoice with nothing open there is nothing to approve."""
    ids = [invoice.pk for invoice in _invoices(events)]
    waiting = approval.ApprovalRun.objects.filter(invoice__in=ids, state="waiting").select_related("invoice")
    move_all(waiting, PLATFORM, "lapse", because="closed", now=_moment(events))


def _ask_for_approval(invoices: Sequence[Invoice], runs: Mapping[UUID, approval.ApprovalRun], now: datetime) -> None:
    for invoice in invoices:
        if invoice.pk in runs and runs[invoice.pk].content_hash != invoice.content_hash:
            approval.begin_again(invoice, because="corrected", now=now)
    approval.request([invoice for invoice in invoices if invoice.pk not in runs], now=now)


def _follow_the_ledger(invoices: Sequence[Invoice], now: datetime) -> None:
    ids = [invoice.pk for invoice in invoices]
    rows = Presentment.objects.filter(invoice__in=ids, invoice__withdrawn_at=None).select_related("invoice")
    move_all(rows.filter(state__in=SHOWN, invoice__open_minor=0), PLATFORM, "close", now=now)
    move_all(rows.filter(state="closed", invoice__open_minor__gt=0), PLATFORM, "reopen", now=now)


def _moment(events: Sequence[Event]) -> datetime:
    """Consequences happen when their cause does, at whatever time it is told."""
    return events[0].occurred_at


def _just_posted(events: Sequence[Event]) -> list[Invoice]:
    """The invoices whose posting the events tell: the rows as they were written a moment ago in this transaction."""
    found = {row.pk: row for event in events for row in event.rows if isinstance(row, Invoice)}
    return [found[pk] for pk in sorted(found)]


def _invoices(events: Sequence[Event]) -> list[Invoice]:
    """The invoices that the events concern, as they are now."""
    concerned = kernel.subjects(events)
    ids: set[UUID] = {pk for rows in concerned.values() for kind, pk in rows if kind == "invoice"}
    return list(Invoice.objects.filter(pk__in=ids).order_by("pk")) if ids else []


CONSEQUENCES: dict[str, tuple[Callable[[Sequence[Event]], None], ...]] = {
    "invoice.presented": (
        begin_approval,
        use_deposits,
    ),
    "invoice.released": (
        begin_approval,
        use_deposits,
    ),
    "invoice.reopened": (ask_for_approval,),
    "invoice.closed": (end_waiting_approvals,),
    "invoice.withdrawn": (end_waiting_approvals,),
    "payment.failed": (stop_the_method, plan_charging.tell_what_was_missed),
    "payment.unplanned": (plan_charging.tell_what_was_missed,),
    "payment.returned": (stop_the_method,),
    "payment.charged_back": (stop_the_method, chargeback.open_for),
    "application.made": (follow_the_ledger,),
    "application.reversed": (follow_the_ledger,),
    "invoice.written_off": (follow_the_ledger,),
    "invoice.write_off_reversed": (follow_the_ledger,),
    "discount.granted": (follow_the_ledger,),
    "discount.reversed": (follow_the_ledger,),
    "approval.resubmitted": (ask_again,),
    "approval_rule.set": (ask_for_what_is_open,),
    "approval_rule.changed": (ask_for_what_is_open,),
    "customer_account.connected": (hand_over,),
    "payment.won_back": (chargeback.close_won,),
    "authority.declined": (drop_what_was_not_granted,),
    "authority.withdrawn": (drop_what_was_not_granted,),
    "credit_request.cancelled": (take_up_again,),
    "dispute.accepted": (take_back_what_was_made_up, cover_what_is_to_be_paid, wait_with_the_discount),
    "dispute.agreed": (take_back_what_was_made_up, cover_what_is_to_be_paid, wait_with_the_discount),
    "dispute.declined": (charge_what_waited, cover_what_is_to_be_paid),
    "dispute.withdrawn": (charge_what_waited, cover_what_is_to_be_paid),
    "finance_charge.posted": (ask_for_approval_of_charges,),
}
