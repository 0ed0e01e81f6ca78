"""Every page of the URLconf: nothing for axe to find, nothing over the edge, by keyboard, and without scripts."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys import bank
from tests.journeys.conftest import ON_LIGHT, Visits
from tests.journeys.erp import SAMPLES, Erp
from tests.journeys.pages import Sight, sights
from tests.journeys.test_first_light import BUSHES, CARD_PAGE, picture
from tests.servers.platform import Platform
from tests.workflows.bank_file import Line

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_LIGHT]

SIZES = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
#: What the new theme's colours take to be there, transitions and all.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: Whether what has the focus, or the box that it stands in, is drawn with an outline.
HAS_OUTLINE = """(() => {
  const one = document.activeElement;
  return [one, one.parentElement, one.parentElement?.parentElement].some(
    (each) => each && getComputedStyle(each).outlineStyle !== "none" && each.matches(":focus, :focus-within"))
})()"""
#: How the browser itself notes a page that says why there is nothing.
REFUSED = re.compile(r"status of (404|422) ")
FAULTY = SAMPLES / "invalid" / "BR-CO-15_ubl-br-co-15-no-multiple-bt-110-allowed-test.xml"


@pytest.fixture(scope="module")
def everything(platform: Platform) -> list[Sight]:
    """The example world has nothing in quarantine or from a bank, and calls nobody, so something comes first."""
    erp = Erp(platform, "Nordwind")
    assert erp.hand_in(FAULTY, account="10001").status_code == 202
    come = [Line("81.40", name="Brightwater Manufacturing Ltd", text="On account"), Line("-4.90", text="Fee"),
            Line("184.20", name="M. Mustermann"), Line("-61.00", name="Kestrel", reason="AC04")]  # fmt: skip
    bank.load(erp, bank.statement(platform, *come))
    bank.load(erp, bank.statement(platform, Line("5.00"), missing="0.01"))
    ask_for_credit(erp, Erp(platform, "Brightwater"))
    for organisation in ("Nordwind", "Brightwater"):
        answer = Erp(platform, organisation).client.post("webhooks", json={"url": "https://erp.example.invalid/eipp"})
        assert answer.status_code == 201, answer.text
    return list(sights(platform))


def test_no_page_has_anything_for_axe_to_find_or_complains(everything: list[Sight], visit: Visits) -> None:
    faults: list[str] = []
    for username in sorted({sight.username for sight in everything}):
        visitor = visit(username)
        for sight in (one for one in everything if one.username == username):
            visitor.complaints.clear()
            answer = visitor.page.goto(sight.path)
            assert answer and answer.status in (200, 404, 422), (sight, answer and answer.status)
            assert "text/html" in answer.headers["content-type"], sight
            expect(visitor.page.locator("h1").first).to_be_attached()
            faults += [f"{sight.path} says {said}" for said in visitor.complaints if not REFUSED.search(said)]
            faults += [f"{sight.path} {fault}" for fault in looked_at(visitor.page)]
    assert not faults, "\n".join(faults)
    assert len(everything) > 50


def test_the_main_path_is_walked_by_keyboard_alone(platform: Platform, visit: Visits) -> None:
    erp = Erp(platform, "Nordwind")
    erp.post("KEY-1", BUSHES)
    visitor, anna = visit(), platform.person("anna")
    page = visitor.page
    page.goto("/accounts/login/")
    tab_to(page, "User name or e-mail address")
    page.keyboard.type(anna["username"])
    tab_to(page, "Password")
    page.keyboard.type(anna["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="To pay now in EUR")).to_be_visible()
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("g")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="Invoices", level=1)).to_be_visible()
    tab_to(page, "KEY-1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invoice KEY-1", level=1)).to_be_visible()
    tab_to(page, "Dispute")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dispute invoice KEY-1")).to_be_visible()
    tab_to(page, "What is wrong?")
    page.keyboard.type("Dam")
    tab_to(page, "Disputed units of line 1")
    page.keyboard.type("3")
    tab_to(page, "Dispute only")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Dispute D-"))).to_be_visible()
    expect(page.locator(".situation .figure")).to_contain_text("208.49")


def test_what_has_the_focus_can_be_seen(visit: Visits) -> None:
    page = visit("anna").page
    for path in ("/", "/invoices/", "/payments/new/?due=1&currency=EUR"):
        page.goto(path)
        for _step in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(HAS_OUTLINE), page.evaluate("document.activeElement.outerHTML")


def test_it_all_works_without_scripts(platform: Platform, visit: Visits, tmp_path: Path) -> None:
    erp = Erp(platform, "Nordwind")
    posted = erp.post("PLAIN-1", BUSHES)
    page = visit("anna", java_script_enabled=False).page
    page.goto("/invoices/")
    page.get_by_role("link", name="PLAIN-1", exact=True).click()
    page.locator(".composer textarea").fill("Is this one complete?")
    page.locator(".composer input[type=file]").set_input_files(picture(tmp_path, "pallet.png"))
    page.locator(".composer button[type=submit]").click()
    expect(page.locator(".timeline")).to_contain_text("Is this one complete?")
    expect(page.locator(".timeline").get_by_role("link", name=re.compile("pallet.png"))).to_be_visible()

    page.locator(".situation").get_by_role("link", name="Dispute", exact=True).click()
    page.get_by_label("What is wrong?").select_option("damaged")
    page.get_by_label("Disputed units of line 1").fill("3")
    page.locator("#dispute-files").set_input_files(picture(tmp_path))
    page.get_by_role("button", name="Dispute, approve and pay the rest").click()
    page.wait_for_url(CARD_PAGE)
    page.get_by_role("button", name="Pay 486.47 EUR").click()
    page.wait_for_url(re.compile(r"/payments/[0-9a-f-]{36}/"))
    expect(page.locator("#main")).to_contain_text("486.47")

    clerk = visit("clara", java_script_enabled=False).page
    clerk.goto(f"/desk/invoices/{posted['id']}/")
    expect(clerk.locator(".timeline")).to_contain_text("Is this one complete?")
    clerk.locator(".situation-list").get_by_role("link", name=re.compile("^D-")).click()
    clerk.get_by_role("button", name=re.compile("^Take")).click()
    clerk.get_by_role("button", name=re.compile("^Accept")).first.click()
    clerk.get_by_label("Turned bush, bronze CC493K").fill("2")
    clerk.get_by_role("button", name="Accept and post the credit note").click()
    expect(clerk.locator("#main")).to_contain_text("138.99 EUR are credited")


def ask_for_credit(erp: Erp, buyer: Erp) -> None:
    """A dispute is accepted while the ERP issues the credit notes: it is asked for one."""
    entities = [f"legal-entities/{one['id']}" for one in erp.get("legal-entities").json()["items"]]
    posted = erp.post("ASKED-1", BUSHES)
    for issuer in ("erp", "here"):
        for entity in entities:
            assert erp.client.patch(entity, json={"credit_notes_by": issuer}).is_success
        if issuer == "erp":
            told = {"invoice": posted["id"], "reason": "damaged", "lines": [{"line_number": "1", "quantity": "1"}]}
            dispute = buyer.client.post("disputes", json=told).json()
            answer = erp.client.post(f"disputes/{dispute['id']}/accept", json={"amount": dispute["amount"]})
            assert answer.is_success, answer.text


def looked_at(page: Page) -> Iterable[str]:
    """What axe and the ruler find in both themes at both sizes."""
    for size in SIZES:
        page.set_viewport_size(size)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for fault in standing_faults(page):
                yield f"{size['width']} {theme}: {fault}"
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            yield f"is {width} wide on {size['width']}"


def standing_faults(page: Page) -> set[str]:
    """What axe finds twice: a page between two themes or two answers of the server has faults for a frame."""
    found: list[set[str]] = []
    while len(found) < 2 and (not found or found[0]):
        page.evaluate(TWO_FRAMES)
        violations = Axe().run(page).response["violations"]
        found.append({f"{fault['id']} {node['html'][:200]}" for fault in violations for node in fault["nodes"]})
    return set.intersection(*found)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is named so has the focus."""
    for _step in range(90):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const one = document.activeElement; return (one.labels?.[0]?.textContent || "
            "one.getAttribute('aria-label') || one.textContent || '').trim() })()"
        )
        if focused == name:
            return
    raise AssertionError(f"Tab does not come to {name!r}")
