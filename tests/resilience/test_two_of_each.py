"""Two web processes and two workers share all that is; each can be stopped in the middle of something."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiosmtpd.controller import Controller
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.db import transaction
from websockets.exceptions import ConnectionClosed

from eipp.kernel import seal
from eipp.kernel.lease import Lease
from eipp.ledger.models import Invoice
from messaging import outbox
from messaging.outgoing_mail import OutgoingMail
from messaging.topics import topic_of
from tests.resilience.house import House, Process, house, until
from tests.resilience.told import happen, is_relayed, narrated, notified, to_narrate, to_notify
from tests.resilience.visitor import Visitor, can_sign_in
from tests.servers.ports import free_port
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]


@pytest.fixture
def webs(world: World, house: House, settings: LazySettings) -> list[Process]:
    can_sign_in(settings, world.people["anna"], world.people["clara"])
    both = [house.web(), house.web()]
    for each in both:
        httpx.get(f"{each.url}/accounts/login/", timeout=60)  # the first page of a process takes a while
    return both


def is_up(process: Process) -> bool:
    try:
        return httpx.get(f"{process.url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_what_is_done_at_one_is_seen_at_the_other_and_told_once(
    world: World, house: House, webs: list[Process]
) -> None:
    workers = [house.worker(), house.worker()]
    invoice = world.invoice("80.00")
    with (
        Visitor(webs[0]).sign_in("anna") as here,
        Visitor(webs[1]).sign_in("clara") as clara,
        here.at(webs[1]) as there,
    ):
        assert invoice.number in there.see("/invoices/")
        listening = clara.page()
        listening.subscribe(topic_of(world.main))
        until(lambda: all(is_up(worker) for worker in workers))
        here.press(f"/invoices/{invoice.pk}/", move="say", body="Said here, heard there.", client_id=str(uuid4()))
        listening.told(until={"changed": topic_of(world.main)}, seconds=30)
        assert "Said here, heard there." in clara.see(f"/desk/invoices/{invoice.pk}/")
        listening.close()
        here.press("/accounts/logout/")
        assert there.client.get("/invoices/").status_code == 302
    happen(world, 100)
    until(is_relayed)
    assert narrated() == to_narrate() != {} and notified() == to_notify() != {}
    assert list(seal.differences()) == []


def test_a_web_process_that_ends_answers_what_it_began_and_sends_its_sockets_elsewhere(
    world: World, webs: list[Process]
) -> None:
    going, staying = webs
    with Visitor(going).sign_in("clara") as clara, clara.at(staying) as elsewhere:
        listening = clara.page()
        listening.subscribe(topic_of(world.main))
        with half_sent(going, world) as finish:
            going.ask_to_end()
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    listening.next(seconds=30)
            assert closed.value.rcvd and closed.value.rcvd.code == 1012  # "service restart": pages connect again
            until(lambda: not is_up(going))
            answer = finish()
        assert answer.startswith(b"HTTP/1.1 201 "), answer
        told = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert Invoice.objects.get(pk=told["id"]).number == "HALF-1"
        going.ended()
        again = elsewhere.page()
        assert again.subscribe(topic_of(world.main)) == {"subscribed": [topic_of(world.main)]}
        again.close()


@contextmanager
def half_sent(web: Process, world: World) -> Iterator[Any]:
    """A program that has sent half of an invoice; yields what sends the rest and reads the whole answer."""
    line = {"number": "1", "name": "Bush", "quantity": "1", "unit_price": "10.00", "tax_rate": "19"}
    written = {"number": "HALF-1", "account": world.main.number, "issue_date": "2026-11-02", "currency": "EUR"}
    body = json.dumps({**written, "lines": [line]}).encode()
    head = (
        f"POST /api/v1/invoices HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {world.key('nordwind')}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as program:
        program.sendall(head.encode() + body[:40])

        def finish() -> bytes:
            program.sendall(body[40:])
            return b"".join(iter(lambda: program.recv(65536), b""))

        yield finish


def test_a_worker_that_ends_lets_the_other_begin_at_once(world: World, house: House) -> None:
    first = house.worker()
    holder = until(lambda: Lease.objects.filter(name="relays").exclude(holder="").first()).holder
    second = house.worker()
    until(lambda: is_up(first) and is_up(second))
    first.ask_to_end()
    assert first.ended() == 0, first.log.read_text()
    assert Lease.objects.get(name="relays").holder != holder
    happen(world, 20)
    until(is_relayed)
    assert narrated() == to_narrate() != {}


class SlowServer:
    """A mail server that takes its time: `came` is set when it has a mail, which it acknowledges after `may_go_on`."""

    def __init__(self) -> None:
        self.came, self.may_go_on, self.mails = threading.Event(), threading.Event(), 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails += 1
        self.came.set()
        await asyncio.to_thread(self.may_go_on.wait, 30)
        return "250 Taken"


def test_a_worker_that_ends_finishes_the_mail_in_its_hands(transactional_db: None, tmp_path: Path) -> None:
    server, port = SlowServer(), free_port()
    controller: Any = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with house(tmp_path, EIPP_SMTP_URL=f"smtp://127.0.0.1:{port}") as standing:
            with transaction.atomic():
                outbox.post(EmailMessage("Hello", "You there", "a@example.com", ["b@example.com"]))
            standing.beat()
            worker = standing.worker()
            assert server.came.wait(90)
            worker.ask_to_end()
            server.may_go_on.set()
            assert worker.ended() == 0, worker.log.read_text()
    finally:
        controller.stop()
    assert OutgoingMail.objects.get().sent_at and server.mails == 1
