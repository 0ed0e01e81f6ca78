"""A message arrives once: however often connections are cut, each client ends with exactly 1..N."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed

from eipp.kernel.actor import Actor
from messaging.thread import Thread, messages, post_message, thread_of
from messaging.topics import topic_of
from tests.counts import rounds
from tests.messaging.cast import Cast
from tests.messaging.page import Server, page, serving, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 5
MESSAGES = rounds(2_000)
CUTS = rounds(200)


@pytest.fixture
def server(broker: str, transactional_db: None) -> Iterator[Server]:
    with serving() as running:
        yield running


class Reader(threading.Thread):
    """What the page's script does: after each connection, and whenever told, it asks for what is new."""

    def __init__(self, server: Server, browser: Any, actor: Actor, thread: Thread) -> None:
        super().__init__(daemon=True)
        self.server, self.browser, self.actor, self.about = server, browser, actor, thread
        self.read: list[int] = []

    def run(self) -> None:
        try:
            while not self._is_done():
                self._listen()
        finally:
            connection.close()

    def cut(self) -> None:
        with suppress(OSError):  # cut a moment ago, and not connected again yet
            self.listening.socket.socket.shutdown(2)

    def _listen(self) -> None:
        self.listening = page(self.server, self.browser, close_timeout=0.1)
        try:
            self.listening.subscribe(topic_of(self.about))
            while True:
                self._fetch()
                if self._is_done():
                    return
                self.listening.next(seconds=20)
        except (ConnectionClosed, OSError):
            return
        finally:
            self.listening.close()

    def _fetch(self) -> None:
        while fresh := messages(self.actor, self.about, after=self.read[-1] if self.read else 0):
            self.read += [message.sequence for message in fresh]

    def _is_done(self) -> bool:
        return len(self.read) >= MESSAGES


def test_every_client_has_exactly_what_was_said_although_connections_are_cut(server: Server) -> None:
    cast = Cast.make()
    thread, chance = thread_of(cast.account), random.Random(7)
    readers = [
        Reader(server, signed_in(cast.people[name]), cast.actor(name), thread)
        for name, _ in zip(["anna", "bea", "vera", "clara", "mona"], range(CLIENTS), strict=True)
    ]
    for reader in readers:
        reader.start()
    cut_at = sorted(chance.randrange(MESSAGES) for _ in range(CUTS))

    def speak(numbers: range) -> None:
        for number in numbers:
            post_message(cast.actor("anna"), thread, f"Message {number}")
            for _ in range(cut_at.count(number)):
                victim = chance.choice(readers)
                if hasattr(victim, "listening"):
                    victim.cut()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(speak, range(MESSAGES)).result()
    for reader in readers:
        reader.join(30)
    assert [reader.read for reader in readers] == [list(range(1, MESSAGES + 1))] * CLIENTS
