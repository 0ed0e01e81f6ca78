"""Remittance advices of every notation are read into one form, and what is not understood is said."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents import remittance_advice
from documents.remittance import table
from documents.remittance.reading import read
from eipp.kernel.refusal import Refusal
from tests.documents.remittance import files
from tests.documents.remittance.files import ADVICE_PDF, EXPECTED, pdf, sample, workbook

EDI = sorted(name for name in EXPECTED if name.startswith("820"))
CAMT = sorted(name for name in EXPECTED if "camt054" in name and "returns" not in name)


@pytest.mark.parametrize("name", EDI)
def test_an_x12_820_tells_what_an_independent_look_found(name: str) -> None:
    (advice,), (told,) = read(sample(name)), EXPECTED[name]["sets"]
    assert (advice.payer, advice.payee, advice.reference) == (told["payer"], told["payee"], told["trace"])
    assert advice.amount == Decimal(told["total"]) and advice.sum == Decimal(told["sum_net"])
    assert [(line.number, line.amount) for line in advice.lines] == [
        (each["reference"], Decimal(each["net"])) for each in told["invoices"]
    ]
    assert [line.gross for line in advice.lines] == [
        each["gross"] and Decimal(each["gross"]) for each in told["invoices"]
    ]


def test_an_820_that_does_not_add_up_says_so() -> None:
    (advice,) = read(sample("820_Example6.txt"))
    assert "The lines add up to 88.60, the payment is 66.55." in advice.remarks
    assert any("ends as number 000001203" in remark for remark in advice.remarks)
    (other,) = read(sample("820_Example5_Wikipedia.txt"))
    assert other.remarks == []


def test_adjustments_of_an_820_are_deductions_with_their_reason() -> None:
    text = (
        "ISA*00*          *00*          *01*1              *01*2              *261101*1200*U*00401*000000001*0*P*:~"
        "GS*RA*1*2*20261101*1200*1*X*004010~ST*820*0001~BPR*C*90*C*ACH*CTX*01*1*DA*2*3**01*4*DA*5*20261103~TRN*1*T-1~"
        "CUR*PR*USD~N1*PR*Payer~N1*PE*Payee~ENT*1~RMR*IV*INV-1**60*80*2~ADX*-18*04~RMR*IV*INV-2**40~RMR*CM*CM-1**10~"
        "ENT*2~ADX*-0.5*ZZ**X-1~SE*14*0001~GE*1*1~IEA*1*000000001~"
    )
    (advice,) = read(text.encode())
    first, second, credit, alone = advice.lines
    assert (first.amount, first.gross, first.discount, first.deduction) == (60, 80, 2, 18)
    assert first.reason == "Item not accepted: damaged"
    assert (second.amount, credit.amount, alone.amount, alone.number) == (40, -10, Decimal("-0.5"), "X-1")
    assert (advice.currency, str(advice.paid_on), advice.reference) == ("USD", "2026-11-03", "T-1")
    assert advice.remarks == ["The lines add up to 89.5, the payment is 90."]


def test_a_ubl_remittance_advice_tells_payer_payee_and_lines() -> None:
    (advice,) = read(sample("UBL-RemittanceAdvice-2.0-Example.xml"))
    assert (advice.payer, advice.payee, advice.reference) == ("IYT Corporation", "Consortial", "6577884")
    assert (advice.amount, advice.currency) == (Decimal("107.50"), "GBP")
    assert [(line.number, line.amount, line.where) for line in advice.lines] == [
        ("A00095678", Decimal("107.50"), "line 1")
    ]


def test_a_payment_order_tells_each_payment_with_the_document_it_refers_to() -> None:
    found, told = read(sample("gistfile1.xml")), EXPECTED["gistfile1.xml"]["transactions"]
    assert [
        (each.reference, str(each.amount), each.currency, each.payee, [line.number for line in each.lines])
        for each in found
    ] == [(t["end_to_end"], t["amount"], t["ccy"], t["creditor"], t["referred_documents"]) for t in told]


@pytest.mark.parametrize("name", CAMT)
def test_a_notification_tells_each_payment_with_its_creditor_reference(name: str) -> None:
    told = [
        each for part in EXPECTED[name]["statements"] for entry in part["entries"] for each in entry["transactions"]
    ]
    found = read(sample(name))
    assert [(str(each.amount), [line.number for line in each.lines]) for each in found] == [
        (each["amount"], each["creditor_reference"]) for each in told
    ]
    assert [each.payer for each in found] == [each["debtor"] or "" for each in told]


def test_money_that_came_back_pays_nothing() -> None:
    (name,) = [name for name in EXPECTED if "returns" in name]
    with pytest.raises(Refusal, match=r"came back \(AC01\)"):
        read(sample(name))


def test_remt_001_tells_discounts_and_deductions() -> None:
    xml = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:remt.001.001.05"><RmtAdvc><RmtInf><RmtId>R-9</RmtId>
    <Strd><RfrdDocInf><Nb>INV 7</Nb></RfrdDocInf><RfrdDocAmt><DuePyblAmt Ccy="EUR">100.00</DuePyblAmt>
    <DscntApldAmt><Amt Ccy="EUR">2.00</Amt></DscntApldAmt><AdjstmntAmtAndRsn><Amt Ccy="EUR">8.00</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd><AddtlInf>two broken</AddtlInf></AdjstmntAmtAndRsn><RmtdAmt Ccy="EUR">90.00</RmtdAmt>
    </RfrdDocAmt></Strd><OrgnlPmtInf><Amt><InstdAmt Ccy="EUR">90.00</InstdAmt></Amt><Dbtr><Nm>Payer</Nm></Dbtr>
    </OrgnlPmtInf></RmtInf></RmtAdvc></Document>"""
    (advice,) = read(xml.encode())
    (line,) = advice.lines
    assert (line.number, line.amount, line.gross, line.discount, line.deduction) == ("INV 7", 90, 100, 2, 8)
    assert (line.reason, advice.payer, advice.reference, advice.remarks) == ("two broken", "Payer", "R-9", [])


