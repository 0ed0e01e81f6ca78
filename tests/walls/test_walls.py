"""Walls: whoever is elsewhere gets from every address what they would get if the row did not exist."""

from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from eipp.kernel.tenancy import ScopedQuerySet
from messaging.topics import OF_ORGANISATION, TOPICS, may_subscribe, topic
from tests.walls.addresses import OWN, PERSONAL, PUBLIC, ROW, Address, addresses, rows
from tests.walls.reading import text_of
from tests.walls.scene import NOWHERE, Scene

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SIGN_IN = "/accounts/login/"


def test_every_address_stands_in_one_of_the_tables() -> None:
    tables = (set(PUBLIC), PERSONAL, OWN, set(ROW))
    known = [name for table in tables for name in table]
    assert len(known) == len(set(known))
    assert sorted(address.name for address in addresses()) == sorted(known)


def test_an_address_is_public_exactly_where_no_sign_in_is_asked_for() -> None:
    for address in addresses():
        asks = getattr(address.view, "login_required", True)
        if address.is_api:
            asks = not getattr(getattr(address.view, "view_class", address.view), "public", address.name in PUBLIC)
        assert asks == (address.name not in PUBLIC), address.name


@pytest.mark.long
def test_strangers_find_nothing_and_the_entitled_find_it(scene: Scene) -> None:
    for address in rows():
        path, nowhere = address.path(scene.rows[address.kind].pk), address.path(NOWHERE)
        for name, stranger in scene.strangers(address).items():
            for method in METHODS:
                for told in scene.bodies(address) if method == "POST" else [{}]:
                    answer = ask(stranger, method, path, told, address)
                    where = (name, method, path, told.get("move"), answer.status_code)
                    assert not leaks(scene, answer, path), where
                    if answer.status_code != 404:
                        assert answer.status_code in (403, 405) or method == "OPTIONS", where
                        same = ask(stranger, method, nowhere, told, address)
                        assert same.status_code == answer.status_code, where
                        assert answer.status_code != 403 or address.is_api, where
        assert entitled(scene, address, path), address.name


@pytest.mark.long
def test_without_the_first_wall_the_same_strangers_would_find_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with everything visible to everybody, every address that can be read shows its row."""
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, actor: rows)
    seen = set()
    for address in rows():
        path = address.path(scene.rows[address.kind].pk)
        for stranger in scene.strangers(address).values():
            answer = ask(stranger, "GET", path, {}, address)
            if answer.status_code == 200 and leaks(scene, answer, path):
                seen.add(address.kind)
    assert seen >= {"invoice", "dispute", "payment", "account", "held", "credit_note", "thread"}


def entitled(scene: Scene, address: Address, path: str) -> bool:
    """Whether somebody may: a 2xx for reading where there is something to read, else an answer to what is done."""
    writes = ask(next(scene.entitled(address)), "GET", path, {}, address).status_code == 405
    for client in scene.entitled(address):
        for told in scene.bodies(address) if writes else [{}]:
            with transaction.atomic():
                code = ask(client, "POST" if writes else "GET", path, told, address).status_code
                transaction.set_rollback(True)
            if 200 <= code < 300 or (writes and code in (302, 409, 422)):
                return True
    return False


@pytest.mark.long
def test_whoever_is_not_signed_in_is_asked_who_they_are(scene: Scene) -> None:
    nobody = Client()
    for address in addresses():
        if address.name in PUBLIC:
            continue
        path = address.path(scene.rows[address.kind].pk if address.name in ROW else "")
        for method in METHODS:
            answer = ask(nobody, method, path, {}, address)
            where = (method, path, answer.status_code)
            if address.is_api:
                assert answer.status_code in (401, 405), where
            else:
                assert answer.status_code == 302 and answer["Location"].startswith(SIGN_IN), where
            assert not leaks(scene, answer, path), where


def test_a_key_that_is_no_key_opens_nothing(scene: Scene) -> None:
    secret = scene.world.key("nordwind")
    for key in ("", "x", secret[:-1], secret + "x", secret.swapcase(), scene.world.passwords["anna"]):
        client = Client(headers={"Authorization": f"Bearer {key}"})
        for address in addresses():
            if address.is_api and address.name in OWN:
                assert client.get(address.path()).status_code == 401, address.name


def test_a_topic_is_open_to_the_entitled_alone(scene: Scene) -> None:
    actors = {word: scene.world.actor(word) for word in scene.world.people}
    suppliers, buyers = {"clara", "carl", "mona", "silke"}, {"anna", "ben", "vera", "dora"}
    only = {"presentment": suppliers, "approval": buyers, "bank_statement": suppliers, "bank_entry": suppliers,
            "saved_method": buyers, "bank_details": suppliers, "authority_request": suppliers}  # fmt: skip
    for kind in TOPICS:
        wanted = topic(kind, scene.rows[kind].pk)
        listening = {word for word, actor in actors.items() if may_subscribe(actor, wanted)}
        assert listening == only.get(kind, suppliers | buyers), kind
        for company in ("elsewhere", "pacific"):
            assert not may_subscribe(scene.world.erp(company), wanted)
        assert not may_subscribe(actors["anna"], topic(kind, NOWHERE))


def test_a_topic_of_an_organisation_is_its_own_peoples(scene: Scene) -> None:
    for kind, company in product(OF_ORGANISATION, ("nordwind", "brightwater")):
        wanted = topic(kind, scene.world.companies[company].pk)
        listening = {word for word in scene.world.people if may_subscribe(scene.world.actor(word), wanted)}
        own = {word for word in scene.world.people if word == "lena" and company == "brightwater"}
        own |= {"nordwind": {"clara", "carl", "mona", "silke"}, "brightwater": {"anna", "ben", "vera", "dora"}}[company]
        assert listening == (own if kind == "organisation" or company == "nordwind" else set())


def ask(client: Client, method: str, path: str, told: dict[str, Any], address: Address) -> Any:
    """One request, as a page's form or as a program makes it; each is a new one."""
    if method != "POST":
        return client.generic(method, path, headers={"Idempotency-Key": "walls"})
    if address.is_api:
        key = {"Idempotency-Key": f"{id(client)} {path}"[:200]}
        return client.post(path, told, content_type="application/json", headers=key)
    return client.post(path, told)


def leaks(scene: Scene, answer: Any, path: str) -> list[str]:
    """The marks in an answer, its headers included, that the asker did not bring along."""
    text = text_of(answer) + "".join(f"{name}: {value}" for name, value in answer.items())
    brought = path + answer.request.get("QUERY_STRING", "")
    return [mark for mark in scene.marks() if mark in text and mark not in brought]
