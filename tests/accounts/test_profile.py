"""Profile: everyone changes their own name, user name, address, password, phone, language and theme."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from eipp.accounts.person import Person, clean_username, create_person
from eipp.kernel.refusal import Refusal
from tests.accounts.cast import PASSWORD, Cast, recorded, steady
from tests.accounts.test_recovery import link_in

PROFILE = {"name": "Anna Groß", "phone": "+44 1", "line1": "Kai 1", "city": "Hamburg", "country": "DE", "theme": "dark"}


@pytest.fixture
def anna(browser: Client, cast: Cast) -> Client:
    browser.force_login(cast.anna)
    return browser


def ask_for(browser: Client, email: str, password: str = PASSWORD) -> Any:
    return browser.post("/accounts/email/", {"email": email, "password": password})


def test_the_profile_is_changed_and_the_record_names_the_fields_only(anna: Client, cast: Cast) -> None:
    answer = anna.post("/accounts/profile/", PROFILE)
    assert answer.status_code == 302
    assert answer.cookies["theme"].value == "dark"
    cast.anna.refresh_from_db()
    assert cast.anna.name == "Anna Groß"
    assert cast.anna.address == {"line1": "Kai 1", "city": "Hamburg", "country": "DE"}
    event = recorded("person.profile_changed")[0]
    assert event.data == {"fields": ["address", "name", "phone", "theme"]}
    anna.post("/accounts/profile/", PROFILE)
    assert len(recorded("person.profile_changed")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "A\x00B"), ("name", "A\u202eB"), ("name", "x" * 201), ("phone", "1" * 41),
     ("line1", "a\x07"), ("language", "xx"), ("theme", "pink")],
)  # fmt: skip
def test_what_cannot_be_kept_is_an_error_at_its_field(anna: Client, cast: Cast, field: str, value: str) -> None:
    answer = anna.post("/accounts/profile/", {**PROFILE, field: value})
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    cast.anna.refresh_from_db()
    assert cast.anna.name == "Anna"


def test_the_user_name_is_changed_and_signs_in_at_once(anna: Client, cast: Cast) -> None:
    assert anna.post("/accounts/username/", {"username": "Änne"}).status_code == 302
    assert Client().post("/accounts/login/", {"login": "änne", "password": PASSWORD}).status_code == 302
    assert Client().post("/accounts/login/", {"login": "anna", "password": PASSWORD}).status_code == 200
    assert len(recorded("person.username_changed")) == 1


@pytest.mark.parametrize("taken", ["ada", "ADA", "Ａda"])
def test_a_taken_user_name_is_refused_in_any_spelling(anna: Client, cast: Cast, taken: str) -> None:
    answer = anna.post("/accounts/username/", {"username": taken})
    assert "taken" in str(answer.context["form"].errors["username"])
    cast.anna.refresh_from_db()
    assert cast.anna.username == "Anna"


def test_ones_own_name_may_be_spelled_anew(anna: Client, cast: Cast) -> None:
    assert anna.post("/accounts/username/", {"username": "ANNA"}).status_code == 302


@pytest.mark.parametrize("name", ["a", "a@b", "a b", "a\x00b", "a\u200bb", "a＠b", "a/b", "", "x" * 61, "\ud800x"])
def test_a_user_name_has_letters_digits_and_few_signs(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        clean_username(name)
    assert refused.value.status == 422
    assert refused.value.field == "username"


@pytest.mark.parametrize("email", ["", "anna", "anna@", "a\x00@example.com", "x" * 250 + "@example.com"])
def test_an_address_that_is_none_is_refused(cast: Cast, email: str) -> None:
    with pytest.raises(Refusal) as refused:
        create_person(username="zoe", email=email, name="Zoe")
    assert refused.value.field == "email"


def test_a_new_address_counts_once_it_was_confirmed_and_the_old_one_is_told(
    anna: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    ask_for(anna, "Anna@New.example")
    cast.anna.refresh_from_db()
    assert cast.anna.email == "Anna@example.com"
    assert mailoutbox[0].to == ["anna@new.example"]
    link = link_in(mailoutbox[0])
    Client().get(link)
    cast.anna.refresh_from_db()
    assert cast.anna.email == "Anna@example.com"
    Client().post(link)
    cast.anna.refresh_from_db()
    assert cast.anna.email == "anna@new.example"
    assert mailoutbox[1].to == ["anna@example.com"]
    assert len(recorded("person.email_changed")) == 1
    assert Client().post("/accounts/login/", {"login": "ANNA@NEW.EXAMPLE", "password": PASSWORD}).status_code == 302
    assert Client().post("/accounts/login/", {"login": "anna@example.com", "password": PASSWORD}).status_code == 200
    assert "does not work any more" in Client().get(link).content.decode()


def test_a_new_address_asks_for_the_password(anna: Client, mailoutbox: list[EmailMessage]) -> None:
    answer = ask_for(anna, "anna@new.example", "wrong")
    assert answer.context["form"].errors["password"]
    assert not mailoutbox


def test_whether_somebody_has_an_address_is_told_only_in_its_mailbox(
    anna: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    def answer(email: str) -> tuple[int, str, str]:
        asked = ask_for(anna, email)
        page = steady(anna.get(asked["Location"]))
        return asked.status_code, asked["Location"], page.replace(email, "")

    assert answer("ada@example.com") == answer("zora@example.com")
    Client().post(link_in(mailoutbox[0]))
    cast.anna.refresh_from_db()
    assert cast.anna.email == "Anna@example.com"


def test_two_who_confirm_one_address_do_not_both_get_it(
    anna: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    ada = Client()
    ada.force_login(cast.ada)
    ask_for(anna, "both@strasse.example")
    ask_for(ada, "both@straße.example")
    for mail in mailoutbox[:2]:
        assert Client().post(link_in(mail)).status_code < 400
    assert Person.objects.filter(email_folded="both@strasse.example").count() == 1
    cast.ada.refresh_from_db()
    assert cast.ada.email == "Ada@example.com"


def test_opening_the_confirmation_signs_nobody_out(anna: Client, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    ask_for(anna, "anna@new.example")
    ada = Client()
    ada.force_login(cast.ada)
    ada.get(link_in(mailoutbox[0]))
    assert ada.get("/accounts/profile/").status_code == 200


def test_a_changed_password_keeps_this_session_and_ends_the_others(
    anna: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere = Client()
    elsewhere.force_login(cast.anna)
    new = "quite another phrase"
    written = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert anna.post("/accounts/password/change/", written).status_code == 302
    assert anna.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302
    assert mailoutbox[0].to == ["anna@example.com"]
    assert len(recorded("person.password_changed")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("oldpassword", "wrong"), ("password1", "short"), ("password2", "other"), ("oldpassword", "x" * 999)],
)
def test_a_password_is_changed_only_rightly(anna: Client, field: str, value: str) -> None:
    new = "quite another phrase"
    written = {"oldpassword": PASSWORD, "password1": new, "password2": new, field: value}
    answer = anna.post("/accounts/password/change/", written)
    assert answer.context["form"].errors[field]


@pytest.mark.parametrize("page", ["profile", "username", "email", "password/change"])
def test_these_pages_are_for_those_who_are_signed_in(browser: Client, page: str) -> None:
    assert browser.get(f"/accounts/{page}/")["Location"] == f"/accounts/login/?next=/accounts/{page}/"
