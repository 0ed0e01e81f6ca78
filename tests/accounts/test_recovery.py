"""Recovery: user name and password by one mail, to the address on record; the same whether known or not."""

import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import TimeMachineFixture

from eipp.accounts.person import Person
from eipp.kernel import clock
from tests.accounts.cast import PASSWORD, Cast, person, recorded, steady

ASK = "/accounts/password/reset/"
NEW = {"password1": "quite another phrase", "password2": "quite another phrase"}


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"http://[^/]+(/accounts/\S+)", str(mail.body))
    assert found, mail.body
    return found[1]


@pytest.fixture
def link(browser: Client, mailoutbox: list[EmailMessage]) -> str:
    browser.post(ASK, {"email": "ANNA@example.com"})
    return link_in(mailoutbox[0])


def test_one_mail_brings_the_user_name_and_a_link_to_a_new_password(
    browser: Client, cast: Cast, link: str, mailoutbox: list[EmailMessage]
) -> None:
    assert mailoutbox[0].to == ["Anna@example.com"]
    assert "Your user name: Anna" in mailoutbox[0].body
    form = browser.get(link, follow=True)
    answer = browser.post(form.redirect_chain[-1][0], NEW)
    assert answer.status_code == 302
    cast.anna.refresh_from_db()
    assert cast.anna.check_password(NEW["password1"])
    assert len(recorded("person.password_changed")) == 1
    assert mailoutbox[1].subject == "Your password was changed"
    assert "_auth_user_id" not in browser.session


def test_known_and_unknown_get_the_same_answer_one_mail_and_the_same_work(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    seen = []
    for email in ("anna@example.com", "zora@example.com"):
        visitor = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = visitor.post(ASK, {"email": email}, follow=True)
        seen.append((answer.redirect_chain, steady(answer), len(queries)))
    assert seen[0] == seen[1]
    assert [mail.to for mail in mailoutbox] == [["Anna@example.com"], ["zora@example.com"]]


def test_the_mail_goes_to_the_address_on_record_and_not_to_its_double(
    browser: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    """`straße.example` folds to `strasse.example`, but somebody else may own it."""
    person("zoe", email="zoe@strasse.example")
    browser.post(ASK, {"email": "zoe@straße.example"})
    assert mailoutbox[0].to == ["zoe@strasse.example"]
    assert all("zoe@straße.example" not in mail.to for mail in mailoutbox)


def test_opening_the_link_uses_nothing_up(cast: Cast, link: str) -> None:
    for _ in range(3):
        assert "Anna" in Client().get(link, follow=True).content.decode()


def test_the_link_works_once(cast: Cast, link: str) -> None:
    first, second = Client(), Client()
    here = first.get(link, follow=True).redirect_chain[-1][0]
    there = second.get(link, follow=True).redirect_chain[-1][0]
    first.post(here, NEW)
    assert "does not work any more" in second.post(there, NEW).content.decode()
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_the_link_dies_with_a_change_of_address(cast: Cast, link: str) -> None:
    Person.objects.get(pk=cast.anna.pk).save()
    assert "does not work" not in Client().get(link, follow=True).content.decode()
    cast.anna.email = "anna@elsewhere.example"
    cast.anna.save()
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_the_link_expires_after_an_hour(cast: Cast, link: str, time_machine: TimeMachineFixture) -> None:
    assert "does not work" not in Client().get(link, follow=True).content.decode()
    time_machine.move_to(clock.now() + timedelta(seconds=3601))
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_a_link_for_nobody_is_only_a_link_that_does_not_work(cast: Cast) -> None:
    answer = Client().get(f"{ASK}key/{'0' * 32}-abc-def/")
    assert answer.status_code == 200
    assert "does not work any more" in answer.content.decode()


@pytest.mark.parametrize("weak", ["short", "1234567890", "password12", "anna@example", "x" * 300])
def test_a_weak_password_is_refused_at_its_field(browser: Client, link: str, weak: str) -> None:
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    answer = browser.post(form, {"password1": weak, "password2": weak})
    assert answer.status_code == 200
    assert answer.context["form"].errors["password1"]


def test_all_other_sessions_end(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    elsewhere, here = Client(), Client()
    elsewhere.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert elsewhere.get("/accounts/profile/").status_code == 200
    here.post(ASK, {"email": "anna@example.com"})
    here.post(here.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0], NEW)
    assert elsewhere.get("/accounts/profile/").status_code == 302


def test_asking_is_limited_by_address_known_or_not(browser: Client, mailoutbox: list[EmailMessage]) -> None:
    for email in ("anna@example.com", "zora@example.com"):
        statuses = [browser.post(ASK, {"email": email}).status_code for _ in range(4)]
        assert statuses == [302, 302, 302, 429]
    assert len(mailoutbox) == 6


def test_links_name_the_installations_own_address_whatever_host_was_asked(
    browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser.post(ASK, {"email": "anna@example.com"}, headers={"host": "localhost"})
    assert "http://127.0.0.1" in mailoutbox[0].body
