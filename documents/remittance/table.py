"""Remittance advices as tables: a row for each document, under a head in any order, or numbers and amounts alone."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from documents import archive, figures
from documents.columns import Head, find_head, is_total, meaning_of
from documents.figures import tidy
from documents.remittance_advice import RemittanceAdvice, RemittanceLine
from documents.rows import MOST_COLUMNS, Row
from documents.rows import read as read_rows
from eipp.kernel.refusal import Refusal

WORDS = {
    "number": (
        "invoice number", "invoice no", "invoice", "document number", "document no", "document", "bill number", "bill",
        "rechnungsnummer", "rechnungs nr", "rechnung", "belegnummer", "beleg nr", "beleg", "facture",
        "numero de facture", "fattura", "factuurnummer", "factuur", "reference", "referenz",
    ),
    "amount": (
        "amount paid", "paid amount", "paid", "payment amount", "net paid", "net amount", "net", "remitted", "payment",
        "amount", "zahlbetrag", "gezahlt", "bezahlt", "betrag", "montant paye", "montant", "importo", "bedrag",
    ),
    "gross": ("gross amount", "gross", "invoice amount", "original amount", "rechnungsbetrag", "bruttobetrag"),
    "discount": ("discount", "cash discount", "discount taken", "skonto", "escompte", "korting"),
    "deduction": ("deduction", "deductions", "adjustment", "short payment", "abzug", "kurzung", "retenue"),
    "reason": ("reason", "reason code", "grund", "comment", "remark", "note", "motif", "bemerkung"),
    "date": ("date", "invoice date", "document date", "datum", "rechnungsdatum"),
    "currency": ("currency", "ccy", "wahrung", "devise", "valuta"),
}  # fmt: skip
FACTS = {
    "reference": ("payment reference", "payment number", "payment no", "reference", "zahlungsreferenz", "trace number"),
    "paid_on": ("payment date", "date of payment", "date", "zahlungsdatum", "datum", "value date"),
    "payer": ("payer", "from", "customer", "zahler", "auftraggeber"),
    "payee": ("payee", "to", "vendor", "supplier", "empfanger", "lieferant"),
    "amount": ("payment amount", "total", "total amount", "amount", "gesamtbetrag", "summe", "total paid"),
    "currency": ("currency", "wahrung", "devise"),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_REMARKS = 20


def read(content: bytes) -> RemittanceAdvice:
    """The advice of a CSV or XLSX. Raises Refusal where no head and no pairs of number and amount can be found."""
    rows = read_rows(content)
    notation = "xlsx" if archive.office_type(content) else "csv"
    head = find_head(rows, WORDS, needed=("number", "amount|gross"))
    if head is None:
        return RemittanceAdvice(notation=notation, lines=_pairs(rows))
    return _under(head, rows, notation)


def pasted(text: str) -> RemittanceAdvice:
    """What somebody typed or pasted: `RE-1001 250.00`, a document a line, or a table copied out of a spreadsheet."""
    if re.search(r"[;\t]", text):
        return read(text.encode())
    lines = [tuple(line.split(maxsplit=1)) for line in text.splitlines()]
    rows = [Row(number, cells) for number, cells in enumerate(lines, 1) if cells]
    return RemittanceAdvice(notation="csv", lines=_pairs(rows))


def _under(head: Head, rows: Sequence[Row], notation: str) -> RemittanceAdvice:
    body, remarks, lines = rows[head.index + 1 :], [], []
    width = len(rows[head.index].cells) if notation == "csv" else MOST_COLUMNS
    marks = {name: figures.decimal_mark(row.cell(head.get(name)) for row in body) for name in _FIGURES}
    for row in body:
        if is_total(row):
            continue
        if any(cell != "" for cell in row.cells[width:]):
            remarks.append(f"Row {row.number}: it has more cells than the head; put amounts with a comma in quotes.")
            continue
        line, remark = _line(row, head, marks)
        if line:
            lines.append(line)
        if remark:
            remarks.append(f"Row {row.number}: {remark}")
    if len(remarks) > _MOST_REMARKS:
        remarks = [*remarks[:_MOST_REMARKS], f"{len(remarks) - _MOST_REMARKS} more rows have faults of this kind."]
    return RemittanceAdvice(notation=notation, lines=lines, remarks=remarks, **_facts(rows[: head.index]))


_FIGURES = ("amount", "gross", "discount", "deduction")


def _line(row: Row, head: Head, marks: dict[str, str]) -> tuple[RemittanceLine | None, str]:
    """The row's line, or why there is none."""
    number = row.text(head.get("number"), 100)
    found: dict[str, Decimal | None] = {}
    for name in _FIGURES:
        column = head.get(name)
        if column in row.formulas:
            return None, "it holds a formula where an amount belongs; write the amount itself."
        cell = row.cell(column)
        found[name] = figures.amount(cell, marks[name]) if cell != "" else None
        if cell != "" and found[name] is None:
            return None, f"“{tidy(cell, 30)}” is not an amount that can be read in one way alone; write it as 1234.00."
    if head.get("number") in row.formulas:
        return None, "it holds a formula where the document's number belongs; write the number itself."
    if not number and not any(found.values()):
        return None, ""
    if not number:
        return None, "merged cells hide the number; fill in each row." if row.merged else "no number is given."
    return _with_amount(row, head, number, found)


