"""Files go from a browser straight to where they lie, are checked, and are had by those concerned and nobody else."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from eipp.demo.photo import photo
from tests.documents import samples
from tests.journeys.conftest import ON_BOTH, ON_PRODUCTION, Visits
from tests.journeys.erp import Erp
from tests.servers.clamd import EICAR
from tests.servers.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

LINE = ("Turned bush, bronze CC493K", "10", "58.40")


@pytest.fixture
def invoice(platform: Platform) -> str:
    """The page of an invoice that was posted for this test."""
    erp = Erp(platform, "Nordwind")
    number = f"FILES-{len(platform.rows('SELECT id FROM ledger_invoice'))}"
    posted = erp.post(number, LINE)
    erp.client.close()
    return f"/invoices/{posted['id']}/"


def attached(page: Page, *files: Path) -> None:
    page.locator(".composer input[type=file]").set_input_files(files)


def sent(page: Page, text: str) -> None:
    page.locator(".composer textarea").fill(text)
    page.locator(".composer button[type=submit]").click()
    expect(page.locator(".timeline").get_by_text(text)).to_be_visible()


def written(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@ON_BOTH
def test_a_buyers_file_is_sent_checked_and_opened_by_ar_and_by_no_stranger(
    platform: Platform, visit: Visits, invoice: str, tmp_path: Path
) -> None:
    anna, clara, stranger = visit("anna"), visit("clara"), visit("sina")
    took: list[str] = []
    anna.context.on("request", lambda asked: took.append(asked.url) if asked.method == "POST" else None)
    clara.page.goto(f"/desk{invoice}")
    anna.page.goto(invoice)
    attached(anna.page, written(tmp_path, "pallet.png", photo()), written(tmp_path, "list.xlsx", samples.office()))
    expect(anna.page.locator("[data-files] [name=files_ids]")).to_have_count(2)
    sent(anna.page, "Two papers about the pallet.")

    bytes_went = {urlsplit(url).netloc for url in took if "/receive/" in url or "eipp-tests" in url}
    own = urlsplit(platform.url).netloc
    assert bytes_went == ({urlsplit(platform.parts.store.endpoint).netloc} if platform.parts else {own})

    link = clara.page.locator(".timeline").get_by_role("link", name=re.compile("pallet.png"))
    expect(link).to_be_visible()
    with clara.page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_bytes() == photo()
    address = link.get_attribute("href") or ""
    assert stranger.page.request.get(address).status == 404
    assert clara.page.request.get(address).headers["x-content-type-options"] == "nosniff"
    assert not anna.complaints and not clara.complaints


@ON_BOTH
def test_a_program_that_calls_itself_a_pdf_is_refused_in_words_where_it_was_chosen(
    visit: Visits, invoice: str, tmp_path: Path
) -> None:
    page = visit("anna").page
    page.goto(invoice)
    attached(page, written(tmp_path, "invoice.pdf", samples.EXE))
    expect(page.locator("[data-files] [data-wrong]")).to_contain_text("Files of this kind are not accepted")
    expect(page.locator("[data-files] [name=files_ids]")).to_have_count(0)


@ON_BOTH
def test_without_scripts_the_form_brings_the_file(visit: Visits, invoice: str, tmp_path: Path) -> None:
    page = visit("anna", java_script_enabled=False).page
    page.goto(invoice)
    attached(page, written(tmp_path, "pallet.png", photo()))
    sent(page, "Please look at this.")
    with page.expect_download() as download:
        page.locator(".timeline").get_by_role("link", name=re.compile("pallet.png")).click()
    assert Path(download.value.path()).read_bytes() == photo()


@ON_PRODUCTION
def test_a_virus_is_refused_and_its_sender_hears_of_it(visit: Visits, invoice: str, tmp_path: Path) -> None:
    anna = visit("anna")
    notices = anna.new_tab()
    notices.goto("/notifications/")
    anna.page.goto(invoice)
    attached(anna.page, written(tmp_path, "list.csv", b"a;b\n" + EICAR))
    expect(anna.page.locator("[data-files] [data-wrong]")).to_contain_text("The virus scanner found")
    expect(notices.locator("#main")).to_contain_text("The file “list.csv” was refused: the virus scanner found")
