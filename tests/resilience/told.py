"""What happens, and what has to be told of it: each line and each notification once, reckoned from the events alone."""

from collections import Counter
from typing import Any

from django.conf import settings

from eipp.kernel.bookmark import Bookmark
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.money import Money
from eipp.kernel.seal import Seal
from eipp.ledger.models import Invoice
from messaging.audience import hearers
from messaging.models import Notification
from messaging.narration import NARRATED
from messaging.thread import Message
from tests.world import World
from workflows.dispute import open_dispute

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
    told = Event.objects.filter(name__in=NARRATED).exclude(buyer_id=None).values("pk")
    rows = EventSubject.objects.filter(event_id__in=told, kind__in=["customeraccount", "invoice", "dispute", "payment"])
    return Counter(rows.values_list("event_id", "kind", "object_id").distinct())


def notified() -> Counter[tuple[int, Any, Any]]:
    return Counter(Notification.objects.values_list("event_id", "person_id", "organisation_id"))


def to_notify() -> Counter[tuple[int, Any, Any]]:
    heard = hearers(list(Event.objects.order_by("pk")))
    return Counter({(event.pk, member.person_id, member.organisation_id): 1 for event, member in heard})


def is_relayed() -> bool:
    """Whether everything that happened is sealed and told."""
    if Seal.objects.count() < Event.objects.count():
        return False
    last = Seal.objects.order_by("-position").values_list("position", flat=True).first()
    return {position(name) for name in settings.EVENT_RELAYS} == {last}
