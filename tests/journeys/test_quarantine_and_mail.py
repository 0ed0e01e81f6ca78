"""Two chapters of a day: a faulty document until it is presented, and an invoice that goes out by mail."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ON_BOTH, Visits
from tests.journeys.erp import SAMPLES, Erp
from tests.journeys.test_first_light import BUSHES
from tests.journeys.visitor import Visitor
from tests.servers.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_BOTH]
FAULTY = SAMPLES / "invalid" / "BR-CO-15_ubl-br-co-15-no-multiple-bt-110-allowed-test.xml"
RIGHT = SAMPLES / "valid" / "kosit-xrechnung" / "01.01a-INVOICE_ubl.xml"
WAIT = 40  # seconds that a mail may take on a busy machine


@dataclass
class Stage:
    platform: Platform
    erp: Erp
    clara: Visitor
    anna: Visitor

    def mail(self, address: str, subject: str) -> EmailMessage:
        """The first mail to an address with these words in its subject: from the server, or from the folder."""
        if self.platform.parts:
            return self.platform.parts.mail.await_mail(address, subject=subject, seconds=WAIT)
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            for path in sorted((self.platform.data / "mail").glob("*.eml")):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                if mail["To"] == address and subject in str(mail["Subject"]):
                    return mail
            time.sleep(0.1)
        raise TimeoutError(f"no mail for {address} about {subject}")


@pytest.fixture
def stage(platform: Platform, visit: Visits) -> Iterator[Stage]:
    erp = Erp(platform, "Nordwind")
    yield Stage(platform, erp, visit("clara", viewport={"width": 1440, "height": 900}), visit("anna"))
    erp.client.close()


def test_a_faulty_document_is_explained_asked_about_corrected_and_presented(stage: Stage, tmp_path: Path) -> None:
    """The whole chapter without a reload; the sender is asked by keyboard alone."""
    page = stage.clara.page
    page.goto("/desk/documents/")
    stage.clara.mark()
    number = f"Q-{time.time_ns() % 10**9}"
    held = stage.erp.hand_in(_numbered(FAULTY, number, tmp_path), account="10001").json()
    assert held["status"] == "quarantined", held
    expect(page.get_by_role("link", name=number)).to_be_visible()
    assert not stage.clara.has_reloaded()
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("The total with tax is not the total without tax plus the tax.").first).to_be_visible()
    rule = page.get_by_text("Rule BR-CO-15").first
    rule.focus()
    page.keyboard.press("Enter")
    _ask_by_keyboard(stage)
    asked = stage.mail("erp@nordwind.example", number)
    assert "BR-CO-15" in asked.get_body(("plain",)).get_content()
    expect(
        page.get_by_text(f"You asked erp@nordwind.example for a corrected file of document {number}.")
    ).to_be_visible()
    assert stage.anna.page.goto("/invoices/?q=" + number)
    expect(stage.anna.page.locator("#main").get_by_role("link", name=number, exact=True)).to_have_count(0)
    stage.clara.mark()
    corrected = stage.erp.hand_in(_numbered(RIGHT, number, tmp_path), account="10001").json()
    expect(page.get_by_text("A corrected file has taken its place")).to_be_visible()
    assert not stage.clara.has_reloaded()
    assert corrected["status"] != "quarantined", corrected
    stage.anna.page.goto("/invoices/?q=" + number)
    expect(stage.anna.page.get_by_role("link", name=number, exact=True)).to_be_visible()


def test_an_invoice_goes_out_by_mail_and_ar_sees_who_looked(stage: Stage, visit: Visits) -> None:
    number = f"M-{time.time_ns() % 10**9}"
    posted = stage.erp.post(number, BUSHES)
    mail = stage.mail("invoices@brightwater.example", number)
    assert {part.get_content_type() for part in mail.iter_attachments()} == {"application/pdf", "application/xml"}
    page = stage.clara.page
    page.goto(f"/desk/invoices/{posted['id']}/")
    expect(page.locator("#sending")).to_contain_text("invoices@brightwater.example")
    stage.clara.mark()
    found = re.search(r"https?://\S+/mail/\S+", mail.get_body(("plain",)).get_content())
    assert found
    reader = visit()
    reader.page.goto(urlsplit(found[0]).path)
    expect(reader.page.get_by_role("heading", name=f"Invoice {number}", level=1)).to_be_visible()
    with reader.page.expect_download() as saved:
        reader.page.get_by_role("link", name="pdf").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    expect(page.locator("#sending")).to_contain_text("Opened by its link")
    assert not stage.clara.has_reloaded()
    page.locator("#sending").get_by_role("button", name="Revoke").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("opens nothing any more")).to_be_visible()
    reader.page.reload()
    expect(reader.page.get_by_role("heading", name="This link was revoked")).to_be_visible()
    reader.page.get_by_role("button", name="Mail a new link").click()
    expect(reader.page.get_by_text("Look into the inbox").or_(reader.page.get_by_text("a moment ago"))).to_be_visible()


def _ask_by_keyboard(stage: Stage) -> None:
    page = stage.clara.page
    page.get_by_label("To", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("erp@nordwind.example")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What is to be corrected")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ask for a corrected file")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("erp@nordwind.example is asked for a corrected file.")).to_be_visible()


def _numbered(sample: Path, number: str, folder: Path) -> Path:
    """The sample under a number of its own, from one seller."""
    text = re.sub(r"(<cbc:ID>)[^<]*(</cbc:ID>)", rf"\g<1>{number}\g<2>", sample.read_text(), count=1)
    path = folder / f"{number}-{sample.stem}.xml"
    path.write_text(text)
    return path
