"""A provider's callback over HTTP: signed, it makes the worker look; of any other, nothing remains."""

import pytest
from django.test import Client

from eipp.gateways import sandbox
from eipp.gateways.sandbox import CALLBACK_AGE, SandboxCharge
from eipp.kernel import clock
from tests.workflows.doing import assert_sound, at_the_page, enter, posted
from tests.world import World
from workflows.gateway_talk import to_be_asked
from workflows.jobs import ask_gateways
from workflows.payment import Payment

ENDPOINT = "/api/v1/callbacks/sandbox"


@pytest.fixture
def entered(world: World) -> Payment:
    """Paid on the provider's page; the platform has not heard of it."""
    entered = enter(world, "tom", world.invoice("100.00", account="tiny_account"))
    at_the_page(entered)
    return entered


def call(headers: dict[str, str], body: bytes) -> int:
    sent = {name: value for name, value in headers.items() if name != "Content-Type"}
    return Client().post(ENDPOINT, body, content_type="application/json", headers=sent).status_code


def test_a_signed_callback_makes_the_worker_look(entered: Payment) -> None:
    headers, body = sandbox.callback(SandboxCharge.objects.get())
    for _ in range(3):
        assert call(headers, body) == 200
    entered.refresh_from_db()
    assert entered.state == "submitted"
    ask_gateways()
    assert call(headers, body) == 200
    ask_gateways()
    entered.refresh_from_db()
    assert (entered.state, posted(entered), to_be_asked(clock.now())) == ("settled", entered.amount, [])
    assert_sound()


def test_what_is_not_signed_right_leaves_nothing_behind(entered: Payment) -> None:
    headers, body = sandbox.callback(SandboxCharge.objects.get())
    old = str(sandbox.stamp() - CALLBACK_AGE - 5)
    for forged, content in (
        ({}, body), (headers, b"{}"), ({**headers, "Sandbox-Signature": "0" * 64}, body),
        ({**headers, "Sandbox-Signature": "\u00e9" * 64}, body), ({**headers, "Sandbox-Timestamp": old}, body),
        ({"Sandbox-Timestamp": old, "Sandbox-Signature": sandbox.signature(old, body)}, body),
    ):  # fmt: skip
        assert call(dict(forged), content) == 400
    assert to_be_asked(clock.now()) == []


def test_what_a_callback_claims_is_not_believed(world: World) -> None:
    entered = enter(world, "tom", world.invoice("100.00", account="tiny_account"))
    charge = SandboxCharge.objects.get()
    charge.status = "succeeded"  # said, but not kept: the provider's books still have it open
    headers, body = sandbox.callback(charge)
    assert call(headers, body) == 200
    ask_gateways()
    entered.refresh_from_db()
    assert (entered.state, posted(entered).minor) == ("submitted", 0)
