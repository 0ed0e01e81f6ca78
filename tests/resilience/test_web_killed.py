"""The web process is killed while people talk: what was sent again is said once, and every reader has exactly 1..N."""

import threading
from functools import partial
from uuid import uuid4

import httpx
import pytest
from django.conf import LazySettings

from messaging.thread import thread_of
from tests.counts import rounds
from tests.messaging.page import signed_in
from tests.messaging.reader import Reader
from tests.resilience.house import House, until
from tests.resilience.visitor import Visitor, can_sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]
MESSAGES, KILLS = rounds(2_000), rounds(10)
READERS = ["anna", "ben", "vera", "clara", "mona"]


def test_every_reader_has_what_was_said_once(world: World, house: House, settings: LazySettings) -> None:
    can_sign_in(settings, world.people["anna"])
    invoice = world.invoice("80.00")
    thread, web = thread_of(invoice), house.web()
    with Visitor(web).sign_in("anna") as anna:
        readers = [
            Reader(web.port, signed_in(world.people[name]), world.actor(name), thread, MESSAGES) for name in READERS
        ]
        for reader in readers:
            reader.start()
        talk = threading.Thread(target=_talk, args=(anna, f"/invoices/{invoice.pk}/"), daemon=True)
        talk.start()
        for kill in range(1, KILLS + 1):
            until(partial(_has_read, readers[0], kill * MESSAGES // (KILLS + 1)), seconds=300)
            web.kill()
            web = house.web(web.port)
        talk.join(300)
    for reader in readers:
        reader.join(60)
    assert [reader.read for reader in readers] == [list(range(1, MESSAGES + 1))] * len(READERS)


def _talk(anna: Visitor, path: str) -> None:
    """What the page does with a message: it has a number of its own, and is sent again until it was taken."""
    for number in range(MESSAGES):
        typed = {"move": "say", "body": f"Message {number}", "client_id": str(uuid4())}
        while not _is_taken(anna, path, typed):
            pass


def _is_taken(anna: Visitor, path: str, typed: dict[str, str]) -> bool:
    head = {"X-CSRFToken": anna.client.cookies["csrftoken"], "Referer": str(anna.client.base_url) + path}
    try:
        return anna.client.post(path, data=typed, headers=head).status_code == 302
    except httpx.TransportError:
        return False


def _has_read(reader: Reader, count: int) -> bool:
    return len(reader.read) > count
