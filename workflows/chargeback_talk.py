"""Talking to the gateways about charge-backs: hand the evidence over, and look what became of it."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from documents.file import files_of
from documents.pdf import MEDIA_TYPE
from eipp.gateways import gateway as gateways
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import invoice_paper
from workflows.chargeback import Chargeback
from workflows.gateway_talk import record

log = structlog.get_logger()
UNATTENDED = timedelta(seconds=60)  # evidence that was not handed over for so long is handed over again
MOST_INVOICES = 50  # more papers than that convince nobody
ASKED_EVERY = timedelta(hours=1)
PLATFORM = Actor.system("gateway")


def send(row: Chargeback, *, now: datetime | None = None) -> Chargeback:
    """Hand the evidence over, after it is committed; without an answer it is handed over again, which counts once."""
    moment = now or clock.now()
    row.refresh_from_db()
    if row.state != "sending":
        return row
    Chargeback.objects.filter(pk=row.pk).update(looked_at=moment)
    payment = row.payment
    try:
        look = gateways.of(payment.gateway, payment.legal_entity).contest(payment.pk, evidence_of(row))
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", chargeback=str(row.pk), error=str(error))
        return row
    try:
        row.contest(PLATFORM, now=moment)
    except Refusal as refusal:
        if refusal.code != "not_now":
            raise
    record(payment, look, moment)
    row.refresh_from_db()
    return row


def evidence_of(row: Chargeback) -> gateways.Evidence:
    """The supplier's words, the payment's invoices as they print, and every attached file that was checked."""
    rows = row.payment.shares.select_related("invoice__supplier", "invoice__account", "invoice__legal_entity")
    invoices = [share.invoice for share in rows.order_by("invoice__number", "pk")[:MOST_INVOICES]]
    papers = [
        gateways.EvidenceFile(invoice_paper.name(invoice), MEDIA_TYPE, invoice_paper.pdf(invoice))
        for invoice in invoices
    ]
    files = [file for file in files_of(PLATFORM, [row])[row.pk] if file.is_clean]
    attached = [gateways.EvidenceFile(file.name, file.content_type, file.read()) for file in files]
    return gateways.Evidence(row.evidence, [*papers, *attached])


def take_up(now: datetime) -> list[UUID]:
    """What is to be done now: evidence to be handed over, and charge-backs about whose outcome to ask."""
    live = Chargeback.objects.filter(closed_at=None).order_by("answer_by", "pk")
    lying = live.filter(state="sending", answered_at__lt=now - UNATTENDED, looked_at=None)
    lying |= live.filter(state="sending", looked_at__lt=now - UNATTENDED)
    lying |= live.filter(state="contested", looked_at__lt=now - ASKED_EVERY)
    lying |= live.filter(state="opened", answer_by__lt=now)
    return list(lying.values_list("pk", flat=True)[:200])


def attend(chargeback_id: UUID, *, now: datetime | None = None) -> None:
    """Hand over, ask, or note that the time to answer is over."""
    moment = now or clock.now()
    row = Chargeback.objects.select_related("payment__legal_entity").get(pk=chargeback_id)
    if row.state == "opened":
        row.lose(PLATFORM, now=moment)
    elif row.state == "sending":
        send(row, now=moment)
    else:
        Chargeback.objects.filter(pk=row.pk).update(looked_at=moment)
        try:
            look = gateways.of(row.payment.gateway, row.payment.legal_entity).look(row.payment_id)
        except gateways.NoAnswer as error:
            log.warning("gateway.no_answer", chargeback=str(row.pk), error=str(error))
            return
        record(row.payment, look, moment)
