"""Paying: what follows once a payment is committed: its hosted page is opened, or what is saved is charged."""

from contextlib import suppress
from datetime import datetime

import structlog

from eipp.gateways import gateway as gateways
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows import gateway_talk
from workflows.payment import Payment

log = structlog.get_logger()


def begin(payment: Payment, *, now: datetime | None = None) -> Payment:
    """The one bounded outside call that a new payment needs; one that has gone on already is left as it is.

    What is saved is charged without asking its owner anew; a payment whose answer does not come is `unknown`, and
    asked about. Where the bank wants its owner to confirm it, the hosted page is opened after all.
    """
    if payment.state != "submitted" or payment.checkout_url:
        return payment
    if payment.saved_method is None:
        return gateway_talk.open_checkout(payment, now=now)
    provider = gateways.of(payment.gateway, payment.legal_entity)
    try:
        look = provider.charge(gateway_talk.intent_of(payment), payment.saved_method.token)
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", payment=str(payment.pk), error=str(error))
        with suppress(Refusal):  # the same attempt in another tab may have had its answer meanwhile
            payment.lose_sight(Actor.system("gateway"))
        return payment
    if look.status == "open":
        return gateway_talk.open_checkout(payment, now=now)
    gateway_talk.record(payment, look, now or clock.now())
    payment.refresh_from_db()
    return payment
