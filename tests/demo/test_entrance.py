"""One button for each side signs in, where there is an example world; and the call shown is one that works."""

import json
import shlex
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from eipp.demo import entrance, handout
from eipp.kernel.events import Event
from eipp.ledger.models import Invoice
from tests.world import World


@pytest.fixture
def example_world(settings: LazySettings, tmp_path: Path) -> None:
    settings.EXAMPLE_WORLD, settings.DATA = True, tmp_path


@pytest.mark.parametrize(("side", "word", "home"), [("buyer", "anna", "/"), ("supplier", "clara", "/desk/")])
def test_one_press_enters_as_either_side(world: World, example_world: None, side: str, word: str, home: str) -> None:
    client = Client()
    response = client.post(f"/example/enter/{side}/")
    assert (response.status_code, response["Location"]) == (302, home)
    assert client.session["_auth_user_id"] == str(world.people[word].pk)
    assert Event.objects.filter(name="person.signed_in", subject_id=world.people[word].pk).exists()


def test_without_the_example_world_nobody_enters(world: World, settings: LazySettings) -> None:
    settings.EXAMPLE_WORLD = False
    client = Client()
    assert client.post("/example/enter/buyer/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_entering_takes_a_press_of_the_button_on_our_own_page(world: World, example_world: None) -> None:
    assert Client().get("/example/enter/buyer/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/example/enter/buyer/").status_code == 403
    assert Client().post("/example/enter/anybody/").status_code == 404


def test_the_sign_in_page_offers_both_sides_and_the_call(world: World, example_world: None) -> None:
    handout.write(world)
    page = Client().get("/accounts/login/").content.decode()
    assert "Enter as buyer" in page
    assert "Enter as AR" in page
    assert world.key("nordwind") in page


def test_without_the_example_world_the_sign_in_page_shows_nothing_of_it(
    world: World, example_world: None, settings: LazySettings
) -> None:
    handout.write(world)
    settings.EXAMPLE_WORLD = False
    page = Client().get("/accounts/login/").content.decode()
    assert "/example/" not in page
    assert world.key("nordwind") not in page


def test_the_call_shown_posts_an_invoice_that_the_buyer_sees(world: World, example_world: None) -> None:
    handout.write(world)
    spoken = (
        entrance.call().replace("\\\n", "").replace("$(date +%s)", "1700000000").replace("$(date +%F)", "2026-01-15")
    )
    words = shlex.split(spoken)
    address, headers, body = words[2], words[4:8:2], words[-1]
    path = address[address.index("/api/") :]
    sent = dict(header.split(": ") for header in headers)
    response = Client().post(path, body, content_type=sent.pop("Content-Type"), headers=sent)
    assert response.status_code == 201, response.content
    number = json.loads(body)["number"]
    assert Invoice.objects.visible_to(world.actor("anna")).filter(number=number).exists()
