"""A provider's callback over HTTP: stored first; signed, it makes the worker look; whatever else comes is refused and
kept with the reason, and moves nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from eipp.accounts.models import LegalEntity
from eipp.gateways import callback as callbacks
from eipp.gateways import gateway as gateways
from eipp.gateways import sandbox
from eipp.gateways.gateway_account import GatewayAccount
from eipp.gateways.models import Callback
from eipp.gateways.sandbox import CALLBACK_AGE, SandboxCharge
from eipp.kernel import clock
from tests.workflows.doing import assert_sound, at_the_page, enter, posted
from tests.world import World
from workflows import callback as taking_up
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


def call(headers: dict[str, str], body: bytes, *, to: str = ENDPOINT) -> Any:
    sent = {name: value for name, value in headers.items() if name != "Content-Type"}
    return Client().post(to, body, content_type="application/json", headers=sent)


def signed(told: object, *, seconds_ago: int = 0) -> tuple[dict[str, str], bytes]:
    body, said = json.dumps(told).encode(), str(sandbox.stamp() - seconds_ago)
    return {"Sandbox-Timestamp": said, "Sandbox-Signature": sandbox.signature(said, body)}, body


def test_a_signed_callback_makes_the_worker_look(entered: Payment) -> None:
    headers, body = sandbox.callback(SandboxCharge.objects.get())
    for _ in range(3):
        assert call(headers, body).status_code == 200
    entered.refresh_from_db()
    assert entered.state == "submitted"
    row = Callback.objects.get()
    assert (row.verdict, row.times, row.kind, row.reference, row.body) == (
        "heard",
        3,
        "payment",
        entered.pk,
        body.decode(),
    )
    assert row.supplier_id == entered.supplier_id
    ask_gateways()
    assert call(headers, body).status_code == 200
    ask_gateways()
    entered.refresh_from_db()
    assert (entered.state, posted(entered), to_be_asked(clock.now())) == ("settled", entered.amount, [])
    assert_sound()


def test_what_is_not_signed_right_moves_nothing_and_is_kept_with_the_reason(entered: Payment) -> None:
    headers, body = sandbox.callback(SandboxCharge.objects.get())
    old = str(sandbox.stamp() - CALLBACK_AGE - 5)
    for forged, content in (
        ({}, body), (headers, b"{}"), ({**headers, "Sandbox-Signature": "0" * 64}, body),
        ({**headers, "Sandbox-Signature": "\u00e9" * 64}, body), ({**headers, "Sandbox-Timestamp": old}, body),
        ({"Sandbox-Timestamp": old, "Sandbox-Signature": sandbox.signature(old, body)}, body), (headers, b"\0\xff"),
    ):  # fmt: skip
        assert call(dict(forged), content).status_code == 400
    assert to_be_asked(clock.now()) == []
    kept = Callback.objects.order_by("pk")
    assert {(row.verdict, row.event_id) for row in kept} == {("forged", "")}
    assert [row.reason for row in kept][4:6] == ["the signature does not fit", "the callback is too old"]


def test_of_what_is_forged_only_so_much_is_kept(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "MOST_REFUSED", 3)
    for _ in range(5):
        assert call({}, b"x" * 100_000).status_code == 400
    assert [len(row.body) for row in Callback.objects.all()] == [callbacks.KEPT_REFUSED] * 3
    assert callbacks.forget_old(now=clock.now() + callbacks.KEPT_FOR + timedelta(days=1)) == 3
    assert call({}, b"x" * 300_000).status_code == 413


def test_what_is_about_nothing_of_ours_is_kept_and_moves_nothing(world: World, entered: Payment) -> None:
    answer = call(*signed({"event": "e1", "kind": "payment", "reference": str(uuid4())}))
    assert (answer.status_code, answer.json()) == (200, {"noted": False})
    for kind in ("setup", "refund"):
        assert call(*signed({"event": kind, "kind": kind, "reference": str(entered.pk)})).json() == {"noted": False}
    assert {row.verdict for row in Callback.objects.all()} == {"unknown"}
    assert to_be_asked(clock.now()) == []
    assert call(*signed({"event": "e1", "kind": "payment", "reference": str(entered.pk)})).json() == {"noted": False}
    assert to_be_asked(clock.now()) == []


def test_a_callback_at_another_payees_address_is_foreign(world: World, entered: Payment) -> None:
    other = GatewayAccount.objects.create(
        legal_entity=LegalEntity.objects.exclude(organisation=entered.supplier)[0],
        gateway="sandbox",
        changed_at=clock.now(),
    )
    own = GatewayAccount.objects.create(legal_entity=entered.legal_entity, gateway="sandbox", changed_at=clock.now())
    told = {"event": "e1", "kind": "payment", "reference": str(entered.pk)}
    assert call(*signed(told), to=f"{ENDPOINT}/{other.pk}").json() == {"noted": False}
    row = Callback.objects.get()
    assert (row.verdict, row.supplier_id, to_be_asked(clock.now())) == (
        "foreign", other.legal_entity.organisation_id, [])  # fmt: skip
    assert call(*signed({**told, "event": "e2"}), to=f"{ENDPOINT}/{own.pk}").json() == {"noted": True}
    assert to_be_asked(clock.now()) == [entered.pk]
    assert call(*signed(told), to=f"{ENDPOINT}/{uuid4()}").status_code == 404
    assert call(*signed(told), to=f"/api/v1/callbacks/stripe/{own.pk}").status_code == 404


def test_what_a_callback_claims_is_not_believed(world: World) -> None:
    entered = enter(world, "tom", world.invoice("100.00", account="tiny_account"))
    charge = SandboxCharge.objects.get()
    charge.status = "succeeded"  # said, but not kept: the provider's books still have it open
    headers, body = sandbox.callback(charge)
    assert call(headers, body).status_code == 200
    ask_gateways()
    entered.refresh_from_db()
    assert (entered.state, posted(entered).minor) == ("submitted", 0)


def test_what_is_stored_is_taken_up_by_the_worker_where_the_first_try_failed(
    entered: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database went away")

    whole: Callable[..., None] = taking_up.take_up
    monkeypatch.setattr(taking_up, "take_up", fails)
    assert call(*sandbox.callback(SandboxCharge.objects.get())).status_code == 200
    assert (Callback.objects.get().taken_up_at, to_be_asked(clock.now())) == (None, [])
    monkeypatch.setattr(taking_up, "take_up", whole)
    ask_gateways()
    entered.refresh_from_db()
    assert (entered.state, Callback.objects.get().taken_up_at is not None) == ("settled", True)


def test_without_a_secret_of_the_sandbox_it_does_not_start(settings: LazySettings) -> None:
    config = apps.get_app_config("gateways")
    config.ready()
    settings.SANDBOX_SECRET = ""
    with pytest.raises(ImproperlyConfigured):
        config.ready()
    settings.GATEWAYS = {"bank_transfer": settings.GATEWAYS["bank_transfer"]}
    config.ready()
    assert gateways.gateway("bank_transfer")
