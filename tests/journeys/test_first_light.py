"""First light: the main job from the ERP's call to the settled payment, in two real browsers side by side."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from eipp.demo.photo import photo
from tests.journeys.conftest import ON_BOTH, Visits
from tests.journeys.erp import SAMPLES, Erp, real_files, verdict_of
from tests.journeys.stranger import Stranger
from tests.journeys.visitor import Visitor
from tests.servers.platform import Platform, dashed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_BOTH]

BUSHES = ("Turned bush, bronze CC493K", "10", "58.40")
BRACKETS = ("Milled bearing bracket", "10", "120.00")
LIMIT = 700 * 1024 * 1024  # bytes of all processes together
CARD_PAGE = re.compile(r"/example/checkout/")


@dataclass
class Stage:
    """Everybody who plays, and what was posted for the story, by its number."""

    platform: Platform
    erp: Erp
    anna: Visitor
    clara: Visitor
    posted: dict[str, dict[str, Any]]

    def invoice(self, number: str) -> str:
        """The page of an invoice in the portal."""
        return f"/invoices/{self.posted[number]['id']}/"


@pytest.fixture
def stage(platform: Platform, visit: Visits) -> Iterator[Stage]:
    erp = Erp(platform, "Nordwind")
    yield Stage(platform, erp, visit(), visit("clara", viewport={"width": 1440, "height": 900}), {})
    erp.client.close()


def test_the_main_job_from_the_erp_to_the_settled_payment(stage: Stage, visit: Visits, tmp_path: Path) -> None:
    charges_before = charges(stage.platform)
    the_buyer_signs_in_by_any_spelling_and_sees_the_account(stage)
    an_invoice_of_the_erp_appears_while_one_watches(stage)
    real_files_come_in_and_their_bytes_are_kept(stage)
    the_invoice_shows_lines_taxes_totals_original_and_history(stage)
    above_the_limit_nobody_disputes_and_pays_alone(stage, visit)
    dispute = three_of_ten_are_disputed_and_the_rest_is_paid_in_one_form(stage, tmp_path)
    the_clerk_takes_it_and_asks_and_the_buyer_answers_with_a_file(stage, dispute, tmp_path)
    two_of_three_are_credited_and_both_see_the_balance_follow(stage, dispute)
    three_invoices_are_paid_in_one_payment_and_a_second_tab_is_refused(stage)
    assert charges(stage.platform) == charges_before + 2
    a_stranger_finds_nothing_of_all_this(stage)
    the_books_are_right_and_the_processes_small(stage.platform)


def the_buyer_signs_in_by_any_spelling_and_sees_the_account(stage: Stage) -> None:
    anna = stage.platform.person("anna")
    stage.anna.sign_in(anna["email"].upper(), anna["password"])
    stage.anna.page.goto("/accounts/logout/")
    stage.anna.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    stage.anna.sign_in("ANNA", anna["password"])
    expect(stage.anna.page.get_by_role("heading", name="To pay now in EUR")).to_be_visible()
    main = stage.anna.page.locator("#main")
    for word in ("Open", "of which due", "Past due", "Due within 7 days", "Disputed", "On the way", "Last payment"):
        expect(main).to_contain_text(word)
    expect(stage.anna.page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    stage.clara.page.goto("/desk/")


def an_invoice_of_the_erp_appears_while_one_watches(stage: Stage) -> None:
    stage.anna.mark()
    stage.posted["FL-1"] = stage.erp.post("FL-1", BUSHES, order_reference="PO-4711")
    expect(stage.anna.page.locator("#main").get_by_text("FL-1").first).to_be_visible()
    assert not stage.anna.has_reloaded()
    stage.anna.page.goto("/invoices/")
    stage.anna.mark()
    stage.posted["FL-2"] = stage.erp.post("FL-2", BRACKETS)
    expect(stage.anna.page.get_by_role("link", name="FL-2", exact=True)).to_be_visible()
    assert not stage.anna.has_reloaded()


def real_files_come_in_and_their_bytes_are_kept(stage: Stage) -> None:
    """UBL, CII and hybrid PDFs as others wrote them: posted, or kept with every reason; the unreadable is refused."""
    verdicts = {file.name: verdict_of(stage.erp, file) for file in real_files()}
    assert list(verdicts.values()).count("presented") >= 12, verdicts
    assert verdicts["ubl-tc434-example2.xml"] == "quarantined", "nobody has verified the account of its payee"
    one, other = (
        stage.erp.hand_in(SAMPLES / "valid" / "kosit-xrechnung" / f"01.01a-INVOICE_{syntax}.xml").json()
        for syntax in ("ubl", "uncefact")
    )
    assert (one["id"], one["version"]) == (other["id"], other["version"]), "the same invoice written in CII is the same"
    for file in sorted((SAMPLES / "invalid").glob("*.xml")):
        told = stage.erp.hand_in(file).json()
        assert told["status"] == "quarantined", (file.name, told)
        assert told["reasons"], file.name
    for content in (b"", b"<a>", b"hello", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        answer = stage.erp.client.post("invoices", content=content, headers={"Content-Type": "application/xml"})
        assert answer.is_client_error, answer.text


def the_invoice_shows_lines_taxes_totals_original_and_history(stage: Stage) -> None:
    page = stage.anna.page
    page.get_by_role("link", name="FL-1", exact=True).click()
    sheet = page.locator(".sheet")
    for text in ("Turned bush", "584.00", "Tax 19% on 584.00", "110.96", "694.96 EUR", "PO-4711"):
        expect(sheet.get_by_text(text).first).to_be_visible()
    expect(page.locator(".timeline").get_by_text("Invoice FL-1 over 694.96 EUR").first).to_be_visible()
    with page.expect_download() as download:
        sheet.get_by_role("link", name="FL-1.json").click()
    assert b'"FL-1"' in Path(download.value.path()).read_bytes()


def above_the_limit_nobody_disputes_and_pays_alone(stage: Stage, visit: Visits) -> None:
    page = stage.anna.page
    page.goto(f"{stage.invoice('FL-2')}dispute/")
    object_to(page, "1")
    page.get_by_role("button", name="Dispute, approve and pay the rest").click()
    refusal = page.locator("#refusal")
    expect(refusal).to_contain_text(re.compile(r"another person|somebody else|two people", re.IGNORECASE))
    assert stage.platform.rows("SELECT count(*) FROM workflows_payment WHERE state = 'submitted'") == [(0,)]
    expect(page.get_by_label("Disputed units of line 1")).to_have_value("1")
    administrator = visit("dora")
    administrator.page.goto(f"{stage.invoice('FL-2')}dispute/")
    token = administrator.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = administrator.context.request.post(
        f"{stage.invoice('FL-2')}dispute/",
        form={"csrfmiddlewaretoken": token, "move": "dispute_and_pay", "reason": "damaged",
              "attempt": "0199d0a0-0000-7000-8000-000000000000"},
    )  # fmt: skip
    assert answer.status == 403
    assert "Your role does not let you" in answer.text()


def three_of_ten_are_disputed_and_the_rest_is_paid_in_one_form(stage: Stage, folder: Path) -> str:
    """The path of the dispute, as both sides have it."""
    stage.clara.mark()
    page = stage.anna.page
    page.goto(f"{stage.invoice('FL-1')}dispute/")
    object_to(page, "3", picture(folder))
    page.get_by_label("What happened?").fill("Three bushes are scratched.")
    expect(page.locator("#consequence")).to_contain_text("486.47 EUR are left to pay")
    page.get_by_role("button", name="Dispute, approve and pay the rest").click()
    page.wait_for_url(CARD_PAGE)
    page.get_by_role("button", name="Pay 486.47 EUR").click()
    page.wait_for_url(re.compile(r"/payments/[0-9a-f-]{36}/"))
    expect(page.locator("#main").get_by_text("Settled").first).to_be_visible()

    row = stage.clara.page.locator(".queue-row").filter(has_text="FL-1").filter(has_text="208.49")
    expect(row).to_be_visible()
    assert not stage.clara.has_reloaded()
    row.click()
    expect(stage.clara.page.locator("#item-title")).to_contain_text("Dispute")
    number = stage.clara.page.locator("#item-title").inner_text().removeprefix("Dispute ")
    found = stage.platform.rows(f"SELECT id FROM workflows_dispute WHERE number = '{number}'")
    return f"disputes/{dashed(found[0][0])}/"


def the_clerk_takes_it_and_asks_and_the_buyer_answers_with_a_file(stage: Stage, dispute: str, folder: Path) -> None:
    clerk, buyer = stage.clara.page, stage.anna.page
    expect(clerk.get_by_role("link", name=re.compile("scratch.png"))).to_be_visible()
    clerk.get_by_role("button", name="Take", exact=False).first.click()
    expect(clerk.locator(".situation").get_by_text("Clara Clerk")).to_be_visible()

    buyer.goto(stage.invoice("FL-1"))
    stage.anna.mark()
    clerk.goto(f"/desk{stage.invoice('FL-1')}")
    say(clerk, "Which batch is stamped on the three bushes?")
    expect(buyer.locator(".timeline").get_by_text("Which batch is stamped")).to_be_visible()
    assert not stage.anna.has_reloaded()

    stage.clara.mark()
    buyer.locator(".composer input[type=file]").set_input_files(picture(folder, "batch.png"))
    expect(buyer.locator(".composer .files").get_by_text("batch.png")).to_be_visible()
    say(buyer, "Batch 24117, see the photo.")
    expect(clerk.locator(".timeline").get_by_text("Batch 24117")).to_be_visible()
    expect(clerk.locator(".timeline").get_by_role("link", name=re.compile("batch.png"))).to_be_visible()
    assert not stage.clara.has_reloaded()
    clerk.goto(f"/desk/{dispute}")


def two_of_three_are_credited_and_both_see_the_balance_follow(stage: Stage, dispute: str) -> None:
    buyer, watching = stage.anna.page, stage.clara.new_tab()
    watching.goto(f"/desk{stage.invoice('FL-1')}")
    watching.evaluate("window.stillHere = true")
    buyer.goto(stage.invoice("FL-1"))
    stage.anna.mark()
    clerk = stage.clara.page
    clerk.get_by_role("button", name=re.compile("^Accept")).first.click()
    clerk.get_by_label("Turned bush, bronze CC493K").fill("2")
    expect(clerk.locator("#accept-consequence")).to_contain_text("138.99 EUR")
    clerk.get_by_role("button", name="Accept and post the credit note").click()
    for page in (buyer, watching):
        situation = page.locator(".situation")
        expect(situation.locator(".figure")).to_contain_text("69.50")
        expect(situation).to_contain_text("138.99 EUR")
        assert page.evaluate("window.stillHere === true")
    expect(buyer.locator(".sheet")).to_contain_text("2 of 10 credited")
    watching.close()


def three_invoices_are_paid_in_one_payment_and_a_second_tab_is_refused(stage: Stage) -> None:
    goods = (("FL-3", "4.15"), ("FL-4", "0.38"), ("FL-5", "11.80"))
    for number, price in goods:
        stage.posted[number] = stage.erp.post(number, ("Flat gasket DN 80", "20", price))
    second = stage.anna.new_tab()
    second.goto(f"/payments/new/?invoice={stage.posted['FL-4']['id']}")

    page = stage.anna.page
    page.goto("/invoices/?status=open")
    for number, _price in goods:
        page.get_by_label(f"Select {number}").check()
    page.get_by_role("button", name="Pay what is selected").click()
    expect(page.get_by_role("radio", name=re.compile("^Company card"))).to_be_checked()
    page.get_by_role("radio", name=re.compile("^Card")).check()
    page.get_by_role("button", name="Approve and pay 388.65 EUR").click()
    page.wait_for_url(CARD_PAGE)
    second.get_by_role("button", name=re.compile("pay 9.04 EUR", re.IGNORECASE)).click()
    expect(second.locator(".notice")).to_contain_text(re.compile("FL-4"))
    assert "/payments/new/" in second.url
    page.get_by_role("button", name="Pay 388.65 EUR").click()
    expect(page.locator("#main").get_by_text("Settled").first).to_be_visible()
    for number, _price in goods:
        expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()
    second.close()


def a_stranger_finds_nothing_of_all_this(stage: Stage) -> None:
    for about in ("", "/history", "/original"):
        assert stage.erp.get(f"invoices/{stage.posted['FL-1']['id']}{about}").status_code == 200
    assert stage.erp.get(f"intakes/{stage.posted['FL-1']['intake']}").status_code == 200
    visited = stage.anna.visited | stage.clara.visited | stage.erp.visited
    stranger = Stranger(stage.platform, "sina", "Elsewhere")
    tried = stranger.tries(visited, marks=[*stage.posted, "Brightwater"])
    assert tried > 20
    topics = stage.anna.topics | stage.clara.topics
    assert len(topics) > 5
    assert stranger.hears(topics) == set()


def the_books_are_right_and_the_processes_small(platform: Platform) -> None:
    verified = platform.manage("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    sizes = platform.memory()
    print(f"\n{sum(sizes.values()) / 2**20:.0f} MB PSS:", {name: size // 2**20 for name, size in sizes.items()})
    assert sum(sizes.values()) < LIMIT, sizes


def object_to(page: Page, units: str, *files: Path) -> None:
    """Fill the form of a dispute: so many units of the first line are damaged."""
    page.get_by_label("What is wrong?").select_option("damaged")
    page.get_by_label("Disputed units of line 1").fill(units)
    if files:
        page.locator("#dispute-files").set_input_files(files)
        expect(page.locator("[data-files] [name=files_ids]")).to_have_count(len(files))


def say(page: Page, text: str) -> None:
    page.locator(".composer textarea").fill(text)
    page.locator(".composer button[type=submit]").click()
    expect(page.locator(".timeline").get_by_text(text)).to_be_visible()


def picture(folder: Path, name: str = "scratch.png") -> Path:
    path = folder / name
    path.write_bytes(photo())
    return path


def charges(platform: Platform) -> int:
    """How often a card was charged, all in all."""
    return int(platform.rows("SELECT coalesce(sum(charged), 0) FROM gateways_sandboxcharge")[0][0])
