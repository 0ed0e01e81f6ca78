"""Sheets: tables as CSV and XLSX. Text stays text, numbers are numbers, days are days.

A cell of text never becomes a formula, whatever it begins with: in CSV it gets an apostrophe before it, in XLSX it is
written as a string and marked as quoted, so that it stays one when it is edited.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from csv import writer as csv_writer
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from eipp.kernel.money import Money, decimals

Cell = str | int | Decimal | date | datetime | Money | UUID | bool | None

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The kinds of file that a table can be had as, by their ending.
KINDS = {"csv": CSV, "xlsx": XLSX}
_BATCH = 500
_MOST_ROWS = 1_048_575  # of one sheet of XLSX, below its head
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_LONGEST = 32_767
_LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Table:
    """A head and rows of as many cells; `rows` may be a generator and is read once."""

    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    title: str = "Sheet"
    widths: Sequence[int] = field(default=())  # of the columns, in letters; else by the head and the first rows


def csv(table: Table) -> Iterator[bytes]:
    """The table in pieces of some hundred rows: RFC 4180, UTF-8 with a mark at its begin, by which Excel knows it."""
    yield b"\xef\xbb\xbf"
    rows = chain([table.head], table.rows)
    while batch := list(islice(rows, _BATCH)):
        piece = io.StringIO(newline="")
        csv_writer(piece).writerows([[_csv_text(cell) for cell in row] for row in batch])
        yield piece.getvalue().encode()


def xlsx(*tables: Table) -> bytes:
    """A workbook with a sheet for each table, its head bold and fixed; amounts have their currency's decimals."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for table in tables:
        rows = iter(table.rows)
        _fill(book, _sheet_title(table.title, taken), table, islice(rows, _MOST_ROWS))
        for row in rows:  # what one sheet cannot hold goes on in the next
            _fill(book, _sheet_title(table.title, taken), table, islice(chain([row], rows), _MOST_ROWS))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def write(kind: str, table: Table) -> bytes:
    """The table as one of `KINDS`."""
    return xlsx(table) if kind == "xlsx" else b"".join(csv(table))


def _csv_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Money():
            return cell.text
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return (timezone.localtime(cell) if timezone.is_aware(cell) else cell).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case str():
            text = _plain(cell)
            return f"'{text}" if _FORMULA.match(text) else text
    return str(cell)


def _fill(book: Any, title: str, table: Table, rows: Iterator[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    beginning = list(islice(rows, 50))
    for number, width in enumerate(table.widths or _widths(table.head, beginning), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    numeric = [isinstance(cell, Money | Decimal) for cell in beginning[0]] if beginning else [False] * len(table.head)
    sheet.append([_head_cell(sheet, word, end) for word, end in zip(table.head, numeric, strict=True)])
    for row in chain(beginning, rows):
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])


def _widths(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    columns = zip(head, *rows, strict=True)
    return [max(8, min(48, 2 + max(len(_csv_text(cell)) for cell in column))) for column in columns]


def _head_cell(sheet: Any, word: str, at_the_end: bool) -> Any:
    cell = _text_cell(sheet, word)
    cell.font = Font(bold=True)
    if at_the_end:
        cell.alignment = Alignment(horizontal="right")
    return cell


def _xlsx_cell(sheet: Any, cell: Cell) -> Any:
    match cell:
        case Money():
            places = decimals(cell.currency)
            return _formatted(sheet, cell.amount, "#,##0." + "0" * places if places else "#,##0")
        case Decimal():
            return _formatted(sheet, cell, "General")
        case datetime():
            there = timezone.localtime(cell).replace(tzinfo=None) if timezone.is_aware(cell) else cell
            return _formatted(sheet, there, "yyyy-mm-dd hh:mm:ss")
        case date():
            return _formatted(sheet, cell, "yyyy-mm-dd")
        case str():
            return _text_cell(sheet, cell) if cell else None
        case UUID():
            return _text_cell(sheet, str(cell))
    return cell


def _formatted(sheet: Any, value: Any, number_format: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """A string whatever it looks like: openpyxl would take `=1+1` for a formula and `#N/A` for an error."""
    plain = _plain(text)
    cell = WriteOnlyCell(sheet, plain)
    cell.data_type = "s"
    cell.quotePrefix = bool(_FORMULA.match(plain))
    return cell


def _plain(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", _LINE_ENDS.sub("\n", text))[:_LONGEST]


def _sheet_title(title: str, taken: set[str]) -> str:
    """Excel's rules: at most 31 characters, none of []:*?/\\, none twice."""
    stem = re.sub(r"[\[\]:*?/\\\s]+", " ", _plain(title)).strip(" '")[:31] or "Sheet"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem[: 31 - len(str(number)) - 1]} {number}"
    taken.add(name.casefold())
    return name
