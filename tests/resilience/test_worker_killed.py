"""A worker is killed in the middle of its work, again and again: nothing is lost, and nothing is done twice."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from eipp.accounts.mail_address import add_mail_address
from eipp.kernel import clock, events, relays, seal
from eipp.kernel.bookmark import Bookmark
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.money import Money
from eipp.kernel.relays import RelayFailure
from eipp.kernel.seal import Seal
from eipp.ledger.models import Invoice
from messaging import narration
from messaging.audience import hearers
from messaging.delivery import PRESENTED, Delivery
from messaging.models import Notification
from messaging.outgoing_mail import OutgoingMail
from messaging.thread import Message
from tests.counts import rounds
from tests.resilience.house import House, until
from tests.world import World
from workflows.dispute import open_dispute

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS, KILLS = rounds(10_000), rounds(50)
RELAYS = ["messaging.narration.narrate", "messaging.notification.notify", "messaging.delivery.deliver"]
MAILED = 20  # every so many invoices one goes by mail, too: it takes a paper to be set


def happen(world: World, count: int) -> None:
    """At least so many events: invoices come in, and every one is disputed."""
    goal = Event.objects.count() + count
    while Event.objects.count() < goal:
        account = "main" if Invoice.objects.count() % MAILED else "tiny_account"
        person = "tom" if account == "tiny_account" else "anna"
        invoice = world.invoice("10.00", account=account)
        open_dispute(
            world.actor(person), invoice, reason="damaged", comment="Broken.", amount=Money.parse("1.00", "EUR")
        )


def position(name: str) -> int:
    return Bookmark.position_of(name)


def narrated() -> Counter[tuple[int, str, Any]]:
    rows = Message.objects.exclude(event_id=None).values_list("event_id", "thread__kind", "thread__object_id")
    return Counter(rows)


def to_narrate() -> Counter[tuple[int, str, Any]]:
    """One line for each thing that one can talk about, of each event that both sides hear of."""
    told = Event.objects.filter(name__in=narration.NARRATED).exclude(buyer_id=None).values("pk")
    rows = EventSubject.objects.filter(event_id__in=told, kind__in=["customeraccount", "invoice", "dispute", "payment"])
    return Counter(rows.values_list("event_id", "kind", "object_id").distinct())


def notified() -> Counter[tuple[int, Any, Any]]:
    return Counter(Notification.objects.values_list("event_id", "person_id", "organisation_id"))


def to_notify() -> Counter[tuple[int, Any, Any]]:
    heard = hearers(list(Event.objects.order_by("pk")))
    return Counter({(event.pk, member.person_id, member.organisation_id): 1 for event, member in heard})


def is_relayed() -> bool:
    last = Seal.objects.order_by("-position").values_list("position", flat=True).first()
    return Seal.objects.count() == Event.objects.count() and {position(name) for name in RELAYS} == {last}


@pytest.mark.servers
def test_nothing_is_lost_and_nothing_is_doubled(world: World, house: House) -> None:
    add_mail_address(world.actor("clara"), world.tiny_account, purpose="invoices", email="ap@tinystudio.example")
    house.beat()
    chance = random.Random(50)
    with ThreadPoolExecutor(1) as pool:
        for _ in range(KILLS):
            happen(world, EVENTS // KILLS // 2)
            watched = chance.choice(RELAYS)
            before = position(watched)
            worker = house.worker()
            writing = pool.submit(_happen_elsewhere, world, EVENTS // KILLS // 2)
            until(lambda before=before, watched=watched: position(watched) > before)
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
