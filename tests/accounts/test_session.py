"""Sessions: seen with device and time, ended one by one or all at once, and with another password."""

from datetime import timedelta

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from eipp.accounts.session import PersonSession, device, forget_worn_out, open_sessions
from eipp.kernel import clock
from eipp.web import seen
from tests.accounts.cast import PASSWORD, Cast, recorded

PAGE = "/accounts/sessions/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def sign_in(agent: str, login: str = "anna") -> Client:
    browser = Client(headers={"user-agent": agent})
    assert browser.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return browser


@pytest.fixture
def laptop(cast: Cast) -> Client:
    return sign_in(LAPTOP)


@pytest.fixture
def phone(cast: Cast) -> Client:
    return sign_in(PHONE)


def is_in(browser: Client) -> bool:
    return browser.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (LAPTOP, "Firefox on Windows"),
        (PHONE, "Safari on iOS"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/126 Safari/537 Edg/126.0", "Edge on macOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126 Mobile Safari/537", "Chrome on Android"),
        ("curl/8.5", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_has_a_name_that_people_know(agent: str, words: str) -> None:
    assert device(agent) == words


def test_one_sees_where_one_is_signed_in(laptop: Client, phone: Client, cast: Cast) -> None:
    sign_in(LAPTOP, "ada")
    page = laptop.get(PAGE)
    assert [one.device for one in page.context["sessions"]] == ["Firefox on Windows", "Safari on iOS"]
    assert [one.current for one in page.context["sessions"]] == [True, False]
    assert "127.0.0.1" in page.content.decode()


def test_one_signs_out_elsewhere(laptop: Client, phone: Client) -> None:
    other = laptop.get(PAGE).context["sessions"][1]
    laptop.post(PAGE, {"move": "end", "session": str(other.id)})
    assert not is_in(phone)
    assert is_in(laptop)
    assert len(recorded("person.session_ended")) == 1


@pytest.mark.parametrize("session", ["", "x", "0199d0a0-0000-7000-8000-000000000000"])
def test_what_is_no_session_of_ones_own_does_not_exist(laptop: Client, cast: Cast, session: str) -> None:
    assert laptop.post(PAGE, {"move": "end", "session": session}).status_code == 404
    assert laptop.post(PAGE, {"move": "dance"}).status_code == 404


def test_nobody_ends_somebody_elses(laptop: Client, cast: Cast) -> None:
    ada = sign_in(LAPTOP, "ada")
    foreign = PersonSession.objects.get(person=cast.ada)
    assert laptop.post(PAGE, {"move": "end", "session": str(foreign.pk)}).status_code == 404
    assert is_in(ada)


def test_one_signs_out_everywhere_else_and_everywhere(laptop: Client, phone: Client, cast: Cast) -> None:
    third = sign_in(PHONE)
    laptop.post(PAGE, {"move": "others"})
    assert (is_in(laptop), is_in(phone), is_in(third)) == (True, False, False)
    assert recorded("person.sessions_ended")[0].data == {"sessions": 2}
    assert laptop.post(PAGE, {"move": "all"})["Location"] == "/accounts/login/"
    assert not is_in(laptop)
    assert not open_sessions(cast.anna, current="")


def test_ending_this_very_session_leads_to_the_sign_in(laptop: Client) -> None:
    own = laptop.get(PAGE).context["sessions"][0]
    assert laptop.post(PAGE, {"move": "end", "session": str(own.id)})["Location"] == "/accounts/login/"
    assert not is_in(laptop)


def test_another_password_ends_the_others_and_keeps_this_one(laptop: Client, phone: Client, cast: Cast) -> None:
    new = {"oldpassword": PASSWORD, "password1": "quite another phrase", "password2": "quite another phrase"}
    assert laptop.post("/accounts/password/change/", new).status_code == 302
    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert [one.device for one in laptop.get(PAGE).context["sessions"]] == ["Firefox on Windows"]


def test_last_seen_is_noted_once_a_minute(laptop: Client, cast: Cast, time_machine: TimeMachineFixture) -> None:
    row = PersonSession.objects.get(person=cast.anna)
    time_machine.move_to(clock.now() + timedelta(minutes=5))
    seen._noted.clear()
    laptop.get("/accounts/profile/")
    again = PersonSession.objects.get(person=cast.anna)
    assert again.seen_at - row.seen_at >= timedelta(minutes=5)
    assert again.began_at == row.began_at


def test_rows_of_sessions_that_are_no_more_are_forgotten(laptop: Client, phone: Client, cast: Cast) -> None:
    phone.session.flush()
    forget_worn_out()
    assert PersonSession.objects.filter(person=cast.anna).count() == 1
