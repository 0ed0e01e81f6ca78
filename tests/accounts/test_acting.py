"""Every request: who acts is verified anew, pages ask for a sign-in by default, and each answer has a number."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eipp.accounts.membership import active_memberships, add_member, remove_member
from eipp.kernel.events import Event
from tests.accounts.cast import Cast, recorded

PROFILE = "/accounts/profile/"


@pytest.fixture
def anna(browser: Client, cast: Cast) -> Client:
    browser.force_login(cast.anna)
    return browser


def test_who_is_removed_loses_the_page_at_the_next_request(anna: Client, cast: Cast) -> None:
    assert anna.get(PROFILE).context["request"].actor.organisation_id == cast.brightwater.pk
    remove_member(cast.administrator, active_memberships(cast.anna)[0])
    request = anna.get(PROFILE).context["request"]
    assert request.actor.organisation_id is None
    assert not request.actor.rights


def test_one_switches_between_ones_own_organisations_only(anna: Client, cast: Cast) -> None:
    add_member(person=cast.anna, organisation=cast.nordwind, roles=["ar_clerk"])
    assert anna.get(PROFILE).context["request"].actor.side == "buyer"
    assert anna.post(f"/accounts/act-for/{cast.nordwind.pk}/")["Location"] == "/desk/"
    assert anna.get(PROFILE).context["request"].actor.organisation_id == cast.nordwind.pk
    assert anna.post(f"/accounts/act-for/{cast.elsewhere.pk}/").status_code == 404
    assert anna.get(f"/accounts/act-for/{cast.brightwater.pk}/").status_code == 405
    assert anna.get(PROFILE).context["request"].actor.organisation_id == cast.nordwind.pk


def test_who_is_removed_from_the_organisation_at_hand_falls_back_to_another(anna: Client, cast: Cast) -> None:
    add_member(person=cast.anna, organisation=cast.elsewhere, roles=["viewer"])
    anna.post(f"/accounts/act-for/{cast.brightwater.pk}/")
    remove_member(cast.administrator, active_memberships(cast.anna)[0])
    assert anna.get(PROFILE).context["request"].actor.organisation_id == cast.elsewhere.pk


def test_acting_costs_the_same_however_many_organisations(anna: Client, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            anna.get("/accounts/password/change/")
        return len(captured)

    queries()
    before = queries()
    add_member(person=cast.anna, organisation=cast.elsewhere, roles=["viewer"])
    add_member(person=cast.anna, organisation=cast.nordwind, roles=["ar_clerk"])
    assert queries() == before


def test_each_answer_has_a_number_of_its_own_that_events_carry(anna: Client, cast: Cast) -> None:
    first = anna.get(PROFILE)
    second = anna.post("/accounts/logout/", headers={"x-request-id": "forged"})
    assert len(first["X-Request-ID"]) == 32
    assert first["X-Request-ID"] != second["X-Request-ID"] != "forged"
    assert recorded("person.signed_out")[0].request_id == second["X-Request-ID"]


def test_a_fragment_sends_the_whole_page_to_the_sign_in(browser: Client) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/invoices/1/?tab=2"}
    answer = browser.get(PROFILE, headers=asked)
    assert answer["HX-Redirect"] == "/accounts/login/?next=/invoices/1/"
    assert not answer.content


def test_a_post_without_sign_in_does_nothing_and_comes_back_to_the_start(browser: Client) -> None:
    answer = browser.post("/accounts/username/", {"username": "x"})
    assert answer["Location"] == "/accounts/login/?next=/"


def test_pages_of_the_signed_in_are_not_kept_by_shared_caches(anna: Client) -> None:
    assert "private" in anna.get(PROFILE)["Cache-Control"]


def test_the_page_speaks_the_persons_language_or_the_organisations(anna: Client, cast: Cast) -> None:
    cast.brightwater.language = "de"
    cast.brightwater.save()
    assert '<html lang="de"' in anna.get(PROFILE).content.decode()
    cast.anna.language = "fr"
    cast.anna.save()
    assert '<html lang="fr"' in anna.get(PROFILE).content.decode()
    assert '<html lang="en"' in Client().get("/accounts/login/").content.decode()


def test_every_event_of_accounts_carries_no_name_and_no_address(cast: Cast) -> None:
    for event in Event.objects.all():
        text = str(event.data).casefold()
        assert "example.com" not in text
        assert "anna" not in text


def test_migrations_are_up_to_date(db: None) -> None:
    call_command("makemigrations", "accounts", "kernel", check=True, dry_run=True, verbosity=0)
