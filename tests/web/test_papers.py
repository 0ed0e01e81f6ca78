"""Papers and exports on both faces: what is downloaded says what the page says, and nothing that belongs elsewhere."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from documents.sheet import CSV, XLSX
from eipp.kernel import clock
from eipp.ledger.models import CreditNote, Invoice
from tests.workflows.doing import approve, at_the_page, enter, eur, hear
from tests.world import World
from workflows.dispute import open_dispute

FACES = [("portal", "anna"), ("desk", "clara")]


def text_of(answer: Any) -> str:
    """What a PDF says, in one line; that it is one to keep (PDF/A-3b) is looked at as well."""
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf", answer.content[:200]
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Disposition"].startswith("attachment")
    reader = PdfReader(io.BytesIO(answer.content))
    assert b"<pdfaid:part>3</pdfaid:part>" in answer.content and b"<pdfaid:conformance>B<" in answer.content
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200 and answer["Content-Type"] == CSV
    return [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]


@pytest.mark.parametrize(("face", "word"), FACES)
def test_an_invoice_is_had_as_pdf_beside_its_original(world: World, face: str, word: str) -> None:
    invoice = world.invoice(lines=[("Bolt M8", 10, "25.00"), ("*Nut* #M8", 4, "1.50")], tax="19")
    client = world.client(word)
    url = reverse(f"{face}:invoice-pdf", args=[invoice.pk])
    assert url in client.get(reverse(f"{face}:invoice", args=[invoice.pk])).content.decode()
    text = text_of(client.get(url))
    for said in (invoice.number, "*Nut* #M8", "256.00", "304.64", world.main.name, "Page 1 of 1", "DE"):
        assert said in text, said
    assert client.get(url).content == client.get(url).content


@pytest.mark.parametrize(("face", "word"), FACES)
def test_a_credit_note_is_reached_from_its_invoice(world: World, face: str, word: str) -> None:
    invoice = world.invoice("100.00")
    dispute = open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("8.00"), comment="too dear")
    dispute.accept(world.actor("clara"))
    note = CreditNote.objects.get(corrects=invoice)
    client, url = world.client(word), reverse(f"{face}:credit-note", args=[note.pk])
    paper = reverse(f"{face}:credit-note-pdf", args=[note.pk])
    assert url in client.get(reverse(f"{face}:invoice", args=[invoice.pk])).content.decode()
    assert paper in client.get(url).content.decode()
    text = text_of(client.get(paper))
    assert note.number in text and invoice.number in text and "8.00" in text


@pytest.mark.parametrize(("face", "word"), FACES)
def test_a_payment_has_a_receipt_once_it_has_settled(world: World, face: str, word: str) -> None:
    invoice = world.invoice("40.00")
    approve(world, "ben", invoice)
    payment = enter(world, "anna", invoice)
    client, url = world.client(word), reverse(f"{face}:receipt", args=[payment.pk])
    page = reverse(f"{face}:payment", args=[payment.pk])
    refused = client.get(url)
    assert refused.status_code == 404 and "has not settled" in refused.content.decode()
    assert url not in client.get(page).content.decode()
    at_the_page(payment)
    hear(payment)
    assert url in client.get(page).content.decode()
    text = text_of(client.get(url))
    assert payment.number in text and invoice.number in text and "40.00" in text


@pytest.mark.parametrize(("face", "word"), FACES)
def test_a_statement_says_the_same_on_screen_and_in_every_file(full_world: World, face: str, word: str) -> None:
    client, account = full_world.client(word), full_world.main
    url = statement_url(face, account)
    page = client.get(url).content.decode()
    text = text_of(client.get(url, {"account": account.pk, "format": "pdf"}))
    rows = rows_of(client.get(url, {"account": account.pk, "format": "csv"}))
    sheet = client.get(url, {"account": account.pk, "format": "xlsx"})
    assert sheet["Content-Type"] == XLSX
    table = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(sheet.content)).active.iter_rows()
    ]
    assert len(rows) == len(table) > 5
    for row, cells in zip(rows[1:], table[1:], strict=True):
        assert row[4] == (cells[4] or "") and float(row[-1]) == pytest.approx(cells[-1])
        assert f"{abs(float(row[-1])):,.2f}" in page and f"{abs(float(row[-1])):,.2f}" in text
    closing = sum(float(row[-1]) for row in rows[1:-1])
    assert float(rows[-1][-1]) == pytest.approx(closing)


def test_both_sides_read_the_same_statement(full_world: World) -> None:
    account = full_world.main
    last = clock.today(account.supplier.time_zone)
    asked = {"account": account.pk, "kind": "balance_forward", "from": last - timedelta(days=90), "to": last}
    for ending in ("pdf", "csv"):
        one, other = (
            full_world.client(word).get(statement_url(face, account), {**asked, "format": ending}).content
            for face, word in FACES
        )
        assert one == other


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"to": (date.today() + timedelta(days=3)).isoformat()}, "has not come yet"),  # noqa: DTZ011
        ({"kind": "balance_forward", "from": "2026-03-02", "to": "2026-03-01"}, "before it begins"),
        ({"to": "31.12.2025"}, "is not a day"),
    ],
)
def test_a_statement_that_cannot_be_had_is_refused_by_a_sentence(world: World, asked: Any, sentence: str) -> None:
    for face, word in FACES:
        answer = world.client(word).get(statement_url(face, world.main), {"account": world.main.pk, **asked})
        assert answer.status_code == 422 and sentence in answer.content.decode()


def test_recent_statements_stand_on_the_account_summary(world: World) -> None:
    page = world.client("anna").get("/").content.decode()
    assert "/statements/?account=" in page and "kind=balance_forward" in page


def test_the_invoice_list_is_exported_as_it_is_seen(full_world: World) -> None:
    client = full_world.client("anna")
    rows = rows_of(client.get(reverse("portal:invoices"), {"status": "past_due", "sort": "due_date", "format": "csv"}))
    expected = Invoice.objects.visible_to(full_world.actor("anna")).search(
        on=clock.today(), status="past_due", sort="due_date"
    )
    assert [row[0] for row in rows[1:]] == [invoice.number for invoice in expected]
    assert len(rows) > 3 and rows[0][0] == "Number"
    every = rows_of(client.get(reverse("portal:invoices"), {"format": "csv"}))
    assert len(every) > len(rows)


@pytest.mark.parametrize(("face", "word"), FACES)
def test_the_payment_history_is_searched_and_exported(world: World, face: str, word: str) -> None:
    paid = []
    for amount in ("11.00", "12.00"):
        invoice = world.invoice(amount)
        approve(world, "ben", invoice)
        paid.append((invoice, enter(world, "anna", invoice)))
    client, url = world.client(word), reverse(f"{face}:payments")
    assert len(rows_of(client.get(url, {"format": "csv"}))) == 3
    (invoice, payment), (_, other) = paid
    for asked in (invoice.number.lower(), payment.number):
        page = client.get(url, {"q": asked}).content.decode()
        assert payment.number in page and other.number not in page
    rows = rows_of(client.get(url, {"q": invoice.number, "format": "csv"}))
    assert [row[0] for row in rows[1:]] == [payment.number]
    book = openpyxl.load_workbook(io.BytesIO(client.get(url, {"format": "xlsx"}).content))
    assert book.active.max_row == 3


def test_a_text_of_somebody_elses_making_is_no_formula_in_an_export(world: World) -> None:
    world.invoice("5.00", order='=HYPERLINK("http://evil")')
    client = world.client("anna")
    assert "'=HYPERLINK" in client.get(reverse("portal:invoices"), {"format": "csv"}).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("portal:invoices"), {"format": "xlsx"}).content))
    (cell,) = [cell for row in book.active.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert cell.data_type == "s"


def statement_url(face: str, account: Any) -> str:
    return reverse("portal:statements") if face == "portal" else reverse("desk:statement", args=[account.pk])
