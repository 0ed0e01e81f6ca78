"""Payment sheet: invoice numbers and amounts to pay, pasted as lines or sent as a CSV or XLSX table."""

from collections.abc import Sequence

import msgspec

from documents import columns, figures
from documents.child import read_in_child
from documents.rows import Row
from documents.rows import read as read_rows
from eipp.kernel.refusal import Refusal

LARGEST = 5 * 1024 * 1024  # bytes
_WORDS = {
    "number": ("invoice", "invoice number", "number", "document", "rechnung", "rechnungsnummer", "beleg", "facture"),
    "amount": ("amount", "amount paid", "pay", "payment", "betrag", "zahlbetrag", "montant", "total"),
    "currency": ("currency", "waehrung", "währung", "devise"),
}


class PaymentRow(msgspec.Struct, frozen=True):
    """What a row says: where it stood, the invoice's number, what is to be paid of it (empty: all that is left).

    exact: the amount is a workbook's own number, not a text that could be read in two ways; fault: why the row cannot
    be read.
    """

    where: str
    number: str
    amount: str = ""
    currency: str = ""
    exact: bool = False
    fault: str = ""


def pasted(text: str) -> list[PaymentRow]:
    """Lines as one pastes them from anywhere: a number, then an amount; parted by tabs, semicolons or blanks."""
    rows = []
    for count, line in enumerate(text.splitlines(), 1):
        plain = figures.tidy(line.replace("\t", ";"), 200)
        cells = [cell.strip() for cell in plain.split(";")] if ";" in plain else plain.split()
        if any(cells):
            rows.append(Row(count, tuple(cells)))
    return _told(rows)


def read(content: bytes) -> list[PaymentRow]:
    """The rows of a CSV or XLSX file, with or without a head, read in a child process. Refusal (422) if it is none."""
    if len(content) > LARGEST:
        raise Refusal("too_large", "A payment sheet has at most 5 MB.", status=422, field="files")
    return msgspec.convert(read_in_child("documents.payment_sheet.read_here", content), type=list[PaymentRow])


def read_here(content: bytes) -> list[PaymentRow]:
    """The same in this process: what the child runs."""
    return _told(read_rows(content))


def _told(rows: Sequence[Row]) -> list[PaymentRow]:
    head = columns.find_head(rows, _WORDS, needed=("number",))
    body = rows[head.index + 1 :] if head else rows
    number, amount = (head.get("number"), head.get("amount")) if head else (0, 1)
    currency = head.get("currency") if head else 2
    return [_row(row, number, amount, currency) for row in body if any(row.cells) and not columns.is_total(row)]


def _row(row: Row, number: int | None, amount: int | None, currency: int | None) -> PaymentRow:
    fault = ""
    if {number, amount} & row.formulas:
        fault = "It holds a formula: write the number and the amount themselves."
    elif not row.text(number, 100):
        fault = "No invoice number is given."
    cell, said = row.cell(amount), row.text(currency, 3).upper() if currency is not None else ""
    return PaymentRow(
        f"row {row.number}", row.text(number, 100), row.text(amount, 40), said if said.isalpha() else "",
        exact=not isinstance(cell, str), fault=fault,
    )  # fmt: skip
