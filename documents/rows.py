"""Rows of a table that somebody sent, CSV or XLSX: cells as texts or exact numbers, nothing reckoned, nothing guessed.

A formula is no value: its cell is told as one. What a merged cell covers is told too, since it is empty in the file.
Runs in a child process (`documents.child`): it knows neither settings nor database.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from documents import archive
from documents.figures import Cell, tidy
from eipp.kernel.refusal import Refusal

MOST_ROWS = 5_000
MOST_COLUMNS = 60
_BLANK_AT_THE_END = 10_000  # so many empty rows in a row are the end of the table
_LONGEST_CELL = 2_000
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=\"[A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7})\"")
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = ";\t|,"


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something in it; `number` as spreadsheets count. formulas: columns in which one stands; merged: a cell
    from above reaches into it."""

    number: int
    cells: tuple[Cell, ...]
    formulas: frozenset[int] = frozenset()
    merged: bool = False

    def text(self, column: int | None, longest: int = 200) -> str:
        cell = self.cell(column)
        return tidy(f"{cell:f}" if isinstance(cell, Decimal) else cell, longest)

    def cell(self, column: int | None) -> Cell:
        return self.cells[column] if column is not None and column < len(self.cells) else ""


def read(content: bytes) -> list[Row]:
    """The rows of a CSV text, or of the first sheet of an XLSX with something in it. Refusal 422 where there are none,
    more than 5,000, or where the file is none of the two."""
    rows = list(_bounded(_xlsx(content) if archive.office_type(content) else _csv(decoded(content))))
    if not rows:
        raise Refusal("empty_table", "The file holds no rows; fill one in and send it again.", status=422)
    return rows


def decoded(content: bytes) -> str:
    """A text file's text: by its byte order mark, else UTF-8, else Windows-1252."""
    mark = next((encoding for start, encoding in _BYTE_ORDER if content.startswith(start)), None)
    for encoding in (mark,) if mark else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal("not_a_table", "The file is neither a text with rows (CSV) nor an XLSX workbook.", status=422)


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Refusal("too_many_rows", f"The file has more than {MOST_ROWS:,} rows; send it in parts.", status=422)
        yield row


def _csv(text: str) -> Iterator[Row]:
    try:
        for number, cells in enumerate(_parted(text, _delimiter(text)), 1):
            if any(cells):
                yield Row(number, cells)
    except csv.Error as error:
        raise Refusal("broken_csv", f"The file is no readable CSV: {error}.", status=422) from None


def _parted(text: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield tuple(_plain(cell) for cell in row[:MOST_COLUMNS])


def _plain(cell: str) -> str:
    """Our own sheets put an apostrophe before what could be taken for a formula."""
    text = cell.strip()[:_LONGEST_CELL]
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def _delimiter(text: str) -> str:
    """The sign that parts the first rows into the same number of columns, more than one."""
    sample = "".join(text[:20_000].splitlines(keepends=True)[:40])

    def agreeing(sign: str) -> int:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if row]
        except csv.Error:
            return 0
        return max((widths.count(width) for width in set(widths) if width > 1), default=0)

    return max(_DELIMITERS, key=agreeing)


def _xlsx(content: bytes) -> list[Row]:
    if archive.office_type(content) != archive.XLSX:
        raise Refusal("not_a_table", "The file is a text document, not an XLSX workbook.", status=422)
    try:
        _refuse_entities(content)
        return _first_sheet(content)
    except (Refusal, MemoryError):
        raise
    except Exception:  # a damaged workbook makes the libraries fail in every way there is
        sentence = "The workbook is damaged; open it, save it anew and send it again."
        raise Refusal("workbook_damaged", sentence, status=422) from None


def _first_sheet(content: bytes) -> list[Row]:
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            rows = list(_bounded(_rows_of(sheet, _merged_rows(content, sheet))))
            if rows:
                return rows
    return []


def _rows_of(sheet: Any, merged: list[tuple[int, int]]) -> Iterator[Row]:
    sheet.reset_dimensions()
    blank = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        cells = tuple(_cell(cell.value) for cell in row)
        blank = 0 if any(cell != "" for cell in cells) else blank + 1
        if blank > _BLANK_AT_THE_END:
            return
        if not blank:
            formulas = frozenset(index for index, cell in enumerate(row) if cell.data_type == "f")
            yield Row(number, cells, formulas, any(first < number <= last for first, last in merged))


def _cell(value: Any) -> Cell:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case int():
            return Decimal(value)
        case float():  # the workbook's own text of the number: its shortest form is what was typed
            written = Decimal(repr(value))
            return round(written, 9).normalize() if written.is_finite() and abs(written) < 10**15 else ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
    return _plain(str(value))


def _merged_rows(content: bytes, sheet: Any) -> list[tuple[int, int]]:
    """First and last row of every merged range that is higher than one row."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        text = bundle.read(sheet._worksheet_path.lstrip("/"))
    ranges = {(int(first), int(last)) for first, last in _MERGED.findall(text)}
    return sorted(pair for pair in ranges if pair[0] < pair[1])[:1_000]


def _refuse_entities(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        for name in bundle.namelist():
            if name.endswith((".xml", ".rels")):
                with bundle.open(name) as part:
                    if _DOCTYPE.search(part.read(4_096).replace(b"\0", b"")):
                        raise Refusal("doctype", "The workbook carries entities of its own; save it anew.", status=422)
