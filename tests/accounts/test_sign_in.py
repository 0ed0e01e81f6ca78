"""Signing in: by user name or e-mail address in any case, and one answer whatever is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as installed
from django.contrib.auth.hashers import make_password
from django.test import Client

from eipp.accounts.authentication import PersonBackend
from eipp.accounts.membership import active_memberships, remove_member
from eipp.accounts.person import Person, create_person
from eipp.kernel.refusal import Refusal
from eipp.settings import sign_in as chosen
from tests.accounts import hashing
from tests.accounts.cast import PASSWORD, Cast, person, recorded, steady

LOGIN = "/accounts/login/"
SENTENCE = "The user name or e-mail address and the password do not belong together."


def sign_in(browser: Client, login: str, password: str = PASSWORD, **further: str) -> Any:
    return browser.post(LOGIN, {"login": login, "password": password, **further})


@pytest.fixture
def counted(settings: LazySettings) -> Iterator[list[str]]:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.CountingHasher"]
    hashing.hashed.clear()
    yield hashing.hashed
    hashing.hashed.clear()


@pytest.mark.parametrize("login", ["Anna", "anna", "ANNA", "anna@example.com", "ANNA@Example.COM", "  anna "])
def test_one_signs_in_with_user_name_or_address_in_any_case(browser: Client, login: str) -> None:
    answer = sign_in(browser, login)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert "_auth_user_id" in browser.session
    assert len(recorded("person.signed_in")) == 1


def test_case_is_folded_beyond_ascii(browser: Client) -> None:
    create_person(username="Straße", email="b@example.com", name="B", password=PASSWORD)
    create_person(username="ÅSA", email="a@example.com", name="A", password=PASSWORD)
    assert sign_in(Client(), "STRASSE").status_code == 302
    assert sign_in(Client(), "åsa").status_code == 302
    with pytest.raises(Refusal, match="taken"):
        create_person(username="åsa", email="c@example.com", name="C")


def test_suppliers_people_begin_at_the_desk(browser: Client) -> None:
    assert sign_in(browser, "mona")["Location"] == "/desk/"


@pytest.mark.parametrize("login", ["Anna", "anna@example.com", "nobody", "nobody@example.com", "x" * 254, "%", "İ"])
def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(cast: Cast, counted: list[str], login: str) -> None:
    Person.objects.filter(username="Anna").update(password=make_password(PASSWORD))
    counted.clear()
    answer = sign_in(Client(), login, "wrong password")
    assert answer.status_code == 200
    assert SENTENCE in answer.content.decode()
    assert len(counted) == 1


def test_the_answer_differs_in_nothing_but_what_was_typed(cast: Cast) -> None:
    def page(login: str) -> str:
        return steady(sign_in(Client(), login, "wrong password")).replace(login, "")

    assert page("anna@example.com") == page("zora@example.com")


def test_without_the_dummy_hash_an_unknown_name_would_be_known_by_its_speed(cast: Cast, counted: list[str]) -> None:
    """The negative control: looking up and checking alone hashes nothing for a stranger."""
    found = Person.objects.find("nobody")
    assert found is None
    assert not counted
    PersonBackend().authenticate(None, username="nobody", password="wrong")
    assert len(counted) == 1


def test_a_login_that_is_switched_off_answers_like_an_unknown_one(browser: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.anna.pk).update(is_active=False)
    assert SENTENCE in sign_in(browser, "anna").content.decode()


def test_an_open_session_ends_when_the_login_is_switched_off(browser: Client, cast: Cast) -> None:
    sign_in(browser, "anna")
    Person.objects.filter(pk=cast.anna.pk).update(is_active=False)
    assert browser.get("/accounts/profile/")["Location"].startswith(LOGIN)


def test_attempts_are_counted_by_person_whether_by_name_or_address(browser: Client, cast: Cast) -> None:
    for login in ("anna", "ANNA@example.com", "Anna", "anna@example.com", "anna"):
        assert SENTENCE in sign_in(browser, login, "wrong").content.decode()
    for login in ("anna", "anna@example.com"):
        answer = sign_in(browser, login)
        assert "Too many attempts" in answer.content.decode()
    assert sign_in(Client(), "ada").status_code == 302


def test_unknown_names_run_into_the_same_limit(browser: Client) -> None:
    for _ in range(5):
        sign_in(browser, "nobody", "wrong")
    assert "Too many attempts" in sign_in(browser, "nobody", "wrong").content.decode()


def test_attempts_are_counted_by_address_of_the_network(browser: Client) -> None:
    answers = [sign_in(browser, f"somebody{number}", "wrong") for number in range(21)]
    assert "Too many attempts" not in answers[19].content.decode()
    assert "Too many attempts" in answers[20].content.decode()


def test_limits_are_kept_in_the_database(browser: Client) -> None:
    assert "DatabaseCache" in str(installed.CACHES["default"]["BACKEND"])
    assert installed.SESSION_ENGINE.endswith("backends.db")


def test_passwords_are_hashed_with_argon2_outside_tests(cast: Cast, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = chosen.PASSWORD_HASHERS
    assert person("zoe").password.startswith("argon2$")
    assert sign_in(Client(), "zoe").status_code == 302


def test_keep_me_signed_in_lasts_two_weeks_and_else_until_the_browser_closes(cast: Cast) -> None:
    kept, brief = Client(), Client()
    sign_in(kept, "anna", remember="on")
    sign_in(brief, "anna")
    assert kept.session.get_expiry_age() > 13 * 24 * 3600
    assert not kept.session.get_expire_at_browser_close()
    assert brief.session.get_expire_at_browser_close()


def test_the_session_gets_another_key_at_sign_in(browser: Client) -> None:
    browser.get(LOGIN)
    session = browser.session
    session["seen"] = 1
    session.save()
    before = session.session_key
    sign_in(browser, "anna")
    assert browser.session.session_key != before


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_sign_in_nobody_is_led_elsewhere(browser: Client, evil: str) -> None:
    assert sign_in(browser, "anna", next=evil)["Location"] == "/"


def test_after_sign_in_one_is_where_one_wanted_to_go(browser: Client) -> None:
    asked = browser.get("/accounts/username/?x=1")
    page = browser.get(asked["Location"]).content.decode()
    assert 'name="next" value="/accounts/username/?x=1"' in page
    assert sign_in(browser, "anna", next="/accounts/username/?x=1")["Location"] == "/accounts/username/?x=1"


@pytest.mark.parametrize("login", ["\x00", "anna\x00", "a" * 300, ""])
def test_what_cannot_be_typed_is_an_error_at_its_field(browser: Client, login: str) -> None:
    answer = sign_in(browser, login)
    assert answer.status_code == 200
    assert answer.context["form"].errors["login"]


def test_a_huge_password_is_refused_before_it_is_hashed(browser: Client, counted: list[str]) -> None:
    answer = sign_in(browser, "anna", "x" * 100_000)
    assert answer.status_code == 200
    assert answer.context["form"].errors["password"]
    assert not counted


def test_signing_out_needs_a_post_and_is_recorded(browser: Client) -> None:
    sign_in(browser, "anna")
    assert "Sign out?" in browser.get("/accounts/logout/").content.decode()
    assert "_auth_user_id" in browser.session
    assert browser.post("/accounts/logout/")["Location"] == LOGIN
    assert "_auth_user_id" not in browser.session
    assert len(recorded("person.signed_out")) == 1


def test_nobody_signs_up_without_an_invitation(browser: Client) -> None:
    for stray in ("signup", "password/set", "inactive", "reauthenticate", "confirm-email", "login/code"):
        assert browser.get(f"/accounts/{stray}/").status_code == 404


def test_somebody_without_a_membership_signs_in_and_sees_nothing(browser: Client, cast: Cast) -> None:
    person("zoe")
    remove_member(cast.administrator, active_memberships(cast.anna)[0])
    for login in ("zoe", "anna"):
        visitor = Client()
        sign_in(visitor, login)
        answer = visitor.get("/accounts/profile/")
        assert answer.status_code == 200
        assert "Brightwater" not in answer.content.decode()