def test_a_pdf_tells_its_table_and_what_of_it_was_left_out() -> None:
    (advice,) = read(pdf(ADVICE_PDF))
    assert [(line.number, line.amount, line.discount) for line in advice.lines] == [
        ("RE-2026-0017", Decimal("1209.81"), Decimal("24.69")), ("RE-2026-0018", Decimal("500.00"), None),
        ("GS-2026-0002", Decimal("-50.00"), None),
    ]  # fmt: skip
    assert (advice.amount, advice.reference, str(advice.paid_on)) == (Decimal("1659.81"), "BW-2026-0007", "2026-11-20")
    assert advice.remarks == ["Page 1: “Bank charges 3,00 EUR” was not understood."]


def test_a_pdf_without_text_is_named_as_a_picture() -> None:
    with pytest.raises(Refusal, match="Page 1 holds no text; it may be a picture"):
        read(pdf("#rect(width: 3cm, height: 3cm, fill: red)"))


def test_a_workbook_is_read_under_its_head_whatever_stands_above() -> None:
    (advice,) = read(workbook(
        ["Payment reference", "BW-7"], ["Payment date", "2026-11-20"], ["Total", 1289.5], [],
        ["Rechnungsnummer", "Rechnungsbetrag", "Skonto", "Abzug", "Grund", "Zahlbetrag"],
        ["RE-1", 1000, 20, "", "", 980], ["RE-2", 320, None, 10.5, "zwei defekt", 309.5],
        ["Summe", None, None, None, None, 1289.5],
    ))  # fmt: skip
    assert [(line.number, line.amount, line.discount, line.deduction) for line in advice.lines] == [
        ("RE-1", 980, 20, None), ("RE-2", Decimal("309.5"), None, Decimal("10.5")),
    ]  # fmt: skip
    assert (advice.reference, str(advice.paid_on), advice.amount, advice.remarks) == (
        "BW-7",
        "2026-11-20",
        Decimal("1289.5"),
        [],
    )
    assert advice.lines[1].reason == "zwei defekt" and advice.lines[1].where == "row 7"


