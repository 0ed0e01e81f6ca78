"""Talking to the gateways about refunds: send what is submitted, look, and take up what was left lying."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction as database
from django.db.models import F, Q

from eipp.gateways import gateway as gateways
from eipp.kernel import clock, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.refund import ON_THE_WAY, Refund

log = structlog.get_logger()
UNATTENDED = timedelta(seconds=60)  # a refund nobody looked at for so long is looked at
LATE_NEWS = timedelta(days=60)  # how long a refund that arrived is asked about again where there is news
ASK_GATEWAYS = "workflows.jobs.ask_about_refunds"


def send(refund: Refund, *, now: datetime | None = None) -> Refund:
    """Ask the provider to send it: the one bounded outside call of a request, after the row is committed.

    Without an answer the refund becomes `unknown`: it is looked up before it is ever sent again. What waits for a
    second person, or is a payout of AR's own, is left alone.
    """
    refund.refresh_from_db()
    if refund.state != "submitted" or refund.is_payout:
        return refund
    try:
        answer = _provider(refund).refund(_order(refund))
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", refund=str(refund.pk), error=str(error))
        with suppress(Refusal):  # somebody else may have had the answer meanwhile
            refund.lose_sight(Actor.system("gateway"), now=now)
        return refund
    _record(refund, answer, now or clock.now())
    return refund


def note_callback(refund_id: UUID, name: str, *, now: datetime | None = None) -> bool:
    """A provider says that something happened to a refund: note it, so that the worker looks. False: none of ours."""
    with database.atomic():
        noted = Refund.objects.filter(pk=refund_id, gateway=name).update(callback_at=now or clock.now())
        jobs.nudge(ASK_GATEWAYS)
    return bool(noted)


def to_be_asked(now: datetime) -> list[UUID]:
    """The refunds about which a provider is to be asked now, those with news first."""
    unattended = Q(state__in=ON_THE_WAY) & (
        Q(looked_at__lt=now - UNATTENDED) | Q(looked_at=None, submitted_at__lt=now - UNATTENDED)
    )
    rows = Refund.objects.exclude(gateway="").filter(Q(callback_at__isnull=False) | unattended)
    return list(rows.order_by(F("callback_at").asc(nulls_last=True), "submitted_at").values_list("pk", flat=True)[:200])


def ask(refund_id: UUID, *, now: datetime | None = None) -> None:
    """Ask the provider what became of a refund and record the answer; asking twice records it once.

    One that the provider never heard of is sent again, under the same reference, by which sending twice is once.
    """
    moment = now or clock.now()
    refund = Refund.objects.select_related("legal_entity", "payment").get(pk=refund_id)
    provider, heard = _provider(refund), refund.callback_at
    try:
        answer = provider.look_refund(refund.pk)
        if answer.status == "missing" and refund.state in ON_THE_WAY:
            answer = provider.refund(_order(refund))
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", refund=str(refund.pk), error=str(error))
        Refund.objects.filter(pk=refund.pk).update(looked_at=moment)
        return
    with database.atomic():
        Refund.objects.filter(pk=refund.pk).update(looked_at=moment)
        Refund.objects.filter(pk=refund.pk, callback_at=heard).update(callback_at=None)
        _record(refund, answer, moment)


def settle_payout(actor: Actor, refund: Refund, *, now: datetime | None = None) -> None:
    """A bank statement shows that the payout went. actor: who brought it in, by whose word the bank says so."""
    refund.succeed(Actor(kind="gateway", side="system", name="bank", via=actor.via, on_behalf_of=actor.id), now=now)


def _record(refund: Refund, answer: gateways.RefundLook, now: datetime) -> None:
    """Move the refund on to where the provider has it; a move that somebody else just made is not made again."""
    actor = Actor(kind="gateway", side="system", name=refund.gateway, via="gateway")
    try:
        match answer.status:
            case "succeeded":
                refund.succeed(actor, now=now)
            case "pending":
                refund.await_money(actor, now=now)
            case "failed" if refund.state == "succeeded":
                refund.come_back(actor, now=now, failure=answer.failure)
            case "failed":
                refund.fail(actor, now=now, failure=answer.failure)
    except Refusal as refusal:
        if refusal.code != "not_now":
            raise


def _provider(refund: Refund) -> gateways.Gateway:
    return gateways.of(refund.gateway, refund.legal_entity)


def _order(refund: Refund) -> gateways.RefundOrder:
    assert refund.payment_id  # only a payment was taken by a provider
    return gateways.RefundOrder(refund.pk, refund.payment_id, refund.amount)
