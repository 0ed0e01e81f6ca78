"""What may follow a payment, in real browsers: it comes back, a part of it is refunded, it is charged back and won
again; and instalments that stay out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ON_LIGHT, Visits
from tests.journeys.erp import Erp
from tests.journeys.visitor import Visitor
from tests.servers.platform import Platform, dashed

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.xdist_group("journeys"), ON_LIGHT]

GASKETS = ("Flat gasket DN 80", "100", "1.00")  # 119.00 EUR with its tax
CARD_PAGE = re.compile(r"/example/checkout/")
PAYMENT_PAGE = re.compile(r"/payments/[0-9a-f-]{36}/")
SANDBOX = "from eipp.gateways import sandbox; from eipp.gateways.sandbox_charge import SandboxCharge; "


@dataclass
class Stage:
    """Who plays: the buyer, the clerk and the manager, each in a browser."""

    platform: Platform
    erp: Erp
    anna: Visitor
    clara: Visitor
    mona: Visitor
    posted: dict[str, Any] = field(default_factory=dict)

    def invoice(self, number: str) -> str:
        """Post it; its page's path."""
        self.posted[number] = self.erp.post(number, GASKETS)
        return f"/invoices/{self.posted[number]['id']}/"

    def pay(self, *numbers: str, amount: str) -> str:
        """Anna pays these by card; the payment's path in her portal."""
        page = self.anna.page
        chosen = "&".join(f"invoice={self.posted[number]['id']}" for number in numbers)
        page.goto(f"/payments/new/?{chosen}")
        page.locator("input[type=radio][value='sandbox/card']").first.check()
        page.get_by_role("button", name=re.compile(f"pay {amount} EUR", re.IGNORECASE)).first.click()
        page.wait_for_url(CARD_PAGE)
        page.get_by_role("button", name=f"Pay {amount} EUR").click()
        page.wait_for_url(PAYMENT_PAGE)
        expect(page.locator("#main").get_by_text("Settled").first).to_be_visible()
        return self.anna.path()

    def provider_says(self, payment: str, status: str, failure: str = "") -> None:
        """What the provider has to say of a payment some day, by its signed callback."""
        reference = payment.strip("/").rpartition("/")[2]
        told = f"sandbox.become(SandboxCharge.objects.get(reference='{reference}').pk, '{status}', failure='{failure}')"
        ran = self.platform.manage("shell", "-c", SANDBOX + told)
        assert ran.returncode == 0, ran.stderr

    def verified(self) -> None:
        ran = self.platform.manage("verify")
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def stage(platform: Platform, visit: Visits) -> Iterator[Stage]:
    erp = Erp(platform, "Nordwind")
    yield Stage(platform, erp, visit("anna"), visit("clara"), visit("mona"))
    erp.client.close()


def sees(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("#main").get_by_text(text).first).to_be_visible()


def test_of_three_that_are_paid_one_comes_back(stage: Stage) -> None:
    for number in ("BACK-1", "BACK-2", "BACK-3"):
        stage.invoice(number)
    stage.pay("BACK-1", "BACK-2", amount="238.00")
    third = stage.pay("BACK-3", amount="119.00")
    watching = stage.clara.page
    watching.goto(f"/desk{third}")
    stage.provider_says(third, "returned", "R01")
    sees(watching, "Returned by the bank: R01")
    watching.goto("/desk/payments/returns/")
    row = watching.locator("[data-row]").filter(has_text="Returned").first
    expect(row).to_contain_text("R01")
    page = stage.anna.page
    page.goto(f"/invoices/{stage.posted['BACK-3']['id']}/")
    expect(page.locator(".situation .figure")).to_contain_text("119.00")
    page.goto(f"/invoices/{stage.posted['BACK-1']['id']}/")
    expect(page.locator(".situation .figure")).to_contain_text("0.00")
    stage.pay("BACK-3", amount="119.00")
    stage.verified()


