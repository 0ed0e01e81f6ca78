"""Sheets: text stays text, numbers are numbers with their currency's decimals, days are days."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from documents import sheet
from documents.sheet import Cell, Table
from eipp.kernel.money import Money

HOSTILE = [
    "=1+1",
    "+49 30 123",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    "＝1+1",
    '=cmd|"/C calc"!A0',
    '=HYPERLINK("http://x")',
]


def table(*rows: list[Cell], head: int = 0) -> Table:
    return Table([f"Column {n}" for n in range(head or len(rows[0]))], rows, title="Rows")


def cells(*tables: Table) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(sheet.xlsx(*tables)))
    return [list(row) for row in book.worksheets[0].iter_rows(min_row=2)]


def lines(of: Table) -> list[list[str]]:
    text = b"".join(sheet.csv(of)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_never_becomes_a_formula(text: str) -> None:
    ((cell,),) = cells(table([text]))
    assert cell.data_type == "s" and cell.quotePrefix
    workbook = zipfile.ZipFile(io.BytesIO(sheet.xlsx(table([text]))))
    assert b"<f>" not in workbook.read("xl/worksheets/sheet1.xml")
    ((written,),) = lines(table([text]))
    assert written.startswith("'")


def test_openpyxl_alone_would_have_written_a_formula() -> None:
    """The control: the same text, written as openpyxl does by itself, is live."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    content = io.BytesIO()
    book.save(content)
    assert openpyxl.load_workbook(content).worksheets[0]["A1"].data_type == "f"


@pytest.mark.parametrize("text", ["#N/A", "TRUE", "1e5", "0012", "2026-01-01", "12,5"])
def test_a_text_that_looks_like_something_else_stays_text(text: str) -> None:
    ((cell,),) = cells(table([text]))
    assert (cell.data_type, cell.value) == ("s", text)
    assert lines(table([text])) == [[text]]


@pytest.mark.parametrize(
    ("amount", "written", "shown"),
    [(Money(-123456, "EUR"), "-1234.56", "#,##0.00"), (Money(1200, "JPY"), "1200", "#,##0"),
     (Money(1234, "KWD"), "1.234", "#,##0.000")],
)  # fmt: skip
def test_an_amount_is_a_number_with_its_currencys_decimals(amount: Money, written: str, shown: str) -> None:
    ((cell,),) = cells(table([amount]))
    assert (cell.data_type, cell.number_format) == ("n", shown)
    assert Decimal(str(cell.value)) == amount.amount
    assert lines(table([amount])) == [[written]]


def test_days_moments_numbers_and_nothing_are_what_they_are() -> None:
    row: list[Cell] = [date(2026, 3, 31), datetime(2026, 3, 31, 12, 30, tzinfo=UTC), Decimal("2.50"), 7, True, None]
    ((day, moment, number, whole, truth, nothing),) = cells(table(row))
    assert day.is_date and day.value == datetime(2026, 3, 31) and day.number_format == "yyyy-mm-dd"  # noqa: DTZ001
    assert moment.is_date and (number.value, whole.value, truth.value, nothing.value) == (2.5, 7, True, None)
    assert lines(table(row)) == [["2026-03-31", "2026-03-31T12:30:00+00:00", "2.50", "7", "true", ""]]


def test_control_characters_line_ends_and_commas_do_no_harm() -> None:
    text = 'one, "two"\r\nthree\x00\x0b;'
    ((cell,),) = cells(table([text]))
    assert cell.value == 'one, "two"\nthree;'
    assert lines(table([text])) == [['one, "two"\nthree;']]


def test_many_rows_are_read_once_and_written_in_pieces() -> None:
    read = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal read
        for number in range(2_000):
            read += 1
            yield [f"row {number}", Money(number, "EUR")]

    pieces = sheet.csv(Table(["a", "b"], rows()))
    assert next(pieces) == b"\xef\xbb\xbf"
    next(pieces)
    assert 0 < read < 1_000
    assert sum(piece.count(b"\r\n") for piece in pieces) + 500 == 2_001
    assert len(cells(Table(["a", "b"], rows()))) == 2_000


def test_each_table_is_a_sheet_with_a_name_that_may_stand_there() -> None:
    tables = [Table(["a"], [["x"]], title=title) for title in ("Ageing [EUR]/2026", "Ageing [EUR]/2026", "", "x" * 60)]
    book = openpyxl.load_workbook(io.BytesIO(sheet.xlsx(*tables)))
    assert book.sheetnames == ["Ageing EUR 2026", "Ageing EUR 2026 2", "Sheet", "x" * 31]
    assert all(one.freeze_panes == "A2" and one["A1"].font.bold for one in book.worksheets)


def test_an_empty_table_has_its_head() -> None:
    assert lines(table(head=2)) == []
    book = openpyxl.load_workbook(io.BytesIO(sheet.xlsx(table(head=2))))
    assert [cell.value for cell in book.worksheets[0][1]] == ["Column 0", "Column 1"]
