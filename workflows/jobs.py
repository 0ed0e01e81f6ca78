"""The workflows' jobs: what came as a file is judged, advices are read, statements applied, gateways asked."""

import time
from collections.abc import Callable
from itertools import takewhile
from uuid import UUID

import structlog
from django.db import transaction

from documents.einvoice import reading
from documents.einvoice.fault import Fault, Unreadable
from documents.einvoice.official import RulesUnavailable
from documents.models import StoredFile
from eipp.kernel import clock, lease
from eipp.kernel.jobs import job
from workflows import (
    announced_payment,
    autopay_run,
    bank_details,
    callback,
    cash_posting,
    chargeback_talk,
    finance_charge,
    gateway_talk,
    method_expiry,
    method_setup,
    offer_judging,
    paying,
    plan_charging,
    planned,
    planning,
    promise,
    receiving,
    refund_talk,
    remittance_arrival,
    return_watch,
    settlement_payout,
    settlement_talk,
    verification,
)
from workflows.payment import Payment
from workflows.presentment import Presentment

log = structlog.get_logger()
SUBMITTING = 50.0  # seconds of a turn of sixty


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


@job(every=300)
def charge_late_fees() -> None:
    """Reckon the days that have begun, supplier by supplier; one worker at a time, though two would do no harm."""
    if not lease.take("late fees", seconds=300):
        return
    try:
        moment = clock.now()
        for supplier in finance_charge.behind(now=moment):
            try:
                for _ in finance_charge.charge(supplier, now=moment):
                    lease.take("late fees", seconds=300)
            except Exception:  # one supplier's trouble must not keep the others waiting: it goes on from its bookmark
                log.exception("late_fees.failed", supplier=str(supplier.pk))
                transaction.get_connection().close_if_unusable_or_obsolete()
    finally:
        lease.give_back("late fees")


@job(every=60)
def submit_planned_payments() -> None:
    """Charge what a fallen worker left uncharged, then submit each planned payment whose day has come and charge it: as
    many as there is time for until the next turn."""
    ends = time.monotonic() + SUBMITTING
    for payment_id in planned.left_uncharged(clock.now()):
        _alone("payment.charge_failed", payment_id, _charge)
    for payment_id in takewhile(lambda _: time.monotonic() < ends, planned.to_be_submitted(clock.now())):
        _alone("payment.submit_failed", payment_id, _submit)


@job(every=600)
def run_autopay() -> None:
    """Plan what standing orders pay, each once a day; workers share them, and one that fell is followed by another."""
    autopay_run.run()


@job(every=3600)
def tell_of_ending_methods() -> None:
    """Say which saved cards end within a month, and which have ended."""
    for method_id in method_expiry.to_be_told(clock.now()):
        _alone("saved_method.expiry_failed", method_id, method_expiry.tell)


@job(every=60)
def charge_instalments() -> None:
    """Plan what the instalments of tomorrow are charged to, where the payer has chosen something."""
    for part_id in plan_charging.to_be_charged(clock.now()):
        _alone("plan.charge_failed", part_id, plan_charging.charge)


@job(every=15)
def follow_expected_money() -> None:
    """Tell of plans that something came over, and see what became of what was announced and promised."""
    autopay_run.stop_without_means()
    planned.review()
    announced_payment.follow_money()
    promise.judge_all()


def _submit(payment_id: UUID) -> None:
    if payment := planned.submit(payment_id):
        paying.begin(payment)


def _charge(payment_id: UUID) -> None:
    """Once more; the provider knows it by the payment's id, and charges once."""
    paying.begin(Payment.objects.select_related("legal_entity", "saved_method").get(pk=payment_id))


def _alone(trouble: str, row_id: UUID, work: Callable[[UUID], object]) -> None:
    """One row's trouble must not keep the others waiting: it is logged, and the row is taken up again."""
    try:
        work(row_id)
    except Exception:
        log.exception(trouble, row=str(row_id))
        transaction.get_connection().close_if_unusable_or_obsolete()


@job(every=15)
def ask_gateways() -> None:
    """Look at every payment about which there is news, or about which nobody has looked for a while."""
    callback.take_up_waiting()
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


@job(every=300)
def bring_bank_details_into_force() -> None:
    """Each confirmed change of bank details whose wait is over."""
    for row_id in bank_details.to_take_effect(clock.now()):
        try:
            bank_details.take_effect(row_id)
        except Exception:  # one's trouble must not keep the others waiting: it is logged and tried again
            log.exception("bank_details.take_effect_failed", bank_details=str(row_id))
            transaction.get_connection().close_if_unusable_or_obsolete()


@job(every=15)
def ask_about_methods() -> None:
    """Look at what is being saved and about which there is news, and have forgotten what was removed."""
    for method_id in method_setup.to_be_asked(clock.now()):
        try:
            method_setup.ask(method_id)
        except Exception:  # one's trouble must not keep the others waiting: it is logged and asked again
            log.exception("saved_method.ask_failed", saved_method=str(method_id))
            transaction.get_connection().close_if_unusable_or_obsolete()


@job(every=60)
def attend_chargebacks() -> None:
    """Hand evidence over that was left lying, ask what became of it, and close what nobody answered in time."""
    for chargeback_id in chargeback_talk.take_up(clock.now()):
        try:
            chargeback_talk.attend(chargeback_id)
        except Exception:  # one charge-back's trouble must not keep the others waiting: it is taken up again
            log.exception("chargeback.attend_failed", chargeback=str(chargeback_id))
            transaction.get_connection().close_if_unusable_or_obsolete()


@job(every=60)
def judge_plans() -> None:
    """Whether the instalment plans are kept, by the ledger."""
    planning.judge_all()


@job(every=60)
def judge_offers() -> None:
    """Early-payment offers that nobody answered, and whether those that were accepted are earned."""
    offer_judging.expire_all()
    offer_judging.judge_all()


@job(every=3600)
def watch_returns() -> None:
    """Whether too many debits of a payee come back."""
    return_watch.watch()


@job(every=120)
def list_settlements() -> None:
    """Keep what the providers' books say of the days since they were last asked; one worker at a time."""
    if not lease.take("settlements", seconds=900):
        return
    try:
        settlement_talk.list_what_is_missing(now=clock.now())
        settlement_payout.match_all(now=clock.now())
    finally:
        lease.give_back("settlements")


@job(every=600)
def verify_books() -> None:
    """Every night: recompute all, and hold it against the gateways; one worker at a time."""
    if not verification.is_due(clock.now()) or not lease.take("verification", seconds=3600):
        return
    try:
        if verification.is_due(clock.now()):
            verification.run(now=clock.now())
    finally:
        lease.give_back("verification")


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