def test_a_part_is_refunded_and_both_sides_see_it(stage: Stage) -> None:
    stage.invoice("PART-1")
    payment = stage.pay("PART-1", amount="119.00")
    desk = stage.mona.page
    desk.goto(f"/desk{payment}")
    desk.get_by_role("button", name="Refund…").click()
    desk.get_by_label("Amount to send back").fill("119.01")
    desk.get_by_label("Why?").fill("Twenty gaskets were missing")
    desk.get_by_role("button", name="Send it back").click()
    expect(desk.locator("#refund-error")).to_contain_text("At most 119.00 EUR")
    desk.get_by_label("Amount to send back").fill("23.80")
    desk.get_by_role("button", name="Send it back").click()
    sees(desk, "Sent back")
    buyer = stage.anna.page
    buyer.goto(payment)
    sees(buyer, "Twenty gaskets were missing")
    buyer.get_by_role("link", name=re.compile(r"^R-\d+")).click()
    expect(buyer.locator("#main .figure")).to_contain_text("23.80")
    with buyer.expect_download() as paper:
        buyer.get_by_role("link", name="Paper (PDF)").click()
    assert paper.value.suggested_filename.startswith("Refund R-")
    buyer.goto(f"/invoices/{stage.posted['PART-1']['id']}/")
    expect(buyer.locator(".situation .figure")).to_contain_text("23.80")
    stage.verified()


def test_a_charge_back_is_answered_and_won(stage: Stage) -> None:
    stage.invoice("CARD-1")
    payment = stage.pay("CARD-1", amount="119.00")
    stage.provider_says(payment, "charged_back", "not_delivered")
    desk = stage.clara.page
    desk.goto(f"/desk{payment}")
    desk.get_by_role("link", name="Answer the charge-back").click()
    evidence = desk.get_by_label("Why the payment was right")
    expect(evidence).to_have_value(re.compile("CARD-1"))
    evidence.fill("Delivered and signed for: winning_evidence")
    desk.get_by_role("button", name="Send the evidence").click()
    sees(desk, "Being weighed")
    buyer = stage.anna.page
    buyer.goto(f"/invoices/{stage.posted['CARD-1']['id']}/")
    expect(buyer.locator(".situation .figure")).to_contain_text("119.00")
    stage.provider_says(payment, "succeeded")
    sees(desk, "Won")
    buyer.goto(payment)
    sees(buyer, "Settled")
    buyer.goto(f"/invoices/{stage.posted['CARD-1']['id']}/")
    expect(buyer.locator(".situation .figure")).to_contain_text("0.00")
    stage.verified()


def test_a_plan_is_agreed_and_broken(stage: Stage) -> None:
    stage.invoice("PLAN-1")
    buyer, desk = stage.anna.page, stage.mona.page
    buyer.goto(f"/payments/plans/new/?invoice={stage.posted['PLAN-1']['id']}")
    buyer.get_by_label("How many instalments?").fill("2")
    buyer.get_by_label("Why?").fill("A hard month")
    buyer.get_by_role("button", name="Propose this plan").click()
    buyer.wait_for_url(re.compile(r"/payments/plans/[0-9a-f-]{36}/"))
    sees(buyer, "59.50")
    path = stage.anna.path()
    desk.goto(f"/desk{path}")
    desk.get_by_role("button", name="Agree to this plan").click()
    sees(desk, "Agreed")
    sees(buyer, "To come")
    expect(buyer.get_by_role("button", name="Pay the next instalment")).to_be_visible()
    buyer.get_by_role("button", name="Pay the next instalment").click()
    expect(buyer.get_by_role("button", name=re.compile("pay 59.50 EUR", re.IGNORECASE)).first).to_be_visible()
    buyer.goto(path)
    later = ("from datetime import timedelta; from eipp.kernel import clock; from workflows import planning; "
             "planning.judge_all(now=clock.now() + timedelta(days=20))")  # fmt: skip
    ran = stage.platform.manage("shell", "-c", later)
    assert ran.returncode == 0, ran.stderr
    sees(desk, "The plan is broken")
    sees(buyer, "The plan is broken")
    found = stage.platform.rows("SELECT id FROM workflows_plan WHERE state = 'broken'")
    assert path.strip("/").rpartition("/")[2] in [dashed(row[0]) for row in found]
    stage.verified()


def test_a_part_is_disputed_and_the_rest_is_paid(stage: Stage) -> None:
    path = stage.invoice("REST-1")
    page = stage.anna.page
    page.goto(f"{path}dispute/")
    page.get_by_label("What is wrong?").select_option("damaged")
    page.get_by_label("Disputed units of line 1").fill("20")
    page.get_by_role("button", name="Dispute, approve and pay the rest").click()
    page.get_by_role("button", name="Pay 95.20 EUR").click()
    page.wait_for_url(PAYMENT_PAGE)
    sees(page, "Settled")
    page.goto(path)
    expect(page.locator(".situation")).to_contain_text("23.80")
    expect(page.locator(".situation .figure")).to_contain_text("0.00")
    stage.verified()
