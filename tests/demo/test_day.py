"""The example world's day: one button moves it on for every process, one begins anew; elsewhere neither exists."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from eipp.accounts.models import Organisation, Person
from eipp.accounts.organisation import create_organisation
from eipp.demo import beginning, day, handout, loading
from eipp.demo.day import ExampleDay
from eipp.demo.world import World as Cast
from eipp.gateways import sandbox
from eipp.gateways.gateway import gateway
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock, lease
from eipp.kernel.events import Event
from eipp.kernel.lease import Lease
from eipp.ledger.models import Invoice
from eipp.ledger.verify import verify
from tests.workflows.doing import assert_sound, enter, hear
from tests.world import World

MIDDLEWARE = "eipp.demo.middleware.follow_the_day"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today(settings: LazySettings) -> Iterator[None]:
    """The clock is followed as in an example world, and stands right again after each test."""
    settings.MIDDLEWARE = [MIDDLEWARE, *settings.MIDDLEWARE]
    given_out = handout.path().read_bytes() if handout.path().exists() else None
    _forget()
    yield
    _forget()
    if given_out is not None:  # the other tests' world has the keys of before
        handout.path().write_bytes(given_out)


def _forget() -> None:
    """As a process that has just begun."""
    clock._ahead, clock._read_at, day._last = timedelta(0), float("-inf"), ExampleDay()


def press(client: Client, button: str, **form: str) -> Any:
    return client.post(f"/example/{button}/", form)


def is_ahead() -> timedelta:
    return round((clock.now() - timezone.now()) / DAY) * DAY


# --- tomorrow


def test_tomorrow_is_a_day_later_and_one_stays_on_the_page(world: World) -> None:
    response = press(world.client("anna"), "tomorrow", page="/invoices/")
    assert (response.status_code, response["Location"], is_ahead()) == (302, "/invoices/", DAY)
    press(world.client("clara"), "tomorrow")
    assert is_ahead() == 2 * DAY


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_the_button_leads_to_no_other_site(world: World, page: str) -> None:
    assert press(world.client("anna"), "tomorrow", page=page)["Location"] == "/"


def test_another_process_follows_within_a_second(world: World) -> None:
    press(world.client("anna"), "tomorrow")
    _forget()
    assert is_ahead() == timedelta(0)
    clock.follow()
    assert is_ahead() == DAY


def test_what_is_due_and_past_due_moves_with_the_day(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account", due=clock.today("Europe/Amsterdam"))
    client = world.client("tom")
    assert "Due today" in client.get(f"/invoices/{invoice.pk}/").content.decode()
    press(client, "tomorrow")
    assert "Past due" in client.get(f"/invoices/{invoice.pk}/").content.decode()


def test_a_debit_settles_when_the_days_have_passed(world: World, settle: Callable[[], None]) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    payment = enter(world, "tom", invoice, method="bank_debit")
    sandbox.debit(SandboxCharge.objects.get().pk, account="000123456789")
    client = world.client("tom")
    for _ in range(5):  # a weekend may lie between
        assert hear(payment).state in ("pending", "settled")
        press(client, "tomorrow")
    assert hear(payment).state == "settled"
    settle()
    assert_sound()


def test_whoever_is_signed_in_stays_so_and_leases_are_kept(world: World) -> None:
    client = world.client("anna")
    assert lease.take("something", seconds=60)
    Lease.objects.update(holder="another process")
    for _ in range(40):  # days; a session lives for less
        day.tomorrow()
    assert Session.objects.get().expire_date < clock.now()
    assert client.get("/").status_code == 200
    assert not lease.take("something")


def test_signed_callbacks_are_of_the_real_time(world: World) -> None:
    enter(world, "tom", world.invoice("100.00", account="tiny_account"))
    day.tomorrow()
    headers, body = sandbox.callback(SandboxCharge.objects.get())
    headers.pop("Content-Type")
    answer = Client().post("/api/v1/callbacks/sandbox", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def test_the_day_is_read_once_in_a_second(world: World) -> None:
    client = Client()
    client.get("/accounts/login/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(5):
            clock.follow()
    assert len(queries) == 0


# --- elsewhere


def test_without_an_example_world_there_is_no_button_no_effect_and_no_query(
    world: World, settings: LazySettings
) -> None:
    ExampleDay.objects.create(pk=1, days_ahead=7, is_alone=True)
    client = world.client("anna")
    settings.EXAMPLE_WORLD = False
    with CaptureQueriesContext(connection) as queries:
        clock.follow(within=0)
        assert not beginning.begin_anew()
    assert (len(queries), is_ahead()) == (0, timedelta(0))
    for button in ("tomorrow", "start-over"):
        assert press(client, button).status_code == 404
    assert "start-over" not in client.get("/").content.decode()
    assert ExampleDay.objects.get().days_ahead == 7


def test_the_buttons_are_for_those_who_are_in(world: World) -> None:
    for button in ("tomorrow", "start-over"):
        assert press(Client(), button)["Location"].startswith("/accounts/login/")
        assert world.client("anna").get(f"/example/{button}/").status_code == 405
    assert not ExampleDay.objects.exists()


@pytest.mark.parametrize("word", ["anna", "clara"])
def test_each_face_shows_the_day_and_both_buttons(world: World, word: str) -> None:
    client = world.client(word)
    home = client.get("/", follow=True).content.decode()
    assert 'action="/example/tomorrow/"' in home
    assert 'action="/example/start-over/"' in home


# --- start over


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_starting_over_brings_back_the_first_day_and_the_first_data(full_world: World) -> None:
    before = _census()
    loading.load()
    client = full_world.client("anna")
    press(client, "tomorrow")
    invoice = full_world.invoice("100.00", account="tiny_account")
    old = set(Person.objects.values_list("pk", flat=True))

    press(client, "start-over")
    assert is_ahead() == timedelta(0)
    waiting = client.get("/")
    assert (waiting.status_code, waiting["Retry-After"]) == (503, "2")
    assert "first day" in waiting.content.decode()
    assert Client().get("/api/v1/invoices").status_code == 503

    assert beginning.begin_anew()
    clock.follow(within=0)
    assert not beginning.begin_anew()
    assert _census() == before
    assert not Invoice.objects.filter(pk=invoice.pk).exists()
    assert not old & set(Person.objects.values_list("pk", flat=True))
    assert list(verify()) == []
    assert_sound()
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert Client().post("/example/enter/buyer/").status_code == 302
    world = Cast.found()
    assert world
    key = handout.key_of("nordwind")
    assert Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/invoices").status_code == 200
    with pytest.raises(Exception, match="append-only"):  # the database guards the record again
        Event.objects.filter(pk=Event.objects.latest("pk").pk).update(name="x")


def test_where_others_are_kept_nothing_is_emptied(world: World) -> None:
    create_organisation(name="A real customer", side="buyer", slug="real", country="DE", time_zone="Europe/Berlin")
    loading.load()
    press(world.client("anna"), "start-over")
    assert ExampleDay.objects.get().asked_at is None
    ExampleDay.objects.update(asked_at=timezone.now())
    assert not beginning.begin_anew()
    assert Organisation.objects.filter(slug="real").exists()


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_leaves_the_old_world_and_lets_people_in_again(world: World, settings: LazySettings) -> None:
    day.note_world(is_alone=True)
    invoice = world.invoice("100.00")
    day.ask_to_begin_anew()
    settings.GATEWAYS = {}  # the story cannot be told without its provider
    gateway.cache_clear()
    assert not beginning.begin_anew()
    assert ExampleDay.objects.get().asked_at is None
    assert ExampleDay.objects.get().fault
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def _census() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in (Organisation, Person, Invoice, Event)}