def _with_amount(
    row: Row, head: Head, number: str, found: dict[str, Decimal | None]
) -> tuple[RemittanceLine | None, str]:
    discount, deduction = (abs(found[name] or Decimal(0)) or None for name in ("discount", "deduction"))
    amount = found["amount"]
    if amount is None and found["gross"] is not None:
        amount = found["gross"] - (discount or 0) - (deduction or 0)
    if amount is None:
        return None, f"no amount is given for {number}."
    currency = row.text(head.get("currency"), 10).upper()
    return RemittanceLine(
        where=f"row {row.number}", number=number, amount=amount, gross=found["gross"], discount=discount,
        deduction=deduction, reason=row.text(head.get("reason")),
        currency=currency if _CURRENCY.fullmatch(currency) else "",
    ), ""  # fmt: skip


def _facts(rows: Sequence[Row]) -> dict[str, Any]:
    """What stands above the head as a word and its value, side by side."""
    found: dict[str, Any] = {}
    for row in rows:
        for word, value in zip(row.cells, row.cells[1:], strict=False):
            meaning = meaning_of(word, FACTS) if isinstance(word, str) else ""
            if meaning and value != "" and meaning not in found and (fact := _fact(meaning, value)) is not None:
                found[meaning] = fact
    return found


def _fact(meaning: str, value: figures.Cell) -> object | None:
    if meaning == "amount":
        return figures.amount(value)
    if meaning == "paid_on":
        return figures.day(str(value))
    text = tidy(value, 140)
    if meaning == "currency":
        return text if _CURRENCY.fullmatch(text) else None
    return text


def _pairs(rows: Sequence[Row]) -> list[RemittanceLine]:
    """Rows of a number and an amount without a head; Refusal naming the first row that is none."""
    mark = figures.decimal_mark(_last(row) for row in rows)
    lines = []
    for row in rows:
        cells = [tidy(cell, 100) for cell in row.cells if cell != ""]
        words = cells[0].split() if len(cells) == 1 else cells
        amount = figures.amount(_last(row), mark)
        if len(words) < 2 or amount is None or _cut_in_two(cells) or not re.search(r"\d", words[0]):
            raise Refusal(
                "no_head",
                f"Row {row.number} is no document's number with an amount, and no row names the columns: begin the "
                "table with a head, such as “Invoice;Amount paid;Discount;Deduction;Reason”.",
                status=422,
            )
        lines.append(RemittanceLine(where=f"row {row.number}", number=words[0], amount=amount))
    return lines


def _cut_in_two(cells: Sequence[str]) -> bool:
    """`RE-1001 250,00` taken for two columns, because of its decimal comma."""
    return len(cells) == 2 and bool(re.search(r"\s\d[\d.]*$", cells[0]) and re.fullmatch(r"\d{2}", cells[1]))


def _last(row: Row) -> figures.Cell:
    cells = [cell for cell in row.cells if cell != ""]
    last = cells[-1] if cells else ""
    return last.split()[-1] if len(cells) == 1 and isinstance(last, str) and last.split() else last
