"""The showcase, the frame around it and the theme, through the front door."""

import re
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from eipp.kernel.money import Money
from eipp.web import sample_frames, samples
from eipp.web.frame import Frame, Place
from eipp.web.paper import Fact
from eipp.web.pieces import Move

pytestmark = pytest.mark.django_db
PAGES = ["", "home/", "invoice/", "list/", "desk/", "entrance/", "missing/", "failed/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_showcase_opens_without_a_sign_in(client: Client, page: str) -> None:
    response = client.get(f"/showcase/{page}")
    assert response.status_code == 200
    assert not re.search(r"\sstyle\s*=", response.content.decode())


def test_a_page_that_is_not_in_the_showcase_is_not_found(client: Client) -> None:
    assert client.get("/showcase/nothing/").status_code == 404


def test_the_brand_reaches_the_page_by_the_nonce_of_its_policy(client: Client) -> None:
    response = client.get("/showcase/")
    style = re.search(r'<style nonce="([^"]+)">:root\{--accent-text', response.content.decode())
    assert style
    assert f"'nonce-{style[1]}'" in response.headers["Content-Security-Policy"]


def test_the_theme_is_kept_and_comes_with_the_next_page(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "/showcase/?q=1"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/showcase/?q=1"
    assert 'data-theme="dark"' in client.get("/showcase/").content.decode()


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"])
def test_the_theme_leads_to_no_other_house(client: Client, address: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": address}).headers["Location"] == "/"


def test_an_unknown_theme_is_that_of_the_system(client: Client) -> None:
    client.post("/theme/", {"theme": '"><script>', "next": "/"})
    assert "data-theme=" not in client.get("/showcase/").content.decode().split("<head>")[0]


def test_the_rail_has_at_most_seven_places() -> None:
    places = tuple(Place(str(number), "/", "home") for number in range(8))
    with pytest.raises(ValueError, match="at most 7"):
        Frame(title="x", organisation="x", person="x", places=places)


def test_a_phone_shows_the_likely_places_and_keeps_the_others_behind_one_word() -> None:
    seven = sample_frames.PORTAL
    assert len(seven.likely_places) == 4
    assert seven.likely_places + seven.further_places == seven.places
    assert replace(seven, places=seven.places[:5]).further_places == ()


def test_a_live_fetch_leaves_what_was_just_done_for_the_page_that_comes_next(client: Client) -> None:
    done = "Approved. The payment of"
    assert done not in client.get("/showcase/", headers={"X-Live": "1"}).content.decode()
    assert done in client.get("/showcase/home/").content.decode()


def test_a_move_that_is_done_at_once_posts_its_name_with_a_token() -> None:
    request = RequestFactory().get("/")
    moves = [Move("Take it", "/take/", name="take", post=True), Move("Pay", refused_because="Ben approves first.")]
    situation = replace(samples.SITUATION, moves=tuple(moves), facts=(Fact("Open", Money(5, "EUR"), "/open/"),))
    html = render_to_string("ui/situation.html", {"situation": situation}, request)
    assert '<form method="post" action="/take/">' in html
    assert "csrfmiddlewaretoken" in html
    assert 'name="move" value="take"' in html
    assert "Ben approves first." in html
    assert '<a href="/open/"><data class="money" value="0.05 EUR">0.05 EUR</data></a>' in html
