"""Planned payments: held as planned until their day, judged again when it has come, and only then submitted.

Planned money gives way (`posting.planned`): what is disputed, credited, paid otherwise or corrected meanwhile lowers
the plan's holds at once, and both are told a moment later; of what is left, nothing is paid that is not approved.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction as database
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from eipp.accounts.api_key import actor_of_key
from eipp.accounts.membership import actor_for
from eipp.accounts.models import Organisation, Person
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Hold, Invoice
from workflows.payment import Payment, PaymentShare
from workflows.release import own_method_refusal, release_refusal

PLATFORM = Actor.system("planned payments")
FARTHEST = 366  # days ahead that a payment can be planned for
BATCH = 200
UNCHARGED = timedelta(seconds=20)  # sooner than the janitor would take it for one that never reached the provider

Shares = list[tuple[Invoice, Money]]


def check_day(buyer: Organisation, day: date, *, now: datetime) -> None:
    """A payment is planned for a day to come, by the buyer's calendar. Refusal (422) otherwise."""
    today = clock.today(buyer.time_zone, at=now)
    if not 0 < (day - today).days <= FARTHEST:
        sentence = f"Choose a day between tomorrow and {FARTHEST} days from now."
        raise Refusal("wrong_day", sentence, status=422, field="planned_for")


def replan(actor: Actor, payment: Payment, day: date, *, now: datetime | None = None) -> Payment:
    """Another day for a planned payment. Refusals: `wrong_day` (422), `not_your_role` (403), `not_now` (409)."""
    moment = now or clock.now()
    check_day(payment.buyer, day, now=moment)
    payment.replan(actor, now=moment, planned_for=day)
    return payment


def to_be_submitted(now: datetime) -> Iterator[UUID]:
    """The planned payments whose day has come where their payer is, the earliest days first; read batch by batch, so
    that one which cannot be submitted keeps nobody waiting."""
    zones = Organisation.objects.filter(side="buyer").values_list("time_zone", flat=True).distinct().order_by()
    come = Q(pk__in=())
    for zone in zones:
        come |= Q(buyer__time_zone=zone, planned_for__lte=clock.today(zone, at=now))
    rows = Payment.objects.filter(come, state="planned").order_by("planned_for", "pk").values_list("planned_for", "pk")
    found = list(rows[:BATCH])
    while found:
        yield from (pk for _, pk in found)
        day, last = found[-1]
        assert day  # what is planned has a day
        found = list(rows.filter(planned_for__gte=day).exclude(planned_for=day, pk__lte=last)[:BATCH])


def submit(payment_id: UUID, *, now: datetime | None = None) -> Payment | None:
    """Submit a planned payment whose day has come, or what is left of it; None when nothing is, or it was done.

    The charge is the caller's, after the commit.
    """
    moment = now or clock.now()
    with database.atomic():
        payment = _locked(payment_id)
        day = clock.today(payment.buyer.time_zone, at=moment)
        if payment.state != "planned" or payment.planned_for is None or payment.planned_for > day:
            return None
        shares, because = _what_stands(payment, day)
        if not shares:
            payment.drop_plan(PLATFORM, now=moment, because=because)
            return None
        _lower(payment, shares, because, moment)
        posting.place_holds(PLATFORM, "pending", reason=("payment", payment.pk), shares=shares, now=moment)
        payment.submit(PLATFORM, now=moment)
    return payment


def left_uncharged(now: datetime) -> list[UUID]:
    """What was submitted on its day, and of which the provider was perhaps never told, because the worker fell."""
    rows = Payment.objects.filter(state="submitted", saved_method__isnull=False, planned_for__isnull=False,
                                  looked_at=None, checkout_url="", submitted_at__lt=now - UNCHARGED)  # fmt: skip
    return list(rows.order_by("submitted_at").values_list("pk", flat=True)[:BATCH])


def review(*, now: datetime | None = None) -> None:
    """Tell of plans of which less is held by now than was planned: they are lowered, or cancelled when nothing is."""
    held = Hold.objects.filter(reason_kind="payment", reason_id=OuterRef("payment"), invoice=OuterRef("invoice"),
                               released_at=None)  # fmt: skip
    sums = Subquery(held.order_by().values("reason_id").annotate(held=Sum("amount_minor")).values("held"))
    shares = PaymentShare.objects.filter(payment__state="planned").annotate(held=Coalesce(sums, 0))
    lowered = shares.filter(~Q(held=F("amount_minor"))).values_list("payment", flat=True)
    for payment_id in sorted(set(lowered[: BATCH * 5])):
        _review(payment_id, now or clock.now())


