"""The example world is loaded once, hands out what opens it, and stays away where nobody asked for it."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from eipp.accounts.api_key import actor_for_key
from eipp.accounts.models import Organisation, Person
from eipp.demo import handout, loading
from eipp.demo.cast import PEOPLE, PROGRAMS
from eipp.ledger.models import Invoice
from tests.world import World


@pytest.fixture
def example_world(settings: LazySettings) -> None:
    settings.EXAMPLE_WORLD = True


def test_the_handout_names_everybody_and_what_opens_the_world(full_world: World) -> None:
    told = json.loads(handout.path().read_text())
    assert set(told) == {"base_url", "people", "api_keys"}
    assert len(told["people"]) == len(PEOPLE)
    assert len(told["api_keys"]) == len(PROGRAMS)
    for row in told["people"]:
        assert set(row) == {"name", "organisation", "roles", "username", "email", "password"}
        assert Person.objects.get(username=row["username"], email=row["email"]).check_password(row["password"])
    for row in told["api_keys"]:
        assert set(row) == {"organisation", "key", "scopes"}
        actor = actor_for_key(row["key"])
        assert actor and actor.organisation_id
        assert Organisation.objects.get(pk=actor.organisation_id).name == row["organisation"]


def test_nobody_else_on_the_machine_can_read_the_handout(full_world: World) -> None:
    assert stat.S_IMODE(handout.path().stat().st_mode) == 0o600


def test_a_second_start_changes_nothing(full_world: World, example_world: None) -> None:
    before, invoices = handout.path().read_text(), Invoice.objects.count()
    said = StringIO()
    call_command("example_world", stdout=said)
    assert "there already" in said.getvalue()
    assert (handout.path().read_text(), Invoice.objects.count()) == (before, invoices)


def test_another_address_is_told_in_the_handout(full_world: World, settings: LazySettings, tmp_path: Path) -> None:
    told = handout.read()
    settings.DATA, settings.BASE_URL = tmp_path, "http://127.0.0.1:8123"
    assert told is not None
    handout.path().write_text(json.dumps(told))
    assert loading.load() is False
    assert handout.read() == {**told, "base_url": "http://127.0.0.1:8123"}


def test_when_the_handout_is_lost_new_secrets_open_the_world_and_old_ones_do_not(
    full_world: World, settings: LazySettings, tmp_path: Path
) -> None:
    old_key, old_password = handout.key_of("nordwind"), handout.passwords()["anna"]
    settings.DATA = tmp_path
    assert loading.load() is False
    anna = Person.objects.get(username="anna")
    assert anna.check_password(handout.passwords()["anna"])
    assert actor_for_key(handout.key_of("nordwind"))
    assert not anna.check_password(old_password)
    assert actor_for_key(old_key) is None


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"people": []}'])
def test_a_broken_handout_is_as_good_as_none(
    full_world: World, settings: LazySettings, tmp_path: Path, broken: str
) -> None:
    settings.DATA = tmp_path
    handout.path().write_text(broken)
    assert handout.read() is None
    loading.load()
    assert handout.key_of("nordwind")


def test_nothing_is_loaded_where_nobody_asked_for_it(db: None, settings: LazySettings) -> None:
    settings.EXAMPLE_WORLD = False
    with pytest.raises(CommandError, match="EIPP_EXAMPLE_WORLD"):
        call_command("example_world")
    assert not Organisation.objects.exists()


def test_people_sign_in_with_what_was_handed_out(full_world: World) -> None:
    client = Client()
    form = {"login": "Anna", "password": handout.passwords()["anna"]}
    assert client.post("/accounts/login/", form).status_code == 302
    assert client.session["_auth_user_id"] == str(full_world.anna.pk)
