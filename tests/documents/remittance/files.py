"""Remittance advices and claim sheets made to measure: workbooks, PDFs, and what hostile people would send."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import typst
from openpyxl import Workbook

DATA = Path(__file__).parents[2] / "data" / "remittance"
EXPECTED: dict[str, Any] = json.loads((DATA / "expected.json").read_text())


def sample(name: str) -> bytes:
    return (DATA / name).read_bytes()


def workbook(*rows: list[Any], merged: tuple[str, ...] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def pdf(markup: str) -> bytes:
    page = "#set page(width: 21cm, height: 29.7cm)\n"
    content: bytes = typst.compile((page + markup).encode())
    return content


ADVICE_PDF = """= Remittance advice
Payer: Brightwater Manufacturing Ltd \\
Payment reference: BW-2026-0007 \\
Payment date: 2026-11-20
#table(columns: 5, [Invoice], [Date], [Gross], [Discount], [Amount paid],
 [RE-2026-0017], [12.10.2026], [1.234,50], [24,69], [1.209,81],
 [RE-2026-0018], [13.10.2026], [500,00], [0,00], [500,00],
 [GS-2026-0002], [14.10.2026], [-50,00], [0,00], [-50,00])
Bank charges 3,00 EUR \\
Total 1.659,81 EUR"""


def bomb() -> bytes:
    """A workbook of a few kilobytes whose sheet unpacks to 300 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("[Content_Types].xml", "<Types/>")
        bundle.writestr("xl/workbook.xml", "<workbook/>")
        with bundle.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * 1_000_000)
    return content.getvalue()


def with_entities() -> bytes:
    """An honest workbook whose sheet was given entities of its own."""
    source = io.BytesIO(workbook(["Invoice", "Amount"], ["RE-1", 1]))
    content = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = b'<!DOCTYPE x [<!ENTITY a "b">]>' + part
            new.writestr(name, part)
    return content.getvalue()
