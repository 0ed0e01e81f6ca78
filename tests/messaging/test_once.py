"""A message arrives once: however often connections are cut, each client ends with exactly 1..N."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from messaging.thread import post_message, thread_of
from tests.counts import rounds
from tests.messaging.cast import Cast
from tests.messaging.page import Server, serving, signed_in
from tests.messaging.reader import Reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
CLIENTS = 5
MESSAGES = rounds(2_000)
CUTS = rounds(200)


@pytest.fixture
def server(broker: str, transactional_db: None) -> Iterator[Server]:
    with serving() as running:
        yield running


def test_every_client_has_exactly_what_was_said_although_connections_are_cut(server: Server) -> None:
    cast = Cast.make()
    thread, chance = thread_of(cast.account), random.Random(7)
    readers = [
        Reader(server.port, signed_in(cast.people[name]), cast.actor(name), thread, MESSAGES)
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
