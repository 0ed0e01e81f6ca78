"""Webhooks: who keeps them, what they are told, that each is told at least once, and when they are given up."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from eipp.accounts.roles import SCOPES
from eipp.kernel import clock
from eipp.kernel.events import Event
from eipp.kernel.refusal import Refusal
from messaging import sentences
from messaging.audience import hearers
from messaging.webhook import (
    WebhookEndpoint,
    add_webhook,
    change_webhook,
    endpoints_of,
    remove_webhook,
    rotate_secret,
    signature,
    switch,
    try_out,
)  # fmt: skip
from messaging.webhook_call import WebhookAttempt, WebhookCall, call, repeat, repeat_range
from messaging.webhook_sending import LEASE, PAUSES, _claim, call_webhooks
from tests.messaging.receiver import Receiver, receiving
from tests.world import World

VECTORS = json.loads((Path(__file__).parent.parent / "data/webhooks/standard-webhooks-vectors.json").read_text())
Settle = Callable[[], None]


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    with receiving() as one:
        settings.OUTSIDE_ALLOW = [f"127.0.0.1:{one.port}"]
        yield one


def add(world: World, word: str, receiver: Receiver, *names: str) -> tuple[WebhookEndpoint, str]:
    actor = world.actor(word)
    company = world.brightwater if actor.side == "buyer" else world.nordwind
    return add_webhook(actor, company, url=receiver.url, names=names)


@pytest.mark.parametrize("vector", VECTORS)
def test_a_signature_is_that_of_the_standard(vector: dict[str, str]) -> None:
    timestamp = int(vector["webhook-timestamp"])
    made = signature(vector["secret"], vector["webhook-id"], timestamp, vector["body"].encode())
    assert made == vector["webhook-signature"]


def test_each_event_that_the_feed_shows_is_told_once_and_signed(
    world: World, receiver: Receiver, settle: Settle
) -> None:
    settle()
    _, secret = add(world, "silke", receiver)
    world.invoice("100.00")
    settle()
    call_webhooks()
    call_webhooks()
    feed = world.program("nordwind").get("/api/v1/events?limit=500").json()["items"]
    told = receiver.events(secret)
    by_place = {event["position"]: event for event in told}
    assert len(by_place) == len(told) and "invoice.presented" in receiver.names()
    first = min(by_place)
    assert [event for event in feed if event["position"] >= first] == [by_place[at] for at in sorted(by_place)]
    wrong = "whsec_" + "A" * 43 + "="
    with pytest.raises(WebhookVerificationError):
        Webhook(wrong).verify(receiver.heard[0][1], receiver.heard[0][0])


def test_nobody_is_told_what_their_organisation_may_not_see(
    world: World, receiver: Receiver, settle: Settle, settings: LazySettings
) -> None:
    settle()
    add(world, "dora", receiver)
    with receiving() as other:
        settings.OUTSIDE_ALLOW = ["127.0.0.1"]
        add_webhook(world.actor("tom"), world.companies["tiny"], url=other.url)
        world.invoice("100.00")
        settle()
        call_webhooks()
        assert "invoice.presented" in receiver.names()
        assert "invoice.received" not in receiver.names()  # the supplier's own affair
        assert set(other.names()) == {"webhook.added"}


def test_a_choice_of_events_is_kept_to(world: World, receiver: Receiver, settle: Settle) -> None:
    settle()
    add(world, "silke", receiver, "invoice.presented")
    world.invoice("100.00")
    settle()
    call_webhooks()
    assert receiver.names() == ["invoice.presented"]


def test_told_twice_by_the_relay_it_is_written_once(world: World, receiver: Receiver, settle: Settle) -> None:
    add(world, "silke", receiver)
    settle()
    written = WebhookCall.objects.count()
    call(list(Event.objects.all()))
    assert WebhookCall.objects.count() == written > 0


def test_what_is_not_taken_is_tried_again_after_growing_pauses_and_logged(
    world: World, receiver: Receiver, settle: Settle
) -> None:
    receiver.statuses = [500, 302, 404]
    add(world, "silke", receiver, "webhook.added")
    settle()
    with time_machine.travel(clock.real(), tick=False) as time:
        for tries, pause in enumerate(PAUSES[:4], start=1):
            call_webhooks()
            assert len(receiver.heard) == tries
            call_webhooks()
            assert len(receiver.heard) == tries  # not before its time
            time.shift(pause * 1.2 + timedelta(seconds=1))
    row = WebhookCall.objects.get()
    assert row.state == "taken"
    assert [each.status for each in row.tries.order_by("tried_at")] == [500, 302, 404, 200]
    log = row.tries.first()
    assert log.answer.startswith("thank you") and len(log.answer) <= 1024 and log.milliseconds >= 0
    ids = {headers["webhook-id"] for headers, _ in receiver.heard}
    assert len(ids) == 1  # by which a receiver knows it again


def test_whoever_dies_in_the_middle_is_followed_when_the_lease_ends(
    world: World, receiver: Receiver, settle: Settle
) -> None:
    """At least once: a worker that claimed and died has told nobody, or has told it and not noted it."""
    _, secret = add(world, "silke", receiver, "webhook.added")
    settle()
    now = clock.now()
    assert len(_claim(now)) == 1
    call_webhooks()
    assert not receiver.heard
    with time_machine.travel(now + LEASE + timedelta(seconds=1)):
        call_webhooks()
        assert len(receiver.events(secret)) == 1
    assert WebhookCall.objects.get().state == "taken"


def test_a_receiver_that_fails_is_left_alone_and_others_are_told(
    world: World, receiver: Receiver, settle: Settle, settings: LazySettings
) -> None:
    settle()
    settings.OUTSIDE_ALLOW = ["127.0.0.1"]
    broken = add_webhook(world.actor("silke"), world.nordwind, url="http://127.0.0.1:9/", names=["invoice.presented"])[
        0
    ]
    add(world, "silke", receiver, "invoice.presented")
    for _ in range(3):
        world.invoice("100.00")
    settle()
    call_webhooks()
    assert len(receiver.heard) == 3
    broken.refresh_from_db()
    assert broken.failures == 1 and broken.rests_until and broken.rests_until > clock.now()
    assert "No connection" in WebhookAttempt.objects.filter(call__endpoint=broken).first().fault


def test_after_three_days_it_is_switched_off_and_the_administrators_are_told(
    world: World, receiver: Receiver, settle: Settle
) -> None:
    receiver.statuses = [503] * 50
    endpoint, _ = add(world, "silke", receiver, "webhook.added")
    settle()
    with time_machine.travel(clock.real(), tick=False) as time:
        for pause in (*PAUSES, timedelta()):
            call_webhooks()
            time.shift(pause * 1.2 + timedelta(minutes=31))
    endpoint.refresh_from_db()
    row = WebhookCall.objects.get()
    assert (row.state, row.attempts, endpoint.is_on) == ("failed", len(PAUSES) + 1, False)
    event = Event.objects.get(name="webhook.given_up")
    assert "503" in event.data["reason"]
    assert {member.person_id for _, member in hearers([event])} == {world.people["silke"].pk}
    said = sentences.render([event], world.actor("silke"))[0]
    assert said.startswith("The webhook to 127.0.0.1 was switched off: No call was taken for three days")


def test_gone_is_gone_at_once(world: World, receiver: Receiver, settle: Settle) -> None:
    receiver.statuses = [410]
    endpoint, _ = add(world, "silke", receiver)
    settle()
    call_webhooks()
    endpoint.refresh_from_db()
    assert not endpoint.is_on and "410" in endpoint.reason


def test_switched_off_it_hears_nothing_and_the_range_can_be_asked_for_afterwards(
    world: World, receiver: Receiver, settle: Settle
) -> None:
    silke = world.actor("silke")
    endpoint, _ = add(world, "silke", receiver, "invoice.presented")
    settle()
    endpoint = switch(silke, endpoint, on=False)
    world.invoice("100.00")
    settle()
    call_webhooks()
    assert not receiver.heard
    with pytest.raises(Refusal):
        repeat_range(silke, endpoint, after=0)
    endpoint = switch(silke, endpoint, on=True)
    count, _ = repeat_range(silke, endpoint, after=0)
    call_webhooks()
    assert count == len(receiver.heard) == 1
    assert repeat(silke, endpoint.calls.all()) == 1
    call_webhooks()
    assert len(receiver.heard) == 2


def test_while_a_secret_is_rotated_both_are_right(world: World, receiver: Receiver, settle: Settle) -> None:
    endpoint, former = add(world, "silke", receiver, "webhook.tested")
    silke = world.actor("silke")
    _, new = rotate_secret(silke, endpoint, overlap=timedelta(hours=1))
    try_out(silke, endpoint)
    settle()
    call_webhooks()
    assert receiver.events(former) == receiver.events(new)
    with time_machine.travel(clock.real() + timedelta(hours=2)):
        try_out(silke, endpoint)
        settle()
        call_webhooks()
        assert Webhook(new).verify(receiver.heard[1][1], receiver.heard[1][0])
        with pytest.raises(WebhookVerificationError):
            Webhook(former).verify(receiver.heard[1][1], receiver.heard[1][0])


def test_only_administrators_of_all_and_keys_with_the_scope_keep_webhooks(world: World, receiver: Receiver) -> None:
    endpoint, secret = add(world, "silke", receiver)
    for word in ("clara", "mona"):
        with pytest.raises(Refusal) as refused:
            add(world, word, receiver)
        assert refused.value.status == 403
        assert not endpoints_of(world.actor(word)).exists()
    for stranger in ("dora", "tom"):
        with pytest.raises(WebhookEndpoint.DoesNotExist):
            change_webhook(world.actor(stranger), endpoint, title="mine")
    with pytest.raises(world.nordwind.DoesNotExist):
        add_webhook(world.actor("tom"), world.nordwind, url=receiver.url)
    assert "webhook.administer" in SCOPES["webhooks:write"].rights_on("buyer")
    row = WebhookEndpoint.objects.get()
    assert secret not in str(vars(row)) + str([vars(event) for event in Event.objects.all()])


def test_a_removed_one_is_forgotten_with_its_secrets(world: World, receiver: Receiver, settle: Settle) -> None:
    endpoint, _ = add(world, "silke", receiver)
    remove_webhook(world.actor("silke"), endpoint)
    settle()
    call_webhooks()
    endpoint.refresh_from_db()
    assert not receiver.heard and not endpoint.locked_secret
    assert not endpoints_of(world.actor("silke")).exists()


@pytest.mark.parametrize("wrong", [{"url": "http://10.0.0.1/"}, {"url": "nonsense"}, {"names": ["invoice.eaten"]}])
def test_what_cannot_be_is_refused_at_its_field(world: World, receiver: Receiver, wrong: dict[str, object]) -> None:
    told = {"url": receiver.url, **wrong}
    with pytest.raises(Refusal) as refused:
        add_webhook(world.actor("silke"), world.nordwind, **told)
    assert (refused.value.status, refused.value.field) == (422, next(iter(wrong)))
