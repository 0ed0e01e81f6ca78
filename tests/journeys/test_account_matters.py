"""Account matters in a real browser: passkeys, pages that end, and one person who works for two companies."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import ON_LIGHT, Visits
from tests.journeys.test_pages import SIZES, looked_at, tab_to
from tests.journeys.visitor import Visitor
from tests.servers.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_LIGHT]


@contextmanager
def device(page: Page) -> Iterator[str]:
    """A device of the visitor's that knows passkeys, and whose finger is always the right one."""
    control = page.context.new_cdp_session(page)
    control.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    identity: str = control.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield identity
    control.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": identity})


@pytest.fixture
def at_home(browser: Browser, platform: Platform) -> Iterator[Visitor]:
    """At this machine's name, where browsers allow passkeys."""
    visitor = Visitor(browser, platform.url.replace("127.0.0.1", "localhost"))
    yield visitor
    visitor.context.close()


def tab_until(page: Page, part: str) -> None:
    """Press Tab until what has the focus says so."""
    for _step in range(20):
        page.keyboard.press("Tab")
        if part in str(page.evaluate("document.activeElement.textContent")):
            return
    raise AssertionError(f"Tab does not come to {part!r}")


def sign_out(page: Page) -> None:
    page.locator(".person-button").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()


def test_a_passkey_is_made_signs_in_alone_and_is_the_second_factor(platform: Platform, at_home: Visitor) -> None:
    page, ben = at_home.page, platform.person("ben")
    at_home.sign_in("ben", ben["password"])
    with device(page):
        page.goto("/accounts/second-factor/")
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_label("Name of this passkey").fill("Office laptop")
        assert list(looked_at(page)) == []
        page.get_by_role("button", name="Add this passkey").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        expect(page.locator(".codes li")).to_have_count(10)
        assert list(looked_at(page)) == []

        sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator(".person-button")).to_contain_text("Benjamin Okafor")

        sign_out(page)
        page.get_by_label("User name or e-mail address").fill("ben")
        page.get_by_label("Password", exact=True).fill(ben["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Now the second factor")).to_be_visible()
        assert list(looked_at(page)) == []
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.locator(".person-button")).to_contain_text("Benjamin Okafor")

        page.goto("/accounts/second-factor/")
        page.get_by_role("link", name="Change Office laptop").click()
        page.get_by_label("Name").fill("Old laptop")
        page.get_by_role("button", name="Save the name").click()
        page.get_by_role("link", name="Change Old laptop").click()
        page.get_by_role("button", name="Remove this passkey").click()
        expect(page.get_by_role("link", name="Add a passkey")).to_be_visible()
        expect(page.get_by_text("Old laptop")).to_have_count(0)
    assert [said for said in at_home.complaints if "NotAllowed" not in said] == []


def test_without_a_passkey_the_page_says_so_and_nothing_is_sent(at_home: Visitor) -> None:
    page = at_home.page
    with device(page):
        page.goto("/accounts/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("[data-trouble]")).to_contain_text("Try again, or take another way", timeout=70_000)


def test_where_browsers_allow_no_passkeys_the_page_says_why_and_where(visit: Visits) -> None:
    page = visit("vera").page
    page.goto("/accounts/second-factor/")
    expect(page.get_by_text("Passkeys do not work at this address")).to_be_visible()
    there = page.get_by_role("link", name="Open this page at http")
    assert str(there.get_attribute("href")).startswith("http://localhost:")
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


def test_an_open_page_ends_and_says_so_when_its_session_is_ended_elsewhere(visit: Visits) -> None:
    here, there = visit("tom"), visit("tom")
    there.page.goto("/invoices/")
    expect(there.page.locator("table.list")).to_be_visible()
    there.mark()
    here.page.goto("/accounts/sessions/")
    here.page.get_by_role("button", name="Sign out everywhere else").click()
    expect(there.page.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=4_000)
    assert not there.has_reloaded()
    expect(there.page.locator("table.list")).to_have_count(0)
    assert list(looked_at(there.page)) == []
    there.page.get_by_role("link", name="Sign in").click()
    expect(there.page.get_by_label("Password", exact=True)).to_be_visible()


def test_an_open_page_ends_and_says_so_when_its_reader_is_removed(visit: Visits) -> None:
    vera, dora = visit("vera"), visit("dora")
    vera.page.goto("/invoices/")
    expect(vera.page.locator("table.list")).to_be_visible()
    dora.page.goto("/team/")
    dora.page.get_by_role("link", name="Vera Lindqvist").click()
    dora.page.get_by_role("button", name="Remove Vera Lindqvist").click()
    expect(dora.page.get_by_text("works here no longer")).to_be_visible()
    expect(vera.page.get_by_role("heading", name="This page is no longer open to you")).to_be_visible(timeout=4_000)
    expect(vera.page.locator("table.list")).to_have_count(0)
    assert list(looked_at(vera.page)) == []
    vera.page.get_by_role("link", name="Reach a human").click()
    expect(vera.page.get_by_role("link", name="+49 40 555 010")).to_be_visible()


def test_who_works_for_two_companies_switches_by_keyboard_and_it_is_remembered(
    platform: Platform, visit: Visits
) -> None:
    done = platform.manage("shell", "-c", "from eipp.demo.world import World; "
                           "from eipp.accounts.membership import add_member; world = World.found(); "
                           "add_member(person=world.anna, organisation=world.tiny, roles=['viewer']); "
                           "add_member(person=world.anna, organisation=world.pacific, roles=['ar_clerk'])")  # fmt: skip
    assert done.returncode == 0, done.stderr
    visitor = visit("anna")
    page = visitor.page
    tab_to(page, "Acting for Brightwater Manufacturing Ltd")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Tiny Studio"))).to_be_visible()
    assert list(looked_at(page)) == []
    page.set_viewport_size(SIZES[0])
    tab_until(page, "Pacific Parts Inc.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Worklist", exact=True)).to_be_attached()
    expect(page.locator(".switcher-name")).to_have_text("Pacific Parts Inc.")
    expect(page.locator(".rail-foot")).to_contain_text("Paula Park")

    again = visit("anna").page
    expect(again.locator(".switcher-name")).to_have_text("Pacific Parts Inc.")
    again.locator("summary.switcher").click()
    again.get_by_role("button", name="Brightwater Manufacturing Ltd Buyer").click()
    expect(again.locator(".switcher-name")).to_have_text("Brightwater Manufacturing Ltd")
    again.goto("/invoices/")
    suppliers = again.locator("table.list tbody")
    expect(suppliers).to_contain_text("Nordwind")
    expect(suppliers).to_contain_text("Pacific Parts")
