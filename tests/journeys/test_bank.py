"""A chapter of a day: a bank debit that comes back, a bank transfer, and the bank's statement that says what came."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.bank import day_of, statement
from tests.journeys.conftest import ON_BOTH, Visits
from tests.journeys.erp import Erp
from tests.journeys.stranger import Stranger
from tests.journeys.test_first_light import CARD_PAGE
from tests.journeys.visitor import Visitor
from tests.servers.platform import Platform
from tests.workflows.bank_file import Line

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_BOTH]

EMPTY_ACCOUNT = "000111111116"  # sent back as R01 two bank days later
LONGEST = 5  # days until the second bank day


@dataclass
class Stage:
    """Everybody who plays, and what was posted for the story, by its number."""

    platform: Platform
    erp: Erp
    anna: Visitor
    clara: Visitor
    posted: dict[str, dict[str, Any]]

    def post(self, number: str, price: str) -> None:
        self.posted[number] = self.erp.post(number, ("Flat gasket DN 80", "10", price))

    def open_of(self, number: str) -> str:
        """What the ledger says is left of it."""
        return str(self.erp.get(f"invoices/{self.posted[number]['id']}").json()["open"])


@pytest.fixture
def stage(platform: Platform, visit: Visits) -> Iterator[Stage]:
    erp = Erp(platform, "Nordwind")
    yield Stage(platform, erp, visit("anna"), visit("clara", viewport={"width": 1440, "height": 900}), {})
    erp.client.close()


def test_a_bank_debit_is_never_called_paid_and_comes_back_two_bank_days_later(stage: Stage) -> None:
    stage.post("DEBIT-1", "4.15")
    stage.post("DEBIT-2", "0.38")
    payment = two_invoices_are_debited(stage)
    nobody_calls_it_paid(stage, payment)
    it_is_tomorrow_until_the_bank_sends_it_back(stage, payment)
    both_are_told_and_the_invoices_are_open(stage, payment)
    sound(stage.platform)


def test_a_transfer_is_known_by_its_reference_and_the_rest_of_a_statement_waits_for_ar(
    stage: Stage, tmp_path: Path
) -> None:
    stage.post("WIRE-1", "6.20")
    stage.post("WIRE-2", "2.45")
    stage.post("CASH-1", "7.13")
    reference = a_transfer_is_chosen_and_its_reference_is_shown(stage)
    come = statement(stage.platform, Line("102.94", reference=reference, name="Brightwater"),
                     Line("84.85", name="M. Mustermann", text="with thanks"))  # fmt: skip
    ar_loads_the_banks_statement(stage, _written(tmp_path, come))
    the_transfer_has_settled(stage)
    receipt = what_nobody_knows_is_applied_by_a_proposal(stage)
    it_is_undone_and_left_on_the_account(stage, receipt)
    the_same_statement_again_counts_once(stage, _written(tmp_path, come))
    a_stranger_finds_nothing_of_it(stage)
    sound(stage.platform)


def two_invoices_are_debited(stage: Stage) -> str:
    """The payment's path, once the provider's page was left."""
    page = stage.anna.page
    chosen(page, "DEBIT-1", "DEBIT-2")
    page.get_by_label("Bank debit").check()
    page.get_by_role("button", name="Approve and pay 53.91 EUR").click()
    page.wait_for_url(CARD_PAGE)
    page.get_by_label("Account number").fill(EMPTY_ACCOUNT)
    page.get_by_role("button", name="Debit 53.91 EUR").click()
    page.wait_for_url(re.compile(r"/payments/[0-9a-f-]{36}/"))
    expect(page.locator("#main").get_by_text("On the way, not paid yet")).to_be_visible()
    return stage.anna.path()


def nobody_calls_it_paid(stage: Stage, payment: str) -> None:
    buyer, clerk = stage.anna.page, stage.clara.page
    for page, before in ((buyer, ""), (clerk, "/desk")):
        page.goto(before + payment)
        expect(state_of(page)).to_have_text("On the way")
        expect(page.get_by_role("link", name="Receipt (PDF)")).to_have_count(0)
        page.goto(f"{before}/invoices/{stage.posted['DEBIT-1']['id']}/")
        expect(page.locator(".situation")).to_contain_text("Payment on the way")
        expect(page.locator(".situation").get_by_text("Paid", exact=True)).to_have_count(0)
    assert (stage.open_of("DEBIT-1"), stage.open_of("DEBIT-2")) == ("49.39", "4.52")
    buyer.goto(payment)
    clerk.goto("/desk" + payment)


def it_is_tomorrow_until_the_bank_sends_it_back(stage: Stage, payment: str) -> None:
    """AR only looks; its page follows without being loaded anew."""
    buyer = stage.anna.page
    stage.clara.mark()
    (turns,) = stage.platform.rows("SELECT max(turns_at) FROM gateways_sandboxcharge WHERE last_digits = '1116'")
    for _day in range(LONGEST):
        expect(state_of(buyer)).to_have_text("On the way")
        buyer.locator(".example-bar").get_by_role("button", name="Tomorrow").click()
        expect(buyer.get_by_text("It is a day later.")).to_be_visible()
        if str(day_of(stage.platform)) >= str(turns[0])[:10]:
            break
    for page in (buyer, stage.clara.page):
        expect(state_of(page)).to_have_text("Returned")
        expect(page.locator("#main")).to_contain_text("the account did not hold enough")
    assert not stage.clara.has_reloaded()


def both_are_told_and_the_invoices_are_open(stage: Stage, payment: str) -> None:
    number = str(stage.anna.page.locator("h1").inner_text()).removeprefix("Payment ")
    for page, said in ((stage.anna.page, "Your bank sent payment"), (stage.clara.page, "The bank sent payment")):
        page.goto("/notifications/")
        told = page.locator("#main").get_by_text(re.compile(f"{said} {number} over 53.91 EUR.* back"))
        expect(told.first).to_be_visible()
    assert (stage.open_of("DEBIT-1"), stage.open_of("DEBIT-2")) == ("49.39", "4.52")
    stage.anna.page.goto(payment)
    stage.anna.page.get_by_role("link", name="Pay these invoices again").click()
    for number in stage.posted:
        expect(stage.anna.page.get_by_role("link", name=number, exact=True)).to_be_visible()


def a_transfer_is_chosen_and_its_reference_is_shown(stage: Stage) -> str:
    """The reference as the page shows it; the buyer stays there."""
    page = stage.anna.page
    chosen(page, "WIRE-1", "WIRE-2")
    page.get_by_label("Bank transfer").check()
    page.get_by_role("button", name="Approve and pay 102.94 EUR").click()
    page.wait_for_url(re.compile(r"/payments/[0-9a-f-]{36}/"))
    expect(page.get_by_role("heading", name="Now send the money from your bank")).to_be_visible()
    expect(page.locator("#transfer-amount")).to_contain_text("102.94")
    expect(state_of(page)).to_have_text("On the way")
    reference = page.locator("#transfer-reference").inner_text().strip()
    assert re.fullmatch(r"RF[0-9A-Z ]{8,30}", reference), reference
    return reference


def ar_loads_the_banks_statement(stage: Stage, file: Path) -> None:
    stage.anna.mark()
    page = stage.clara.page
    loaded(page, file)
    rows = page.locator("[data-row]")
    expect(rows.filter(has_text="It carries the reference of payment")).to_contain_text("Payment settled")
    expect(rows.filter(has_text="M. Mustermann")).to_contain_text("Whose is it?")
    expect(rows.filter(has_text="M. Mustermann")).to_contain_text("Neither a reference nor the payer is known.")


def the_transfer_has_settled(stage: Stage) -> None:
    page = stage.anna.page
    expect(state_of(page)).to_have_text("Settled")
    assert not stage.anna.has_reloaded()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Receipt (PDF)").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    assert (stage.open_of("WIRE-1"), stage.open_of("WIRE-2")) == ("0.00", "0.00")


def what_nobody_knows_is_applied_by_a_proposal(stage: Stage) -> str:
    """The path of the receipt that the entry became."""
    page = stage.clara.page
    page.goto("/desk/payments/cash/?status=entries")
    page.locator("[data-row]").filter(has_text="with thanks").get_by_role("link").click()
    offer = page.locator("#offers li").filter(has_text="Exactly what is open on CASH-1")
    offer.get_by_role("button", name="Apply 84.85 EUR to CASH-1").click()
    expect(page.get_by_text("84.85 EUR are posted for")).to_be_visible()
    assert stage.open_of("CASH-1") == "0.00"
    page.get_by_role("link", name="See where the money went").click()
    expect(page.locator("#went")).to_contain_text("CASH-1")
    return stage.clara.path()


def it_is_undone_and_left_on_the_account(stage: Stage, receipt: str) -> None:
    buyer, page = stage.anna.page, stage.clara.page
    buyer.goto(f"/invoices/{stage.posted['CASH-1']['id']}/")
    expect(buyer.locator(".situation").get_by_text("Paid", exact=True).first).to_be_visible()
    stage.anna.mark()
    page.get_by_role("button", name="Undo CASH-1").click()
    expect(page.get_by_text("It is undone: the money is on the account again")).to_be_visible()
    expect(buyer.locator(".situation .figure")).to_contain_text("84.85")
    assert not stage.anna.has_reloaded()
    assert stage.open_of("CASH-1") == "84.85"

    expect(page.locator("#offers")).to_contain_text("Exactly what is open on CASH-1")
    page.get_by_label("Why (for colleagues)").fill("They say which invoice next week.")
    page.get_by_role("button", name="Leave 84.85 EUR on account").click()
    expect(page.get_by_text("It stays on the account of")).to_be_visible()
    page.goto("/desk/payments/cash/")
    expect(page.locator(f"[data-row] a[href='{receipt}']")).to_have_count(0)
    page.goto("/desk/payments/cash/?status=left")
    expect(page.locator(f"[data-row]:has(a[href='{receipt}'])")).to_contain_text("84.85")
    buyer.goto("/payments/received/")
    expect(buyer.locator("[data-row]").filter(has_text="84.85").first).to_be_visible()


def the_same_statement_again_counts_once(stage: Stage, file: Path) -> None:
    loaded(stage.clara.page, file)
    expect(stage.clara.page.get_by_text("1 was here already: nothing changed.")).to_be_visible()


def a_stranger_finds_nothing_of_it(stage: Stage) -> None:
    """The example world's own buttons are everybody's."""
    visited = {call for call in stage.anna.visited | stage.clara.visited if not call.path.startswith("/example/")}
    stranger = Stranger(stage.platform, "sina", "Elsewhere")
    assert stranger.tries(visited, marks=[*stage.posted, "Mustermann", "Brightwater"]) > 10
    assert stranger.hears(stage.anna.topics | stage.clara.topics) == set()


def chosen(page: Page, *numbers: str) -> None:
    """Take invoices from the list to the page that pays them."""
    page.goto("/invoices/?status=open")
    for number in numbers:
        page.get_by_label(f"Select {number}").check()
    page.get_by_role("button", name="Pay what is selected").click()


def loaded(page: Page, file: Path) -> None:
    page.goto("/desk/payments/bank-statements/")
    page.get_by_label("The bank’s file").set_input_files(file)
    expect(page.locator("[data-files] [name=files_ids]")).to_have_count(1)
    page.get_by_role("button", name="Load statement").click()


def state_of(page: Page) -> Locator:
    """The word that stands beside the figure of a payment's page."""
    return page.locator(".headline-figure .state")


def sound(platform: Platform) -> None:
    verified = platform.manage("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "statement.xml"
    path.write_bytes(content)
    return path
