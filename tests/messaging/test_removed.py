"""Removed means removed: whoever lost the right to listen is cut off within two seconds and hears nothing later."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from eipp.accounts import second_factor, session
from eipp.accounts.customer_account import change_account, switch_portal
from eipp.accounts.membership import active_memberships, change_member, remove_member
from eipp.accounts.models import Membership
from eipp.accounts.second_factor import SIGNED_IN_AT
from eipp.kernel import clock
from messaging import topics
from messaging.broadcast import tell
from messaging.hub import Hub
from tests.messaging.cast import Cast
from tests.messaging.page import Page, Server, page, serving, signed_in
from tests.servers.web import served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
SECONDS = 2


@pytest.fixture
def cast(broker: str) -> Cast:
    return Cast.make()


@pytest.fixture
def server(broker: str, transactional_db: None) -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def open_page(server: Server, cast: Cast) -> Iterator[Callable[[str], Page]]:
    with ExitStack() as stack:

        def by(username: str) -> Page:
            opened = page(server, signed_in(cast.people[username]))
            stack.callback(opened.close)
            assert opened.subscribe(topic(cast)) == {"subscribed": [topic(cast)]}
            return opened

        yield by


def topic(cast: Cast) -> str:
    return topics.topic_of(cast.account)


def heard_before_the_end(listening: Page) -> list[dict[str, object]]:
    """What the page was told until it was cut off, which has to happen in time."""
    heard, begun = [], time.monotonic()
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            heard.append(listening.next())
    assert closed.value.rcvd and closed.value.rcvd.code == 4401
    assert time.monotonic() - begun < SECONDS
    return heard


def test_no_later_event_is_delivered_to_who_was_removed(cast: Cast, open_page: Callable[[str], Page]) -> None:
    removed, colleague = open_page("anna"), open_page("bea")
    remove_member(cast.actor("bea"), Membership.objects.get(person=cast.people["anna"]))
    for _ in range(20):
        tell([topic(cast)])
    assert heard_before_the_end(removed) == []
    assert colleague.next() == {"changed": topic(cast)}


def test_without_the_look_before_what_follows_it_would_be_delivered(
    cast: Cast, open_page: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""

    async def look_away(hub: Hub) -> None:
        return None

    removed = open_page("anna")
    monkeypatch.setattr(Hub, "_close_the_unentitled", look_away)
    remove_member(cast.actor("bea"), Membership.objects.get(person=cast.people["anna"]))
    tell([topic(cast)])
    assert removed.next() == {"changed": topic(cast)}


def test_with_the_portal_off_the_buyers_pages_end_and_the_suppliers_stay(
    cast: Cast, server: Server, open_page: Callable[[str], Page]
) -> None:
    buyer, clerk = open_page("anna"), open_page("clara")
    with transaction.atomic():
        switch_portal(cast.actor("mona"), cast.account, on=False)
    assert heard_before_the_end(buyer) == []
    assert clerk.next() == {"changed": topic(cast)}
    again = page(server, signed_in(cast.people["anna"]))
    assert again.subscribe(topic(cast)) == {"subscribed": []}


def test_a_session_ended_from_elsewhere_takes_its_pages_with_it(cast: Cast, server: Server) -> None:
    anna = cast.people["anna"]
    here, there = signed_in(anna), signed_in(anna)
    staying, going = page(server, here), page(server, there)
    row = anna.sessions.get(session_key=there.cookies["sessionid"].value)
    assert session.end_session(anna, row.pk)
    assert heard_before_the_end(going) == []
    assert staying.subscribe(topic(cast)) == {"subscribed": [topic(cast)]}
    session.end_sessions(anna)
    assert heard_before_the_end(staying) == []


def test_somebody_elses_change_ends_nobodys_page(cast: Cast, open_page: Callable[[str], Page]) -> None:
    staying, going = open_page("bea"), open_page("anna")
    change_member(cast.actor("bea"), Membership.objects.get(person=cast.people["anna"]), roles=["viewer"])
    change_account(cast.actor("mona"), cast.foreign, phone="1")
    heard_before_the_end(going)
    tell([topic(cast)])
    assert staying.next() == {"changed": topic(cast)}


def test_who_has_still_to_set_up_a_second_factor_gets_no_socket(cast: Cast, server: Server) -> None:
    second_factor.require_second_factor(cast.actor("bea"), wanted=True)
    browser = signed_in(cast.people["anna"])
    with pytest.raises(InvalidStatus):
        page(server, browser)
    kept = browser.session
    kept[SIGNED_IN_AT] = clock.now().timestamp() - 3600
    kept.save()
    page(server, browser).close()


class TestTwoServers:
    """Two web servers in processes of their own: removed on one, cut off at both, with the broker and without."""

    @pytest.fixture(params=["with a broker", "without a broker"])
    def ports(
        self, request: pytest.FixtureRequest, cast: Cast, valkey_url: str, settings: LazySettings,
        monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
    ) -> Iterator[list[int]]:  # fmt: skip
        broker = valkey_url if request.param == "with a broker" else f"unix://{tmp_path_factory.mktemp('none')}/nobody"
        environment = {
            "DJANGO_SETTINGS_MODULE": "eipp.settings", "EIPP_DATABASE_URL": database(), "EIPP_REDIS_URL": broker,
            "EIPP_SECRET_KEY": settings.SECRET_KEY, "EIPP_DATA": str(tmp_path_factory.mktemp("data")),
            "EIPP_DEBUG": "1",
        }  # fmt: skip
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with served("eipp.asgi:application") as one, served("eipp.asgi:application") as other:
            yield [one, other]

    def test_removed_at_one_is_cut_off_at_both(self, cast: Cast, ports: list[int]) -> None:
        cast.add("carol", "Carol Colleague", cast.buyer, ["approver"])
        browsers = {word: signed_in(cast.people[word]) for word in ("anna", "bea", "carol")}
        pages = [socket(port, browsers["anna"]) for port in ports]
        staying = [socket(port, browsers["carol"]) for port in ports]
        for each in (*pages, *staying):
            assert each.subscribe(topic(cast)) == {"subscribed": [topic(cast)]}
        (membership,) = active_memberships(cast.people["anna"])
        press(ports[0], browsers["bea"], f"/team/{membership.pk}/", {"move": "remove"})
        for each in pages:
            assert heard_before_the_end(each) == []
        with pytest.raises(InvalidStatus):
            socket(ports[1], browsers["anna"])
        for each in staying:
            assert each.subscribe(topic(cast)) == {"subscribed": [topic(cast)]}
            each.close()


def database() -> str:
    """The address of the database under the tests."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return f"postgres://{facts['USER']}{password}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def socket(port: int, browser: Client) -> Page:
    address, cookie = f"127.0.0.1:{port}", f"sessionid={browser.cookies['sessionid'].value}"
    return Page(f"ws://{address}/live", additional_headers={"Cookie": cookie}, origin=f"http://{address}")


def press(port: int, browser: Client, path: str, told: dict[str, str]) -> None:
    """Press a button of a page, as a browser does."""
    site = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=site, cookies={"sessionid": browser.cookies["sessionid"].value}) as client:
        shown = client.get(path)
        assert shown.status_code == 200, shown.text[:500]
        sent = client.post(
            path, data=told, headers={"X-CSRFToken": client.cookies["csrftoken"], "Referer": site + path}
        )
        assert sent.status_code == 302, sent.text[:500]
