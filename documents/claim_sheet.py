"""Claim sheet: the rows of a buyer's claim, CSV or XLSX, each with what it says or why it cannot be understood."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from documents import figures
from documents.child import read_in_child
from documents.columns import Head, find_head, is_total
from documents.figures import tidy
from documents.rows import Row
from documents.rows import read as read_rows
from eipp.kernel.refusal import Refusal

WORDS = {
    "invoice": (
        "invoice", "invoice number", "invoice no", "document", "document number", "bill", "rechnung", "rechnungsnummer",
        "rechnungs nr", "beleg", "belegnummer", "facture", "fattura", "factuur",
    ),
    "line": ("line", "line number", "line no", "position", "pos", "rechnungsposition", "ligne", "regel"),
    "quantity": ("quantity", "qty", "units", "pieces", "menge", "anzahl", "quantite", "aantal", "claimed quantity"),
    "amount": (
        "amount", "claim amount", "claimed amount", "value", "deduction", "betrag", "wert", "montant", "importo",
        "bedrag",
    ),
    "reason": ("reason", "reason code", "claim type", "type", "grund", "reklamationsgrund", "motif", "reden"),
    "comment": ("comment", "comments", "note", "details", "description", "bemerkung", "kommentar", "remark", "text"),
}  # fmt: skip
HEAD = ("Invoice", "Line", "Quantity", "Amount", "Reason", "Comment")


class SheetRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row as written: units of a line of an invoice, or an amount with tax. `fault`: why it cannot be taken."""

    row: int
    invoice: str = ""
    line: str = ""
    quantity: Decimal | None = None
    amount: Decimal | None = None
    reason: str = ""
    comment: str = ""
    fault: str = ""


def read(content: bytes) -> list[SheetRow]:
    """The rows of a claim sheet, read in a child process. Refusal with a sentence where it is none."""
    return msgspec.convert(read_in_child("documents.claim_sheet.read_here", content), type=list[SheetRow])


def read_here(content: bytes) -> list[SheetRow]:
    """The same in this process: what the child runs."""
    rows = read_rows(content)
    head = find_head(rows, WORDS, needed=("amount|quantity", "reason|invoice"))
    if head is None:
        raise Refusal(
            "no_head",
            "No row names the columns: begin the sheet with “Invoice, Line, Quantity, Amount, Reason, Comment”.",
            status=422,
        )
    body = rows[head.index + 1 :]
    marks = {name: figures.decimal_mark(row.cell(head.get(name)) for row in body) for name in ("quantity", "amount")}
    found = [_row(row, head, marks) for row in body if not is_total(row)]
    if not found:
        raise Refusal("empty_table", "Below its head the sheet holds no rows.", status=422)
    return found


def _row(row: Row, head: Head, marks: Mapping[str, str]) -> SheetRow:
    said: dict[str, Any] = {name: row.text(head.get(name), longest) for name, longest in _LONGEST.items()}
    if fault := _hidden(row, head):
        return SheetRow(row=row.number, **said, fault=fault)
    numbers: dict[str, Any] = {}
    for name, mark in marks.items():
        cell = row.cell(head.get(name))
        numbers[name] = figures.amount(cell, mark) if cell != "" else None
        if cell != "" and numbers[name] is None:
            fault = f"The {name} “{tidy(cell, 30)}” cannot be read in one way alone; write it as 1234.00."
            return SheetRow(row=row.number, **said, fault=fault)
    return SheetRow(row=row.number, **said, **numbers)


_LONGEST = {"invoice": 100, "line": 100, "reason": 100, "comment": 1_000}


def _hidden(row: Row, head: Head) -> str:
    """What of a row is not in the file as it is seen on the screen."""
    for name, column in head.columns.items():
        if column in row.formulas:
            return f"The {name} is a formula; write its value instead."
    if row.merged and any(row.cell(column) == "" for column in head.columns.values()):
        return "A merged cell reaches into this row; part it and fill in each row."
    return ""
