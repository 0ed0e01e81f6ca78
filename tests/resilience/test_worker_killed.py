"""A worker is killed in the middle of its work, again and again: nothing is lost, and nothing is done twice."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, transaction

from eipp.accounts.mail_address import add_mail_address
from eipp.kernel import clock, events, relays, seal
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.kernel.relays import RelayFailure
from eipp.ledger.models import Invoice
from messaging import narration
from messaging.delivery import PRESENTED, Delivery
from messaging.outgoing_mail import OutgoingMail
from tests.counts import rounds
from tests.resilience.house import House, until
from tests.resilience.told import happen, is_relayed, narrated, notified, position, to_narrate, to_notify
from tests.world import World
from workflows.dispute import open_dispute

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS, KILLS = rounds(10_000), rounds(50)


@pytest.mark.servers
def test_nothing_is_lost_and_nothing_is_doubled(world: World, house: House) -> None:
    add_mail_address(world.actor("clara"), world.tiny_account, purpose="invoices", email="ap@tinystudio.example")
    house.beat()
    chance = random.Random(50)
    with ThreadPoolExecutor(1) as pool:
        for _ in range(KILLS):
            happen(world, EVENTS // KILLS // 2)
            watched = chance.choice(settings.EVENT_RELAYS)
            before = position(watched)
            worker = house.worker()
            writing = pool.submit(_happen_elsewhere, world, EVENTS // KILLS // 2)
            until(partial(_has_moved, watched, before))
            worker.kill()
            writing.result()
    house.worker()
    until(is_relayed)
    assert Event.objects.count() >= EVENTS
    assert narrated() == to_narrate() and len(to_narrate()) > EVENTS / 10
    assert notified() == to_notify() and len(to_notify()) > EVENTS / 10
    assert list(seal.differences()) == [] and not RelayFailure.objects.exists()

    presented = Event.objects.filter(name__in=PRESENTED, account_id=world.tiny_account.pk)
    assert Counter(Delivery.objects.values_list("event_id", flat=True)) == Counter(
        presented.values_list("pk", flat=True)
    )
    _let_leases_end()
    until(lambda: not Delivery.objects.filter(mail=None).exists())
    _let_leases_end()
    until(lambda: not OutgoingMail.objects.filter(sent_at=None).exists())
    written = OutgoingMail.objects.filter(recipients=["ap@tinystudio.example"], delivery__isnull=False)
    assert written.count() == Delivery.objects.count() > 0
    files = [path.stem[-36:] for path in (house.data / "mail").glob("*.eml")]
    assert Counter(files) == Counter(str(key) for key in OutgoingMail.objects.values_list("pk", flat=True))


def _has_moved(relay: str, before: int) -> bool:
    return position(relay) > before


def _happen_elsewhere(world: World, count: int) -> None:
    try:
        happen(world, count)
    finally:
        connection.close()


def _let_leases_end() -> None:
    """What a killed worker had in its hands is taken up by others three minutes later: say that they are over."""
    Delivery.objects.filter(mail=None).update(retry_at=clock.now())
    OutgoingMail.objects.filter(sent_at=None).update(retry_at=clock.now())


class Killed(BaseException):
    """What ends a process ends its transactions as well."""


def killed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The narrator dies in its first turn, and lives from then on."""
    turns = iter([True])

    def narrate(happened: list[Event]) -> None:
        if next(turns, False):
            raise Killed
        narration.narrate(happened)

    monkeypatch.setattr(relays, "listeners", lambda setting: [narrate, *events.listeners(setting)[1:]])


@pytest.fixture
def disputed(world: World) -> Invoice:
    with transaction.atomic():
        invoice = world.invoice("10.00")
        open_dispute(world.actor("anna"), invoice, reason="damaged", comment="", amount=Money.parse("1.00", "EUR"))
    return invoice


def test_who_dies_with_events_in_hand_leaves_them_to_the_next(
    disputed: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_once(monkeypatch)
    with pytest.raises(Killed):
        relays.run_once()
    assert not narrated()
    relays.run_once()
    assert narrated() == to_narrate() != Counter()


def test_with_bookmarks_moved_outside_of_the_transaction_they_would_be_lost(
    disputed: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    killed_once(monkeypatch)
    monkeypatch.setattr(relays, "transaction", SimpleNamespace(atomic=nullcontext))
    with pytest.raises(Killed):
        relays.run_once()
    relays.run_once()
    assert not narrated() and to_narrate()
