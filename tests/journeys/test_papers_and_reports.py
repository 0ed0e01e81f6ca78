"""Two chapters of a day: papers that say the same in every form, and reports whose figures open into their rows."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.journeys.bank import day_of
from tests.journeys.conftest import ON_BOTH, Visits
from tests.journeys.stranger import Stranger
from tests.servers.platform import Platform, dashed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_BOTH]

_OWN = "JOIN accounts_customeraccount a ON a.id = r.account_id WHERE a.number = '10001'"
ACCOUNT = "SELECT id FROM accounts_customeraccount WHERE number = '10001'"
INVOICE = f"SELECT r.id FROM ledger_invoice r {_OWN} ORDER BY r.id LIMIT 1"
CREDITED = f"SELECT r.corrects_id FROM ledger_creditnote r {_OWN} AND r.corrects_id IS NOT NULL ORDER BY r.id LIMIT 1"
PAID = (
    f"SELECT r.payment_id FROM ledger_cashreceipt r {_OWN} AND r.payment_id IS NOT NULL AND r.reversed_at IS NULL "
    "ORDER BY r.id LIMIT 1"
)


def test_a_statement_says_the_same_on_the_page_and_in_every_file(platform: Platform, visit: Visits) -> None:
    anna = visit("anna")
    page, past = anna.page, day_of(platform) - timedelta(days=30)
    page.goto("/statements/")
    page.get_by_label("Account", exact=True).select_option(_one(platform, ACCOUNT))
    page.get_by_label("At the end of").fill(past.isoformat())
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h2.label").first).to_contain_text("Open on")
    open_items = closing_of(page)
    assert open_items > 0
    all_files_close_with(page, open_items, last="Open")

    page.get_by_role("link", name="Movements and balance").click()
    page.get_by_label("From").fill((past - timedelta(days=60)).isoformat())
    page.get_by_label("To", exact=True).fill(past.isoformat())
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody").first).to_contain_text("Balance before")
    assert closing_of(page) == open_items, "what was open on a day is the balance of that day"
    amounts = page.locator("table.list").first.locator("tbody tr td:nth-last-child(2) data, tbody tr:first-child data")
    assert sum(map(amount_of, amounts.all()), Decimal(0)) == open_items, "the movements lead from one to the other"
    all_files_close_with(page, open_items, last="Balance after")

    page.get_by_label("From").fill((past + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".notice")).to_be_visible()


def test_invoice_credit_note_and_receipt_are_papers_for_those_concerned(platform: Platform, visit: Visits) -> None:
    anna, clara = visit("anna"), visit("clara")
    page = anna.page
    page.goto(f"/invoices/{_one(platform, INVOICE)}/")
    number = page.locator("h1").inner_text().removeprefix("Invoice ")
    total = page.locator(".sums data").last.inner_text()
    words = text_of(downloaded(page, page.get_by_role("link", name="PDF", exact=True)))
    assert number in words
    assert total.removesuffix(" EUR") in words

    page.goto(f"/invoices/{_one(platform, CREDITED)}/")
    link = page.locator(".situation").get_by_role("link", name=re.compile(r"\(PDF\)")).first
    credit_note = link.inner_text().split(" (PDF)")[0].strip()
    assert credit_note in text_of(downloaded(page, link))

    payment = _one(platform, PAID)
    for tab, before in ((page, ""), (clara.page, "/desk")):
        tab.goto(f"{before}/payments/{payment}/")
        named = tab.locator("h1").inner_text().removeprefix("Payment ")
        words = text_of(downloaded(tab, tab.get_by_role("link", name="Receipt (PDF)")))
        assert named in words
        assert tab.locator(".headline-figure data").inner_text().split()[0] in words
    stranger = Stranger(platform, "sina", "Elsewhere")
    assert stranger.tries(anna.visited | clara.visited, marks=[number, "Brightwater"]) >= 6


def test_the_ageing_of_a_past_day_opens_into_rows_that_add_up(platform: Platform, visit: Visits) -> None:
    clara = visit("clara", viewport={"width": 1440, "height": 900})
    page, past = clara.page, day_of(platform) - timedelta(days=40)
    page.goto("/desk/reports/")
    page.get_by_role("link", name="Ageing").click()
    page.get_by_label("At the end of").fill(past.isoformat())
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".report-block").first).to_be_visible()
    block = page.locator(".report-block").filter(has=page.get_by_role("heading", name="In EUR"))
    expect(block.locator("svg").first).to_be_visible()
    total = block.locator("tfoot td a").first
    shown = amount_of(total.locator("data"))
    assert shown > 0
    the_files_have(page, shown)
    total.click()
    its_rows_add_up_to(page, shown)
    the_files_have(page, shown)
    page.locator("table.list tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("Invoice")

    page.goto("/desk/reports/collections/")
    block = page.locator(".report-block").first
    expect(block.locator("svg").first).to_be_visible()
    sales = block.locator("tbody td a:has(data)").first
    shown = amount_of(sales.locator("data"))
    sales.click()
    its_rows_add_up_to(page, shown)
    assert not clara.complaints


def test_a_buyers_spend_opens_into_the_documents_it_is_the_sum_of(visit: Visits) -> None:
    page = visit("anna").page
    page.goto("/reports/spend/")
    figure = page.locator(".report-block").first.locator("td a:has(data)").first
    shown = amount_of(figure.locator("data"))
    figure.click()
    its_rows_add_up_to(page, shown)
    page.goto("/reports/disputes/")
    expect(page.locator(".report-block").first.locator("tbody tr").first).to_be_visible()


def closing_of(page: Page) -> Decimal:
    """The first currency's figure."""
    return amount_of(page.locator(".headline-figure data").first)


