"""Real threads on PostgreSQL: payers, AR, provider and worker act at once; no order is known, so the sums must tell."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection

from eipp.gateways.gateway import gateway
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.ledger.verify import differences
from tests.counts import rounds
from tests.simulation.provider import THE_PROVIDER
from tests.workflows.at_once import unlock
from tests.workflows.doing import assert_sound, posted
from tests.world import World
from workflows import gateway_talk, intent
from workflows.dispute import Dispute, open_dispute
from workflows.payment import Payment

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS, ACTS = 8, 8


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[None]:
    settings.GATEWAYS = {**settings.GATEWAYS, "simulated": "tests.simulation.provider.the_provider"}
    gateway.cache_clear()
    THE_PROVIDER.__init__()  # type: ignore[misc]
    yield
    gateway.cache_clear()


class Thread:
    """One of those who act; its dice are the seed's and its own."""

    def __init__(self, world: World, invoices: list[Invoice], seed: int, number: int) -> None:
        self.tom, self.clara = world.actor("tom"), world.actor("mona")
        self.invoices, self.dice = invoices, Random(f"{seed} {number}")
        # Some keys are common: another tab of the same attempt.
        self.keys = Random(seed)

    def acts(self) -> None:
        for _ in range(ACTS):
            act = self.dice.choice((self.pays, self.pays, self.pays, self.disputes, self.answers, self.hears))
            with suppress(Refusal):  # somebody was faster
                act()

    def pays(self) -> None:
        invoice = Invoice.objects.get(pk=self.dice.choice(self.invoices).pk)
        attempt = UUID(int=(self.keys if self.dice.random() < 0.3 else self.dice).getrandbits(128), version=4)
        amount = Money(self.dice.choice((invoice.payable_minor, 3_333, 5_000)), "EUR")
        payment = intent.enter(self.tom, [(invoice, amount)], gateway="simulated", attempt=attempt)
        gateway_talk.open_checkout(payment)
        if self.dice.random() < 0.8:
            THE_PROVIDER.pay(payment.pk)
        if self.dice.random() < 0.7:
            gateway_talk.ask(payment.pk)

    def disputes(self) -> None:
        open_dispute(self.tom, self.dice.choice(self.invoices), reason="price", amount=Money(2_500, "EUR"))

    def answers(self) -> None:
        live = list(Dispute.objects.filter(invoice__in=self.invoices, state="opened")[:5])
        if live:
            dispute = self.dice.choice(live)
            self.dice.choice((lambda: dispute.accept(self.clara), lambda: dispute.decline(self.clara, reason="no")))()

    def hears(self) -> None:
        payments = list(Payment.objects.filter(shares__invoice__in=self.invoices)[:10])
        if payments:
            chosen = self.dice.choice(payments)
            if chosen.pk in THE_PROVIDER.charges:
                THE_PROVIDER.end(chosen.pk, "charged_back")
            gateway_talk.ask(chosen.pk)


def act_at_once(world: World, seed: int) -> list[Invoice]:
    invoices = [world.invoice("100.00", account="tiny_account") for _ in range(2)]
    together = Barrier(THREADS)

    def run(number: int) -> None:
        try:
            thread = Thread(world, invoices, seed, number)
            together.wait(30)
            thread.acts()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, range(THREADS)))
    return invoices


def settle_down() -> None:
    moment = clock.now() + timedelta(seconds=61)
    for payment_id in {*gateway_talk.to_be_asked(moment), *Payment.objects.values_list("pk", flat=True)}:
        gateway_talk.ask(payment_id, now=moment)


def faults(invoices: list[Invoice]) -> Iterator[str]:
    for payment in Payment.objects.filter(shares__invoice__in=invoices):
        theirs = THE_PROVIDER.holds(payment.pk).get("EUR", 0)
        if theirs != posted(payment).minor:
            yield f"the provider holds {theirs} of {payment}, our books {posted(payment)}"
        if THE_PROVIDER.charges[payment.pk].charged > 1:
            yield f"{payment} was charged more than once"
    for invoice in Invoice.objects.filter(pk__in=[one.pk for one in invoices]):
        charged = Payment.objects.filter(shares__invoice=invoice, state__in=("submitted", "pending", "settled"))
        if sum(one.amount_minor for one in charged) + invoice.credited_minor > invoice.payable_minor:
            yield f"more is paid of {invoice.number} than it is over"
    yield from map(str, differences())


def test_whoever_acts_at_once_moves_money_once(world: World, provider: None) -> None:
    for seed in range(rounds(100)):
        invoices = act_at_once(world, seed)
        settle_down()
        assert list(faults(invoices)) == [], f"seed {seed}"
    assert_sound()


def test_without_the_locks_it_goes_wrong(world: World, provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world.invoice("10000.00", account="tiny_account")  # else a check of the account's balance still stops it
    unlock(monkeypatch)
    for seed in range(60):
        if goes_wrong(lambda: act_at_once(world, seed)):  # noqa: B023
            return
    pytest.fail("the control shows no fault: the test above proves nothing")


def goes_wrong(act: Callable[[], Any]) -> bool:
    try:
        invoices = act()
        settle_down()
    except Exception:  # the database itself refuses what nobody else did
        return True
    return bool(list(faults(invoices)))
