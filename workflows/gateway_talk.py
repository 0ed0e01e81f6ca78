"""Talking to the gateways about payments: open the hosted page, look, cancel, and take up what was left lying."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction as database
from django.db.models import F, Q
from django.urls import reverse

from eipp.gateways import gateway as gateways
from eipp.kernel import clock, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.payment import ON_THE_WAY, Payment
from workflows.payment_back import waits_for_refund

log = structlog.get_logger()
UNATTENDED = timedelta(seconds=60)  # a payment nobody looked at for so long is looked at
ABANDONED = timedelta(minutes=35)  # an open hosted page is closed by us after so long
ASK_GATEWAYS = "workflows.jobs.ask_gateways"


def open_checkout(payment: Payment, *, now: datetime | None = None) -> Payment:
    """Open the provider's hosted page for an intent that is committed: the one bounded outside call of a request.

    Without an answer the payment becomes `unknown`; it is asked about and never charged a second time. Where there is
    no page, as for a bank transfer, the money is on its way from here on.
    """
    try:
        checkout = gateways.of(payment.gateway, payment.legal_entity).open_checkout(intent_of(payment))
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", payment=str(payment.pk), error=str(error))
        with suppress(Refusal):  # the same attempt in another tab may have had its answer meanwhile
            payment.lose_sight(Actor.system("gateway"))
        return payment
    Payment.objects.filter(pk=payment.pk, state="submitted").update(
        checkout_url=checkout.url, gateway_reference=checkout.gateway_reference
    )
    payment.refresh_from_db()
    if not checkout.url and payment.state == "submitted":
        _move(payment, gateways.Look("pending"), Actor.system("gateway"), now or clock.now())
    return payment


def intent_of(payment: Payment) -> gateways.Intent:
    """What the gateway is asked to charge."""
    return gateways.Intent(
        reference=payment.pk, amount=payment.amount, payee=payment.legal_entity.name,
        description=f"{payment.number}: {_invoices(payment)}", return_url=_url(payment), cancel_url=_url(payment),
        method=payment.method,
    )  # fmt: skip


def request_cancel(actor: Actor, payment: Payment, *, now: datetime | None = None) -> None:
    """The buyer does not want to pay after all: the gateway is asked to close the intent; it says what happened.

    A bank transfer is nobody's but ours, and is cancelled at once; whoever has sent the money already has paid.
    """
    if not actor.may("payment.make"):
        raise Refusal("not_your_role", "Your role does not let you cancel a payment.", status=403)
    if not is_cancellable(payment):
        raise Refusal("not_now", f"Payment {payment.number} is {payment.state} by now and cannot be cancelled.")
    with database.atomic():
        Payment.objects.filter(pk=payment.pk).update(cancel_requested_at=now or clock.now())
        jobs.nudge(ASK_GATEWAYS)
    if payment.method == "bank_transfer":
        ask(payment.pk, now=now)


def is_cancellable(payment: Payment) -> bool:
    """While the payer has not given card or account, or has not sent the money."""
    waits = ("submitted", "unknown", "pending") if payment.method == "bank_transfer" else ("submitted", "unknown")
    return payment.state in waits


def to_be_asked(now: datetime) -> list[UUID]:
    """The payments about which the gateway is to be asked now, those with news first."""
    news = Q(callback_at__isnull=False) | Q(cancel_requested_at__isnull=False, state__in=ON_THE_WAY)
    unattended = Q(state__in=ON_THE_WAY) & (
        Q(looked_at__lt=now - UNATTENDED) | Q(looked_at=None, submitted_at__lt=now - UNATTENDED)
    )
    unattended &= ~Q(method="bank_transfer", state="pending")  # nobody can be asked: a bank statement tells
    news |= Q(expires_at__lt=now, state__in=ON_THE_WAY)
    rows = Payment.objects.filter(news | unattended).order_by(F("callback_at").asc(nulls_last=True), "submitted_at")
    return list(rows.values_list("pk", flat=True)[:200])


def ask(payment_id: UUID, *, now: datetime | None = None) -> None:
    """Ask the gateway what became of a payment and record the answer; asking twice records it once."""
    moment = now or clock.now()
    payment = Payment.objects.select_related("supplier", "legal_entity").get(pk=payment_id)
    provider = gateways.of(payment.gateway, payment.legal_entity)
    ends_at = payment.expires_at or payment.submitted_at + ABANDONED
    try:
        wanted = payment.cancel_requested_at or (payment.state in ON_THE_WAY and ends_at < moment)
        answer = provider.cancel(payment.pk) if wanted else provider.look(payment.pk)
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", payment=str(payment.pk), error=str(error))
        Payment.objects.filter(pk=payment.pk).update(looked_at=moment)
        return
    with database.atomic():
        Payment.objects.filter(pk=payment.pk).update(looked_at=moment)
        Payment.objects.filter(pk=payment.pk, callback_at=payment.callback_at).update(callback_at=None)
        record(payment, answer, moment)


def record(payment: Payment, answer: gateways.Look, now: datetime) -> None:
    """Move the payment on to where the gateway has it; a move that somebody else just made is not made again."""
    actor = Actor(kind="gateway", side="system", name=payment.gateway, via="gateway")
    if answer.status == "succeeded" and answer.amount != payment.amount:
        log.error("gateway.other_amount", payment=str(payment.pk), said=str(answer.amount))
    if answer.status == "cancelled" and payment.cancel_requested_at:
        answer = replace(answer, failure="cancelled_by_payer")
    if answer.status == "charged_back" and payment.state not in ("settled", "charged_back"):
        # What is charged back had come: we may not have looked in between.
        _move(payment, replace(answer, status="succeeded"), actor, now)
    if answer.status == "charged_back" and waits_for_refund(payment, answer.charged_back):
        Payment.objects.filter(pk=payment.pk).update(callback_at=now)  # looked at again, once that was heard of
    else:
        _move(payment, answer, actor, now)


def _move(payment: Payment, answer: gateways.Look, actor: Actor, now: datetime) -> None:
    try:
        _follow(payment, answer, actor, now)
    except Refusal as refusal:
        if refusal.code != "not_now":
            raise


def _follow(payment: Payment, answer: gateways.Look, actor: Actor, now: datetime) -> None:
    match answer.status:
        case "succeeded" if payment.state == "charged_back":
            payment.win_back(actor, now=now, received=answer.amount)
        case "succeeded":
            reference, received = answer.gateway_reference, answer.amount or payment.amount
            payment.settle(actor, now=now, received=received, gateway_reference=reference, means=answer.means)
        case "pending":
            payment.await_money(actor, now=now, gateway_reference=answer.gateway_reference, means=answer.means)
        case "failed":
            payment.fail(actor, now=now, failure=answer.failure)
        case "cancelled" if answer.failure == "transfer_expired":
            payment.expire(actor, now=now)
        case "cancelled":
            payment.cancel(actor, now=now, failure=answer.failure)
        case "returned":
            payment.come_back(actor, now=now, failure=answer.failure)
        case "charged_back":
            payment.charge_back(actor, now=now, failure=answer.failure, amount=answer.charged_back, fee=answer.fee,
                                answer_by=answer.answer_by)  # fmt: skip
        case "missing" if payment.submitted_at < now - UNATTENDED:
            payment.fail(actor, now=now, failure="never_reached")


def _url(payment: Payment) -> str:
    return settings.BASE_URL + reverse("portal:payment", args=[payment.pk])


def _invoices(payment: Payment) -> str:
    numbers = [share.invoice.number for share in payment.shares.select_related("invoice")[:4]]
    return "invoice " + ", ".join(numbers[:3]) + (" and more" if len(numbers) > 3 else "") if numbers else "on account"
