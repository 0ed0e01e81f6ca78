"""Claim sheets: columns by the words in their head, each faulty row by its number and reason."""

from decimal import Decimal

import pytest

from documents import claim_sheet
from documents.claim_sheet import read_here
from documents.sheet import Table, xlsx
from eipp.kernel.refusal import Refusal
from tests.documents.remittance import files
from tests.documents.remittance.files import workbook

HEAD = ["Invoice", "Line", "Qty", "Amount", "Reason", "Comment"]


def test_rows_are_read_with_their_numbers_under_a_head_in_any_order_and_language() -> None:
    rows = read_here(
        b"Grund;Rechnungsnummer;Pos;Menge;Betrag;Bemerkung\nDefekt;RE-1;2;3;;zerbrochen\nPreis;RE-2;;;1.234,50;\n"
    )
    assert [(row.row, row.invoice, row.line, row.quantity, row.amount, row.reason, row.comment) for row in rows] == [
        (2, "RE-1", "2", 3, None, "Defekt", "zerbrochen"), (3, "RE-2", "", None, Decimal("1234.50"), "Preis", ""),
    ]  # fmt: skip


def test_a_formula_and_a_merged_cell_are_named_in_their_rows() -> None:
    rows = read_here(workbook(
        HEAD, ["RE-1", "1", 2, None, "damaged", ""], ["RE-2", "", "", "=1+1", "price", ""],
        ["RE-3", "1", 1, None, "damaged", ""], [None, "2", 1, None, "damaged", ""], ["RE-4", "", "", 5, "price", ""],
        merged=("A4:A5",),
    ))  # fmt: skip
    assert [row.fault for row in rows] == [
        "", "The amount is a formula; write its value instead.", "",
        "A merged cell reaches into this row; part it and fill in each row.", "",
    ]  # fmt: skip


def test_without_the_look_at_merged_cells_the_row_would_claim_from_the_account_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the covered cell is empty, as that of a row without an invoice is."""
    monkeypatch.setattr("documents.rows._merged_rows", lambda content, sheet: [])
    rows = read_here(workbook(HEAD, ["RE-3", "", "", 1, "price", ""], ["x", "", "", 2, "price", ""], merged=("A2:A3",)))
    assert (rows[1].invoice, rows[1].fault) == ("", "")


def test_a_figure_that_can_be_read_in_two_ways_is_named() -> None:
    (row,) = read_here(b"Invoice;Amount;Reason\nRE-1;1,234;price\n")
    assert row.fault == "The amount “1,234” cannot be read in one way alone; write it as 1234.00."


def test_a_total_is_no_row() -> None:
    rows = read_here(workbook(HEAD, ["RE-1", "", "", 5, "price", ""], ["Total", "", "", "=SUM(D2:D2)", "", ""]))
    assert [row.row for row in rows] == [2]


def test_the_empty_sheet_that_we_give_is_one_that_we_read() -> None:
    given = xlsx(Table(head=claim_sheet.HEAD, rows=[("RE-1", "1", Decimal(2), None, "Damaged", "=broken")]))
    (row,) = claim_sheet.read(given)
    assert (row.invoice, row.line, row.quantity, row.reason, row.comment, row.fault) == (
        "RE-1",
        "1",
        2,
        "Damaged",
        "=broken",
        "",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Invoice;Amount;Reason\n" + b"RE-1;1.00;price\n" * 50_000, "too_many_rows"), (b"a;b\n1;2\n", "no_head"),
        (b"Invoice;Amount;Reason\n", "empty_table"), (files.bomb(), "archive_too_large"), (b"", "empty_table"),
        (files.with_entities(), "doctype"), (b"%PDF-1.7", "no_head"), (b"\x00\x01\x02", "not_a_table"),
    ],
)  # fmt: skip
def test_what_is_no_claim_sheet_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        claim_sheet.read(content)
    assert refused.value.code == code and "." in refused.value.sentence


@pytest.mark.long
def test_fifty_thousand_rows_of_a_workbook_are_refused_within_the_limits() -> None:
    many = xlsx(
        Table(head=("Invoice", "Amount", "Reason"), rows=([f"RE-{n}", Decimal(1), "price"] for n in range(50_000)))
    )
    with pytest.raises(Refusal, match="more than 5,000 rows; send it in parts"):
        claim_sheet.read(many)
