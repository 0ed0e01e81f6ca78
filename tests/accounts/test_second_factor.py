"""The second factor: an app's code after the password, recovery codes, and organisations that ask everybody for one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.test import Client
from time_machine import TimeMachineFixture

from eipp.accounts.membership import add_member
from eipp.accounts.second_factor import require_second_factor
from eipp.kernel import clock
from tests.accounts.cast import PASSWORD, Cast, recorded
from tests.accounts.totp import code

LOGIN, INDEX = "/accounts/login/", "/accounts/second-factor/"
SET_UP, PROVE, CODES = f"{INDEX}app/", f"{INDEX}prove/", f"{INDEX}codes/"
WRONG = "not the code of this moment"


def sign_in(login: str = "anna", browser: Client | None = None) -> tuple[Client, Any]:
    browser = browser or Client()
    return browser, browser.post(LOGIN, {"login": login, "password": PASSWORD})


def set_up(browser: Client) -> str:
    """Scan and type: the secret that the app keeps."""
    secret: str = browser.get(SET_UP).context["form"].secret
    assert browser.post(SET_UP, {"code": code(secret)})["Location"] == CODES
    return secret


def recovery_codes(browser: Client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", browser.get(CODES).content.decode())


@pytest.fixture
def secret(cast: Cast) -> str:
    return set_up(sign_in()[0])


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> None:
    """A code opens once, so the next sign-in comes with the next code."""
    time_machine.move_to(clock.now() + timedelta(seconds=31))


def test_with_an_app_the_password_alone_opens_nothing(cast: Cast, secret: str, later: None) -> None:
    browser, answer = sign_in()
    assert answer["Location"] == PROVE
    assert browser.get("/accounts/profile/")["Location"].startswith(LOGIN)
    assert browser.get("/").status_code == 302
    assert WRONG in browser.post(PROVE, {"code": "000000"}).content.decode()
    assert "_auth_user_id" not in browser.session
    assert browser.post(PROVE, {"code": code(secret)})["Location"] == "/"
    assert browser.get("/accounts/profile/").status_code == 200


def test_it_is_on_record_without_the_secret(cast: Cast) -> None:
    browser, _ = sign_in()
    secret = set_up(browser)
    assert [event.data for event in recorded("person.second_factor_added")] == [{"kind": "totp"}]
    assert all(secret not in str(vars(event)) for event in recorded("person.second_factor_added"))


def test_the_secret_is_locked_in_the_database(cast: Cast, secret: str) -> None:
    kept = str([row.data for row in Authenticator.objects.all()])
    assert secret not in kept
    assert len(kept) > 100


def test_signed_in_events_come_with_the_second_proof_only(cast: Cast, secret: str, later: None) -> None:
    before = len(recorded("person.signed_in"))
    browser, _ = sign_in()
    assert len(recorded("person.signed_in")) == before
    browser.post(PROVE, {"code": code(secret)})
    assert len(recorded("person.signed_in")) == before + 1


def test_a_code_opens_once(cast: Cast, secret: str, later: None) -> None:
    first, second = sign_in()[0], sign_in()[0]
    seen = code(secret)
    assert first.post(PROVE, {"code": seen}).status_code == 302
    assert WRONG in second.post(PROVE, {"code": seen}).content.decode()


def test_guessing_codes_is_limited_by_person(cast: Cast, secret: str, later: None) -> None:
    browser, _ = sign_in()
    for guess in range(5):
        assert WRONG in browser.post(PROVE, {"code": f"{guess:06}"}).content.decode()
    assert "Too many attempts" in browser.post(PROVE, {"code": code(secret)}).content.decode()


def test_each_recovery_code_opens_once(cast: Cast, later: None) -> None:
    browser, _ = sign_in()
    set_up(browser)
    codes = recovery_codes(browser)
    assert len(set(codes)) == 10
    again, _ = sign_in()
    assert again.post(PROVE, {"code": codes[3]})["Location"] == "/"
    third, _ = sign_in()
    assert WRONG in third.post(PROVE, {"code": codes[3]}).content.decode()
    assert len(recovery_codes(browser)) == 9
    assert browser.get(f"{CODES}file/").content.decode().split() == recovery_codes(browser)


def test_new_recovery_codes_close_the_old_ones(cast: Cast) -> None:
    browser, _ = sign_in()
    set_up(browser)
    old = set(recovery_codes(browser))
    assert browser.post(f"{CODES}new/")["Location"] == CODES
    assert not old & set(recovery_codes(browser))
    assert len(recorded("person.recovery_codes_made")) == 1


def test_one_begins_again_from_the_second_proof(cast: Cast, secret: str) -> None:
    browser, _ = sign_in()
    assert browser.get(LOGIN)["Location"] == PROVE
    browser.post("/accounts/logout/", {"next": LOGIN})
    assert browser.get(LOGIN).status_code == 200


@pytest.mark.parametrize("path", [SET_UP, f"{INDEX}app/remove/", CODES, f"{CODES}new/", "/accounts/passkeys/add/"])
def test_what_is_sensitive_asks_once_more_when_the_last_proof_is_old(
    cast: Cast, time_machine: TimeMachineFixture, path: str
) -> None:
    browser, _ = sign_in()
    secret = set_up(browser)
    time_machine.move_to(clock.now() + timedelta(minutes=11))
    for ask in (browser.get, browser.post):
        assert ask(path)["Location"].startswith("/accounts/confirm/?next=")
    assert "not" in browser.post("/accounts/confirm/", {"password": "wrong"}).content.decode()
    there = browser.post("/accounts/confirm/code/", {"code": code(secret, at=clock.now().timestamp()), "next": path})
    assert there["Location"] == path
    assert browser.get(path)["Location" if path == SET_UP else "Content-Type"]


def test_a_removed_app_is_asked_for_no_more(cast: Cast, secret: str) -> None:
    browser = Client()
    browser.force_login(cast.anna)
    browser.post("/accounts/confirm/", {"password": PASSWORD, "next": INDEX})
    assert browser.post(f"{INDEX}app/remove/")["Location"] == INDEX
    assert recorded("person.second_factor_removed")[0].data == {"kind": "totp"}
    assert sign_in()[1]["Location"] == "/"
    assert not Authenticator.objects.exists()


def test_a_password_reset_does_not_lead_around_it(cast: Cast, secret: str, mailoutbox: list[EmailMessage]) -> None:
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": "anna@example.com"})
    link = re.search(r"/accounts/password/reset/key/\S+", str(mailoutbox[-1].body))
    assert link
    form = browser.get(link[0], follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": "quite another phrase", "password2": "quite another phrase"})
    answer = browser.post(LOGIN, {"login": "anna", "password": "quite another phrase"})
    assert answer["Location"] == PROVE


class TestAsked:
    """An organisation asks its people for one."""

    @pytest.fixture
    def signed_in_before(self, cast: Cast) -> Client:
        return sign_in()[0]

    @pytest.fixture(autouse=True)
    def asked(self, signed_in_before: Client, cast: Cast, time_machine: TimeMachineFixture) -> None:
        time_machine.move_to(clock.now() + timedelta(seconds=1))
        require_second_factor(cast.administrator, wanted=True)
        time_machine.move_to(clock.now() + timedelta(seconds=1))

    def test_who_is_signed_in_goes_on_and_the_next_sign_in_leads_to_the_set_up(self, signed_in_before: Client) -> None:
        assert signed_in_before.get("/accounts/profile/").context["request"].actor.organisation_id
        browser, answer = sign_in()
        for path in (answer["Location"], "/invoices/", "/team/", "/notifications/", "/search/?q=x"):
            assert browser.get(path)["Location"] == INDEX, path
        assert browser.post("/files/begin", {"name": "x.png", "size": 1})["Location"] == INDEX
        page = browser.get(INDEX).content.decode()
        assert "asks for a second factor" in page
        set_up(browser)
        assert browser.get("/accounts/profile/").context["request"].actor.organisation_id

    def test_the_api_sees_nobody_either(self, cast: Cast) -> None:
        browser, _ = sign_in()
        assert browser.get("/api/v1/accounts").status_code == 403
        set_up(browser)
        assert browser.get("/api/v1/accounts").status_code == 200

    def test_another_session_without_it_stays_closed(self, cast: Cast) -> None:
        one, _ = sign_in()
        other, _ = sign_in()
        set_up(one)
        assert other.get("/invoices/")["Location"] == INDEX
        assert "sign out and sign in again" in other.get(INDEX).content.decode()

    def test_the_last_one_cannot_be_removed(self, cast: Cast) -> None:
        browser, _ = sign_in()
        set_up(browser)
        browser.post(f"{INDEX}app/remove/")
        assert Authenticator.objects.filter(type="totp").exists()
        assert "set up another one" in browser.get(INDEX).content.decode()
        assert not recorded("person.second_factor_removed")

    def test_one_may_still_act_for_who_does_not_ask(self, cast: Cast) -> None:
        add_member(person=cast.anna, organisation=cast.elsewhere, roles=["viewer"])
        browser, _ = sign_in()
        assert browser.get("/invoices/").status_code == 302
        browser.post(f"/accounts/act-for/{cast.elsewhere.pk}/")
        assert browser.get("/invoices/").status_code == 200

    def test_it_is_on_record_and_can_be_taken_back(self, cast: Cast) -> None:
        assert len(recorded("organisation.second_factor_required")) == 1
        require_second_factor(cast.administrator, wanted=True)
        assert len(recorded("organisation.second_factor_required")) == 1
        require_second_factor(cast.administrator, wanted=False)
        assert len(recorded("organisation.second_factor_released")) == 1
        browser, _ = sign_in()
        assert browser.get("/invoices/").status_code == 200
