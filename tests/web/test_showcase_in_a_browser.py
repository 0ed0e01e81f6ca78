"""The components in a real browser: nothing for axe to find, and the keyboard, theme and drafts do what they say."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["", "home/", "invoice/", "list/", "desk/", "entrance/?wrong=1", "missing/", "failed/"]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; its driver keeps a loop in this thread, which Django would take for a mistake."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(base_url=f"{live_server.url}/showcase/", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    browser: Browser, live_server: LiveServer, size: str, theme: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{live_server.url}/showcase/{path}")
        found = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
        assert found == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_a_strict_policy_stops_nothing_of_ours(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PAGES:
        page.goto(path or ".")
    assert complaints == []


def test_a_list_is_walked_by_keyboard_and_looked_into_without_leaving(page: Page) -> None:
    page.goto("list/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#row-2")).to_have_attribute("data-here", "")
    page.keyboard.press("x")
    expect(page.locator("#row-2 input")).to_be_checked()
    page.keyboard.press("Space")
    expect(page.locator("#quick-look")).to_contain_text("Deep groove ball bearing")
    page.keyboard.press("Space")
    expect(page.locator("#quick-look")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/showcase/invoice/")


def test_search_is_one_key_away_and_help_shows_all_keys(page: Page) -> None:
    page.goto("home/")
    page.keyboard.press("Control+k")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("2")
    page.wait_for_url("**/showcase/list/")


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.goto("entrance/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("home/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_draft_is_kept_until_it_is_sent(page: Page) -> None:
    page.goto("invoice/")
    page.locator("#composer-body").fill("The batch number is 24117.")
    page.goto("home/")
    page.goto("invoice/")
    expect(page.locator("#composer-body")).to_have_value("The batch number is 24117.")


def test_an_internal_note_is_visibly_another_thing_before_it_is_sent(page: Page) -> None:
    page.goto("invoice/")
    expect(page.get_by_role("button", name="Send to Nordwind Handels GmbH")).to_be_visible()
    page.get_by_label("Internal note", exact=True).check()
    expect(page.get_by_role("button", name="Keep as internal note")).to_be_visible()


def test_dialogs_and_menus_open_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/showcase/")
    page.get_by_role("button", name="Pay 3 invoices").click()
    expect(page.locator("#pay-dialog")).to_be_visible()
    page.locator("#pay-dialog").get_by_role("button", name="Close").click()
    page.get_by_text("Actions", exact=True).click()
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    context.close()