@database.atomic
def _review(payment_id: UUID, now: datetime) -> None:
    payment = _locked(payment_id)
    if payment.state != "planned":
        return
    shares = _held(payment)
    because = _why(payment, dict(_by_id(shares)))
    if not shares:
        payment.drop_plan(PLATFORM, now=now, because=because)
    else:
        _lower(payment, shares, because, now)


def _locked(payment_id: UUID) -> Payment:
    payment = Payment.objects.select_related("buyer", "supplier").get(pk=payment_id)
    posting.lock_accounts(payment.account_ids())
    rows = Payment.objects.select_for_update(of=("self",))
    found: Payment = rows.select_related("buyer", "supplier", "legal_entity", "saved_method__buyer").get(pk=payment_id)
    return found


def _held(payment: Payment) -> Shares:
    rows = Hold.objects.filter(reason_kind="payment", reason_id=payment.pk, released_at=None, kind="planned")
    return [(hold.invoice, hold.amount) for hold in rows.select_related("invoice").order_by("invoice_id")]


def _what_stands(payment: Payment, day: date) -> tuple[Shares, str]:
    """What of the plan may be paid now, and why not all of it (a code of `failures.py`)."""
    actor = actor_who(payment.entered_by, payment.buyer_id)
    if not actor.may("payment.make"):
        return [], "plan_payer_gone"
    if payment.saved_method is None or not payment.saved_method.usable(actor, on=day):
        return [], "plan_method_gone"
    held = _held(payment)
    rows = Invoice.objects.visible_to(actor).filter(pk__in=[invoice.pk for invoice, _ in held])
    seen = set(rows.values_list("pk", flat=True))
    shares = [(invoice, amount) for invoice, amount in held if invoice.pk in seen]
    because = "plan_payer_gone" if len(shares) < len(held) else _why(payment, dict(_by_id(shares)))
    if refusal := _own_method(actor, payment, shares):
        return [], refusal.code
    if release_refusal(actor, shares) is None:
        return shares, because
    released, first = [], ""
    for share in shares:
        refusal = release_refusal(actor, [share])
        first = first or (refusal.code if refusal else "")
        released += [] if refusal else [share]
    together = release_refusal(actor, released)
    return ([], together.code) if together else (released, first)


def _own_method(actor: Actor, payment: Payment, shares: Shares) -> Refusal | None:
    amount = total((amount for _, amount in shares), payment.currency)
    return own_method_refusal(actor, payment.saved_method, amount) if payment.saved_method else None


def actor_who(entered_by: UUID | None, buyer_id: UUID) -> Actor:
    """Whoever entered it, with the rights they have today; nobody, once they are gone."""
    if entered_by and (person := Person.objects.filter(pk=entered_by).first()):
        return actor_for(person, buyer_id, via="job")
    return actor_of_key(entered_by)


def _lower(payment: Payment, shares: Shares, because: str, now: datetime) -> None:
    planned = dict(payment.shares.values_list("invoice_id", "amount_minor"))
    if planned != {invoice.pk: amount.minor for invoice, amount in shares}:
        payment.lower(PLATFORM, now=now, shares=dict(_by_id(shares)), because=because)


def _by_id(shares: Sequence[tuple[Invoice, Money]]) -> list[tuple[UUID, Money]]:
    return [(invoice.pk, amount) for invoice, amount in shares]


def _why(payment: Payment, left: Mapping[UUID, Money]) -> str:
    """What has come over the first invoice of which less is left than was planned."""
    for share in payment.shares.select_related("invoice").order_by("invoice_id"):
        if share.invoice_id not in left or left[share.invoice_id] < share.amount:
            return _what_came(share.invoice, payment)
    return ""


def _what_came(invoice: Invoice, payment: Payment) -> str:
    facts: dict[str, Any] = {
        "plan_withdrawn": invoice.withdrawn_at, "plan_disputed": invoice.disputed_minor,
        "plan_credited": invoice.credited_minor, "plan_paid": invoice.paid_minor or invoice.pending_minor,
    }  # fmt: skip
    return next((code for code, is_so in facts.items() if is_so), "plan_corrected")
