"""Live pages: told that something changed, only what they may know, and cut off at once when they may not any more."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.db import transaction
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from eipp.accounts.membership import change_member, remove_member
from eipp.accounts.models import Membership
from eipp.accounts.sign_in import change_password
from eipp.kernel import events
from eipp.kernel.actor import Actor
from messaging import topics
from messaging.broadcast import tell
from messaging.hub import Socket, hub
from messaging.narration import narrate
from messaging.notification import notify
from messaging.thread import post_message, thread_of
from tests.messaging.cast import Cast
from tests.messaging.page import Page, Server, page, serving, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(broker: str) -> Cast:
    return Cast.make()


@pytest.fixture
def server(broker: str, transactional_db: None) -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def open_page(server: Server, cast: Cast) -> Iterator[Callable[[str], Page]]:
    opened: list[Page] = []

    def by(username: str) -> Page:
        opened.append(page(server, signed_in(cast.people[username])))
        return opened[-1]

    yield by
    for each in opened:
        each.close()


def _account(cast: Cast) -> str:
    return topics.topic_of(cast.account)


def _closed_after(listening: Page) -> float:
    begun = time.monotonic()
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            listening.next()
    assert closed.value.rcvd and closed.value.rcvd.code == 4401
    return time.monotonic() - begun


def test_both_sides_are_told_at_once_when_something_is_said(cast: Cast, open_page: Callable[[str], Page]) -> None:
    buyer, clerk = open_page("anna"), open_page("clara")
    assert buyer.subscribe(_account(cast)) == {"subscribed": [_account(cast)]}
    assert clerk.subscribe(_account(cast)) == {"subscribed": [_account(cast)]}
    post_message(cast.actor("anna"), thread_of(cast.account), "Hello")
    assert buyer.next() == clerk.next() == {"changed": _account(cast)}


def test_what_changed_while_the_page_was_on_its_way_is_told(cast: Cast, open_page: Callable[[str], Page]) -> None:
    watching, late = open_page("clara"), open_page("anna")
    watching.subscribe(_account(cast))
    post_message(cast.actor("anna"), thread_of(cast.account), "Hello")
    assert watching.next() == {"changed": _account(cast)}
    assert late.subscribe(_account(cast), since=10**400) == {"subscribed": [_account(cast)]}
    assert late.next() == {"changed": _account(cast)}


def test_a_stranger_is_refused_in_the_same_words_as_for_what_does_not_exist(
    cast: Cast, open_page: Callable[[str], Page]
) -> None:
    stranger = open_page("sina")
    missing = f"account:{uuid4()}"
    assert stranger.subscribe(_account(cast), missing) == {"subscribed": []}
    assert [stranger.next(), stranger.next()] == [{"refused": _account(cast)}, {"refused": missing}]
    own = topics.topic_of(cast.foreign)
    assert stranger.subscribe(own) == {"subscribed": [own]}
    post_message(cast.actor("anna"), thread_of(cast.account), "Hello")
    post_message(cast.actor("sina"), thread_of(cast.foreign), "Hello")
    assert stranger.next() == {"changed": own}


def test_an_internal_note_moves_the_suppliers_pages_only(cast: Cast, open_page: Callable[[str], Page]) -> None:
    buyer, colleague = open_page("anna"), open_page("mona")
    for listening in (buyer, colleague):
        listening.subscribe(_account(cast))
    post_message(cast.actor("clara"), thread_of(cast.account), "Careful", internal=True)
    assert colleague.next() == {"changed": _account(cast)}
    tell([_account(cast)])
    assert buyer.told(until={"changed": _account(cast)}) == []
    with pytest.raises(TimeoutError):
        buyer.next(seconds=0.3)


def test_internal_topics_cannot_be_asked_for(cast: Cast, open_page: Callable[[str], Page]) -> None:
    buyer = open_page("anna")
    wanted = f"{_account(cast)}#internal"
    assert buyer.subscribe(wanted) == {"subscribed": []}
    assert buyer.next() == {"refused": wanted}


def test_each_side_hears_of_its_own_organisation_and_the_person_of_themselves(
    cast: Cast, open_page: Callable[[str], Page]
) -> None:
    listening = open_page("anna")
    own = [f"organisation:{cast.buyer.pk}", f"person:{cast.people['anna'].pk}"]
    others = [f"organisation:{cast.supplier.pk}", f"worklist:{cast.supplier.pk}", f"person:{cast.people['bea'].pk}",
              f"worklist:{cast.buyer.pk}"]  # fmt: skip
    assert listening.subscribe(*own, *others) == {"subscribed": own}
    assert [listening.next() for _ in others] == [{"refused": topic} for topic in others]
    with transaction.atomic():
        told = [events.record("approval.requested", cast.account, Actor.system("test"))]
    assert listening.next() == {"changed": own[0]}
    notify(told)
    assert listening.next() == {"changed": own[1]}


def test_a_narrated_line_is_told_as_well(cast: Cast, open_page: Callable[[str], Page]) -> None:
    with transaction.atomic():
        told = [events.record("dispute.opened", cast.account, cast.actor("anna"))]
    clerk = open_page("clara")
    clerk.subscribe(_account(cast))
    narrate(told)
    assert clerk.next() == {"changed": _account(cast)}


def test_who_unsubscribes_hears_no_more(cast: Cast, open_page: Callable[[str], Page]) -> None:
    clerk = open_page("clara")
    own = f"organisation:{cast.supplier.pk}"
    clerk.subscribe(_account(cast), own)
    clerk.socket.send(json.dumps({"unsubscribe": [_account(cast)]}))
    clerk.subscribe(own)
    tell([_account(cast), own])
    assert clerk.told(until={"changed": own}) == []


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1"])
def test_a_page_of_another_site_gets_no_socket(cast: Cast, server: Server, origin: str | None) -> None:
    with pytest.raises(InvalidStatus):
        page(server, signed_in(cast.people["anna"]), origin=origin)


def test_who_is_not_signed_in_or_works_for_nobody_gets_no_socket(cast: Cast, server: Server) -> None:
    with pytest.raises(InvalidStatus):
        page(server, None)
    browser = signed_in(cast.people["anna"])
    Membership.objects.filter(person=cast.people["anna"]).update(ended_at="2020-01-01T00:00:00Z")
    with pytest.raises(InvalidStatus):
        page(server, browser)


@pytest.mark.parametrize(
    "sent",
    ["", "x", "[]", '{"subscribe": "x"}', '{"subscribe": [1]}', "[" * 7_000, "x" * 8_001, b"\0", '{"subscribe": 1}'],
)
def test_nonsense_closes_the_socket_and_nothing_else(
    cast: Cast, open_page: Callable[[str], Page], sent: str | bytes
) -> None:
    nonsense, other = open_page("anna"), open_page("clara")
    nonsense.socket.send(sent)
    with pytest.raises(ConnectionClosed) as closed:
        nonsense.next()
    assert closed.value.rcvd and closed.value.rcvd.code in (1008, 1009)
    assert other.subscribe(_account(cast)) == {"subscribed": [_account(cast)]}


def test_topics_and_messages_of_a_socket_are_limited(cast: Cast, open_page: Callable[[str], Page]) -> None:
    greedy = open_page("anna")
    for _ in range(30):
        assert greedy.subscribe(_account(cast)) == {"subscribed": [_account(cast)]}
    greedy.socket.send('{"subscribe": []}')
    with pytest.raises(ConnectionClosed):
        greedy.next()


def test_a_removed_person_hears_nothing_more_within_two_seconds(cast: Cast, open_page: Callable[[str], Page]) -> None:
    removed, colleague = open_page("anna"), open_page("bea")
    for listening in (removed, colleague):
        listening.subscribe(_account(cast))
    remove_member(cast.actor("bea"), Membership.objects.get(person=cast.people["anna"]))
    assert _closed_after(removed) < 2
    tell([_account(cast)])
    assert colleague.next() == {"changed": _account(cast)}


def test_other_rights_end_the_socket_so_that_topics_are_asked_for_anew(
    cast: Cast, open_page: Callable[[str], Page]
) -> None:
    limited = open_page("anna")
    limited.subscribe(_account(cast))
    membership = Membership.objects.get(person=cast.people["anna"])
    change_member(cast.actor("bea"), membership, roles=["approver"], accounts=[cast.branch])
    assert _closed_after(limited) < 2
    again = open_page("anna")
    assert again.subscribe(_account(cast)) == {"subscribed": []}


def test_another_password_ends_every_socket_of_the_person(cast: Cast, open_page: Callable[[str], Page]) -> None:
    first, second = open_page("anna"), open_page("anna")
    change_password(cast.people["anna"], password="another long enough phrase")
    assert _closed_after(first) < 2
    assert _closed_after(second) < 2


def test_signing_out_ends_the_sockets_of_that_browser_even_if_nobody_tells(
    cast: Cast, server: Server, open_page: Callable[[str], Page]
) -> None:
    browser, elsewhere = signed_in(cast.people["anna"]), open_page("anna")
    listening = page(server, browser)
    Session.objects.filter(session_key=browser.cookies["sessionid"].value).delete()
    assert _closed_after(listening) < 2
    assert elsewhere.subscribe(_account(cast)) == {"subscribed": [_account(cast)]}


def test_a_page_that_does_not_read_keeps_nobody_waiting_and_is_let_go(
    cast: Cast, server: Server, open_page: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.hub.SLOWEST", 0.5)
    stuck = page(server, signed_in(cast.people["anna"]), max_queue=1, compression=None, close_timeout=0.1)
    stuck.subscribe(_account(cast))

    async def flood() -> Socket:
        (socket,) = hub()._sockets
        for number in range(20):
            socket.push(f"{number:02}" * 450_000)
        return socket

    async def is_let_go(socket: Socket) -> bool:
        return socket not in hub()._sockets

    socket = server.call(flood())
    quick = open_page("clara")
    quick.subscribe(_account(cast))
    end = time.monotonic() + 5
    while not server.call(is_let_go(socket)) and time.monotonic() < end:
        tell([_account(cast)])
        assert quick.next(seconds=0.4) == {"changed": _account(cast)}
    assert server.call(is_let_go(socket))
    stuck.close()


def test_what_a_slow_page_missed_is_one_frame_and_not_a_heap(
    cast: Cast, server: Server, open_page: Callable[[str], Page]
) -> None:
    open_page("anna").subscribe(_account(cast))

    async def heap() -> int:
        for _ in range(1_000):
            hub().fan_out([_account(cast)])
        (socket,) = hub()._sockets
        return len(socket._waiting)

    assert server.call(heap()) == 1


def test_after_the_loss_of_the_broker_every_page_looks_again(
    cast: Cast, broker: str, server: Server, open_page: Callable[[str], Page]
) -> None:
    listening = open_page("clara")
    listening.subscribe(_account(cast))
    tell([_account(cast)])
    assert listening.next() == {"changed": _account(cast)}
    redis.Redis.from_url(broker).client_kill_filter(_type="pubsub")
    assert listening.next() == {"refresh": True}
    tell([_account(cast)])
    assert listening.next() == {"changed": _account(cast)}


def test_without_a_broker_people_are_still_cut_off(cast: Cast, settings: LazySettings, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody"
    with serving() as alone:
        listening = page(alone, signed_in(cast.people["anna"]))
        listening.subscribe(_account(cast))
        remove_member(cast.actor("bea"), Membership.objects.get(person=cast.people["anna"]))
        assert _closed_after(listening) < 2


def test_an_address_without_sockets_refuses_them(server: Server) -> None:
    with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{server.port}/elsewhere"):
        pass
