"""The workflows' jobs: what came as a file is judged, advices are read, statements applied, gateways asked."""

import structlog
from django.db import transaction

from documents.einvoice import reading
from documents.einvoice.fault import Fault, Unreadable
from documents.einvoice.official import RulesUnavailable
from documents.models import StoredFile
from eipp.kernel import clock, lease
from eipp.kernel.jobs import job
from workflows import cash_posting, gateway_talk, receiving, refund_talk, remittance_arrival
from workflows.presentment import Presentment

log = structlog.get_logger()


@job(every=5)
def judge_received() -> None:
    """Judge each document that waits for its verdict, oldest first; one worker at a time, since one child judges."""
    if not lease.take("judge", seconds=120):
        return
    try:
        waiting = Presentment.objects.filter(judged_at=None).order_by("received_at")
        for presentment in waiting.select_related("account", "legal_entity", "replaces")[:100]:
            lease.take("judge", seconds=120)
            receiving.judge(presentment, _verdict(presentment))
    except RulesUnavailable:  # the child that judges died twice: what waits goes on waiting, and is judged next time
        log.exception("judge.unavailable")
    finally:
        lease.give_back("judge")


@job(every=5)
def apply_bank_statements() -> None:
    """Apply each bank statement that is right, the oldest days first; one worker at a time, batch by batch."""
    if not lease.take("bank statements", seconds=300):
        return
    try:
        for statement_id in cash_posting.to_be_applied():
            lease.take("bank statements", seconds=300)
            try:
                cash_posting.apply_statement(statement_id)
            except Exception:  # one statement's trouble must not keep the others waiting: it is tried again
                log.exception("bank_statement.apply_failed", statement=str(statement_id))
                transaction.get_connection().close_if_unusable_or_obsolete()
    finally:
        lease.give_back("bank statements")


@job(every=15)
def ask_gateways() -> None:
    """Look at every payment about which there is news, or about which nobody has looked for a while."""
    for payment_id in gateway_talk.to_be_asked(clock.now()):
        try:
            gateway_talk.ask(payment_id)
        except Exception:  # one payment's trouble must not keep the others waiting: it is logged and asked again
            log.exception("payment.ask_failed", payment=str(payment_id))
            transaction.get_connection().close_if_unusable_or_obsolete()


@job(every=15)
def ask_about_refunds() -> None:
    """Look at every refund about which there is news, or about which nobody has looked for a while; then send it, where
    its provider has never heard of it."""
    for refund_id in refund_talk.to_be_asked(clock.now()):
        try:
            refund_talk.ask(refund_id)
        except Exception:  # one refund's trouble must not keep the others waiting: it is logged and asked again
            log.exception("refund.ask_failed", refund=str(refund_id))
            transaction.get_connection().close_if_unusable_or_obsolete()


@job(every=5)
def read_remittances() -> None:
    """Read each remittance advice whose file is checked by now; one worker at a time."""
    if not lease.take("remittances", seconds=120):
        return
    try:
        for advice in remittance_arrival.waiting():
            lease.take("remittances", seconds=120)
            try:
                remittance_arrival.read(advice, now=clock.now())
            except Exception:  # one file's trouble must not keep the others waiting: it is logged and read again
                log.exception("remittance.read_failed", remittance=str(advice.pk))
                transaction.get_connection().close_if_unusable_or_obsolete()
    finally:
        lease.give_back("remittances")


def _verdict(presentment: Presentment) -> list[Fault]:
    assert presentment.original_id  # only what came as a file waits for a verdict
    original = StoredFile.objects.get(pk=presentment.original_id)
    try:
        return list(reading.judge(reading.read(original.read())))
    except Unreadable as error:
        return [Fault(f"EIPP-{error.code.upper().replace('_', '-')}", error.sentence)]
