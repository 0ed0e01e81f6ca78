"""Twenty programs pay by the API at once, over real connections, on PostgreSQL: one charge, with a common key and
without; where the guards are off, more."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Barrier
from time import sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db.models import Sum
from pytest_django.live_server_helper import LiveServer

from eipp.accounts.api_key import create_api_key
from eipp.api import idempotency, payments
from eipp.gateways.sandbox import SandboxCharge
from eipp.ledger.models import Invoice
from tests.counts import rounds
from tests.workflows.at_once import THREADS, meet_after, unlock
from tests.workflows.doing import assert_sound
from tests.workflows.saving import saved_card
from tests.world import World
from workflows.payment import Payment
from workflows.saved_method import SavedMethod

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = rounds(100)
TRIES = 20  # a control has so many rounds to show its fault; it stops at the first


@dataclass
class Said:
    status: int
    code: str
    retry_after: int | None


class Programs:
    """Twenty programs with the payer's key, each on a connection of its own that stays open."""

    def __init__(self, world: World, address: str) -> None:
        place = urlsplit(address)
        assert place.hostname
        self.secret = create_api_key(organisation=world.tiny, name="Ledger", scopes=("payments:write",))[1]
        self.lines = [HTTPConnection(place.hostname, place.port, timeout=60) for _ in range(THREADS)]
        self.pool = ThreadPoolExecutor(THREADS)

    def pay(self, bodies: list[dict[str, Any]], keys: list[str]) -> list[Said]:
        """All at once; whoever is told to come back does so until there is an answer."""
        together = Barrier(THREADS)

        def one(line: HTTPConnection, body: dict[str, Any], key: str) -> Said:
            together.wait(30)
            while (said := self._post(line, body, key)).retry_after is not None:
                sleep(0.01)  # sooner than it was told, which must do no harm
            return said

        return list(self.pool.map(one, self.lines, bodies, keys))

    def _post(self, line: HTTPConnection, body: dict[str, Any], key: str) -> Said:
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        line.request("POST", "/api/v1/payments", json.dumps(body), headers | ({"Idempotency-Key": key} if key else {}))
        answer = line.getresponse()
        told = json.loads(answer.read())
        after = answer.headers["Retry-After"]
        return Said(answer.status, told.get("code", ""), int(after) if after else None)

    def leave(self) -> None:
        self.pool.shutdown()
        for line in self.lines:
            line.close()


@pytest.fixture
def programs(world: World, live_server: LiveServer) -> Iterator[Programs]:
    programs = Programs(world, live_server.url)
    yield programs
    programs.leave()


@pytest.fixture
def card(world: World) -> SavedMethod:
    """What is charged in the request itself."""
    return saved_card(world, "tom", world.tiny_account.legal_entity)


def paying(invoice: Invoice, card: SavedMethod, amount: str) -> dict[str, Any]:
    return {"invoices": [{"invoice": str(invoice.pk), "amount": amount}], "saved_method": str(card.pk)}


def charged(invoice: Invoice) -> tuple[int, int]:
    """How many payments there are, and how often the card was charged."""
    rows = Payment.objects.filter(shares__invoice=invoice).values("pk")
    charges = SandboxCharge.objects.filter(reference__in=rows).aggregate(sum=Sum("charged"))["sum"]
    return rows.count(), charges or 0


def with_one_key(world: World, programs: Programs, card: SavedMethod, *amounts: str) -> tuple[Invoice, list[Said]]:
    """Of the invoice there is enough for six such payments: nothing but the key says that they are one."""
    invoice = world.invoice("100.00", account="tiny_account")
    bodies = [paying(invoice, card, amount) for amount in amounts] * (THREADS // len(amounts))
    return invoice, programs.pay(bodies, [str(uuid4())] * THREADS)


def with_many_keys(world: World, programs: Programs, card: SavedMethod) -> tuple[Invoice, list[Said]]:
    invoice = world.invoice("100.00", account="tiny_account")
    return invoice, programs.pay([paying(invoice, card, "100.00")] * THREADS, [str(uuid4()) for _ in range(THREADS)])


def test_twenty_requests_with_one_key_are_one_charge(world: World, programs: Programs, card: SavedMethod) -> None:
    for _ in range(ROUNDS):
        invoice, answers = with_one_key(world, programs, card, "15.00")
        assert {said.status for said in answers} == {201}
        assert charged(invoice) == (1, 1)
    assert_sound()


def test_twenty_requests_with_keys_of_their_own_are_one_charge(
    world: World, programs: Programs, card: SavedMethod
) -> None:
    for _ in range(ROUNDS):
        invoice, answers = with_many_keys(world, programs, card)
        assert sorted(said.status for said in answers) == [201] + [409] * (THREADS - 1)
        assert {said.code for said in answers} <= {"", "already_on_the_way", "more_than_open"}
        assert charged(invoice) == (1, 1)
    assert_sound()


def test_two_things_under_one_key_are_one_charge_and_the_other_is_refused(
    world: World, programs: Programs, card: SavedMethod
) -> None:
    for _ in range(rounds(20)):
        invoice, answers = with_one_key(world, programs, card, "15.00", "16.00")
        assert sorted(said.status for said in answers) == [201] * 10 + [422] * 10
        assert {said.code for said in answers} == {"", "idempotency_key_reused"}
        assert charged(invoice) == (1, 1)
    assert_sound()


def test_without_any_key_nothing_is_paid(world: World, programs: Programs, card: SavedMethod) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    answers = programs.pay([paying(invoice, card, "100.00")] * THREADS, [""] * THREADS)
    assert {(said.status, said.code) for said in answers} == {(400, "idempotency_key_required")}
    assert charged(invoice) == (0, 0)


@pytest.mark.parametrize("guards", ["the stored answer", "the attempt", "neither"])
def test_each_guard_of_the_key_alone_holds_and_without_both_more_is_charged(
    world: World, programs: Programs, card: SavedMethod, monkeypatch: pytest.MonkeyPatch, guards: str
) -> None:
    if guards != "the stored answer":
        monkeypatch.setattr(idempotency, "once", lambda request, act, **facts: act())
    if guards != "the attempt":
        monkeypatch.setattr(payments, "_attempt", lambda request: uuid4())
    charges = {charged(with_one_key(world, programs, card, "15.00")[0])[1] for _ in range(3)}
    assert charges == ({6} if guards == "neither" else {1})


def test_without_the_locks_keys_of_their_own_charge_more_than_once(
    world: World, programs: Programs, card: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else is open on the account, else the database's own check of its balance would still stop it."""
    world.invoice("10000.00", account="tiny_account")
    unlock(monkeypatch)
    meet_after(monkeypatch, "eipp.ledger.posting.holds.refuse_more_than_open")
    if not any(charged(with_many_keys(world, programs, card)[0])[1] > 1 for _ in range(TRIES)):
        pytest.fail("the control shows no fault: the tests beside it prove nothing")