def all_files_close_with(page: Page, closing: Decimal, *, last: str) -> None:
    """PDF, CSV and XLSX of a statement, as the page's links lead to them; `last`: how their closing rows are called."""
    currency = str(page.locator(".headline-figure data").first.get_attribute("value")).split()[1]
    for rows in (list(_csv(_file(page, "CSV"))), list(_xlsx(_file(page, "XLSX")))):
        ends = [row for row in rows if row[1] == currency and row[3] == last]
        assert [Decimal(row[-1]) for row in ends] == [closing]
    assert f"{closing:,.2f}" in text_of(_file(page, "PDF"))


def the_files_have(page: Page, amount: Decimal) -> None:
    """Each form of a report has this figure."""
    for rows in (_csv(_file(page, "CSV")), _xlsx(_file(page, "XLSX"))):
        assert any(amount == _number(cell) for row in rows for cell in row)
    assert f"{amount:,.2f}" in text_of(_file(page, "PDF"))


def its_rows_add_up_to(page: Page, amount: Decimal) -> None:
    """The page of a figure's rows: its own sum, and what the rows of its CSV give."""
    expect(page.get_by_text("Sum of these rows")).to_be_visible()
    assert closing_of(page) == amount
    _head, *rows, end = list(_csv(_file(page, "CSV")))
    of_documents = [Decimal(row[-1]) for row in rows]
    assert "Sum" in end
    assert sum(of_documents, Decimal(0)) == Decimal(end[-1]) == amount
    told = page.locator(".beside-figure").inner_text().split()[0].replace(",", "")
    assert int(told) == len(of_documents)


def amount_of(figure: Locator) -> Decimal:
    """What a figure is worth, whatever its writing."""
    return Decimal(str(figure.get_attribute("value")).split()[0])


def downloaded(page: Page, link: Locator) -> bytes:
    with page.expect_download() as saved:
        link.click()
    return Path(saved.value.path()).read_bytes()


def text_of(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def _file(page: Page, kind: str) -> bytes:
    return downloaded(page, page.locator(".page-head").get_by_role("link", name=kind, exact=True))


def _csv(content: bytes) -> Iterator[list[str]]:
    return iter(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def _xlsx(content: bytes) -> Iterator[list[str]]:
    for sheet in load_workbook(io.BytesIO(content), read_only=True):
        yield from (["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True))


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else None


def _one(platform: Platform, question: str) -> str:
    (found,) = platform.rows(question)
    return dashed(found[0])