@pytest.mark.parametrize(
    ("rows", "remark"),
    [
        ([["RE-1", "=1+1"]], "Row 2: it holds a formula"),
        ([["=A9", "5.00"]], "Row 2: it holds a formula"),
        ([["RE-1", "1,234"]], "“1,234” is not an amount that can be read in one way"),
        ([["", "5.00"]], "Row 2: no number is given"),
        ([["RE-1", ""]], "Row 2: no amount is given for RE-1"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named_and_the_others_are_read(rows: list[Any], remark: str) -> None:
    (advice,) = read(workbook(["Invoice", "Amount paid"], *rows, ["RE-9", 9]))
    assert [line.number for line in advice.lines] == ["RE-9"]
    assert remark in advice.remarks[0]


def test_a_column_shows_by_its_other_rows_how_its_figures_are_written() -> None:
    (advice,) = read(b"Invoice;Amount\nRE-1;1.234\nRE-2;5,50\n")
    assert [line.amount for line in advice.lines] == [1234, Decimal("5.50")]
    (advice,) = read(b"Invoice;Amount\nRE-1;1.234\nRE-2;5.5\n")
    assert [line.amount for line in advice.lines] == [Decimal("1.234"), Decimal("5.5")]


@pytest.mark.parametrize(
    "text",
    [
        "RE-1 250,00\nRE-2 30.5",
        "RE-1\t250.00\nRE-2\t30.50",
        "RE-1;250,00\nRE-2;30,50",
        "Invoice\tAmount\nRE-1\t250\nRE-2\t30.5",
    ],
)
def test_pasted_numbers_and_amounts_are_read(text: str) -> None:
    assert [(line.number, line.amount) for line in table.pasted(text).lines] == [
        ("RE-1", 250),
        ("RE-2", Decimal("30.5")),
    ]


def test_an_amount_cut_in_two_by_its_comma_is_not_taken_for_another() -> None:
    for content in (b"RE-1 250,00\nRE-2 30,50\n", b"Invoice,Amount\nRE-1,250,00\nRE-2,30,50\n"):
        with pytest.raises(Refusal):
            read(content)


def test_fifty_thousand_rows_are_refused_with_a_way_on() -> None:
    content = b"Invoice;Amount\n" + b"".join(b"RE-%d;1.00\n" % number for number in range(50_000))
    with pytest.raises(Refusal, match=r"more than 5,000 rows; send it in parts"):
        remittance_advice.read(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (files.bomb(), "archive_too_large"), (files.with_entities(), "doctype"), (b"", "empty_file"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>', "doctype"),
        (b"<a>" * 200 + b"</a>" * 200, "too_deep"),
        (b"<Invoice/>", "not_a_remittance"), (b"MZ\x90\0\x03", "not_a_table"), (b"%PDF-1.7\n%%EOF", "pdf_damaged"),
        (b"ISA*00*", "x12_broken_head"), (sample("820_Example6.txt")[:500], "x12_cut_off"), (b"hello", "no_head"),
        (sample("x12.810c.edi"), "not_a_remittance"), (b"Invoice;Amount\n", "no_lines"),
    ],
)  # fmt: skip
def test_what_is_no_advice_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        remittance_advice.read(content)
    assert refused.value.code == code and "." in refused.value.sentence


SEEDS = [sample("820_Example6.txt"), sample("UBL-RemittanceAdvice-2.0-Example.xml"), b"Invoice;Amount\nRE-1;5,00\n",
         workbook(["Invoice", "Amount"], ["RE-1", 5]), pdf("RE-17 12.00"), sample("gistfile1.xml")]  # fmt: skip


def only_refusals(content: bytes) -> None:
    with suppress(Refusal):
        read(content)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"ISA*", b"PK\x03\x04", b"%PDF-1.7\n", b"<?xml", b"Invoice;Amount\n"]),
)
def test_whatever_the_bytes_nothing_but_a_refusal_comes(tail: bytes, head: bytes) -> None:
    only_refusals(head + tail)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_whatever_is_changed_in_an_honest_file_nothing_but_a_refusal_comes(
    seed: bytes, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(seed)
    for place, byte in changes:
        content[place % len(content)] = byte
    only_refusals(bytes(content))
