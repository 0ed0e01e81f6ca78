"""The sums: what comes out passes, what is a cent off is named, in UBL and in CII."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from documents.einvoice import places, rules
from documents.einvoice.document import Document
from documents.einvoice.parts import Figure
from documents.einvoice.reading import read
from tests.documents.einvoice.documents import documents
from tests.documents.einvoice.samples import UBL, VALID, content

RULES = {
    "line_total": "BR-CO-10",
    "allowance_total": "BR-CO-11",
    "charge_total": "BR-CO-12",
    "total_without_tax": "BR-CO-13",
    "total_with_tax": "BR-CO-15",
    "prepaid": "BR-CO-16",
    "rounding": "BR-CO-16",
    "payable": "BR-CO-16",
}


def broken(document: Document) -> set[str]:
    return {fault.rule for fault in rules.check(document, places.of("UBL Invoice"))}


@given(documents())
@settings(max_examples=50, deadline=None)
def test_sums_that_come_out_pass(document: Document) -> None:
    assert broken(document) == set()


@given(documents(), st.sampled_from(sorted(RULES)), st.sampled_from([Decimal("0.01"), Decimal("-0.01")]))
@settings(max_examples=80, deadline=None)
def test_a_total_a_cent_off_is_named(document: Document, term: str, cent: Decimal) -> None:
    figure = getattr(document, term) or Figure("0.00")
    wrong = msgspec.structs.replace(document, **{term: Figure(str(Decimal(figure) + cent))})
    assert RULES[term] in broken(wrong)


@given(documents(), st.data())
@settings(max_examples=50, deadline=None)
def test_a_line_or_tax_a_cent_off_is_named(document: Document, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(document.lines) - 1))
    lines = list(document.lines)
    lines[index] = msgspec.structs.replace(
        lines[index], net=Figure(str(Decimal(lines[index].net or 0) + Decimal("0.01")))
    )
    assert "BR-CO-10" in broken(msgspec.structs.replace(document, lines=tuple(lines)))
    (total,) = document.tax_totals
    off = msgspec.structs.replace(total, amount=Figure(str(Decimal(total.amount or 0) - Decimal("0.01"))))
    assert {"BR-CO-14", "BR-CO-15"} <= broken(msgspec.structs.replace(document, tax_totals=(off,)))


@pytest.mark.parametrize("name", VALID)
def test_a_file_whose_amount_to_pay_is_a_cent_off_is_named_with_its_line(name: str) -> None:
    root = etree.fromstring(content(name))
    (payable,) = root.iter("{*}PayableAmount", "{*}DuePayableAmount")
    payable.text = str(Decimal(payable.text or "") + Decimal("0.01"))
    wrong = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    (fault,) = read(wrong).faults
    assert fault.rule == "BR-CO-16"
    assert b"PayableAmount" in wrong.splitlines()[(fault.line or 0) - 1]
    assert fault.path.endswith("PayableAmount")


@pytest.mark.parametrize("text", ["1_0", "1E3", "NaN", "Infinity", "0x10", "1,5", "٣", "9" * 41])
def test_what_is_no_decimal_number_is_no_amount(text: str) -> None:
    faults = read(content(UBL).replace(b">10555.3<", f">{text}<".encode())).faults
    assert {"EIPP-AMOUNT"} <= {fault.rule for fault in faults}


def test_three_decimals_in_euro_are_named() -> None:
    faults = read(content(UBL).replace(b">6700<", b">6700.000<")).faults
    assert ("BR-DEC-23", "6700.000 has more than two decimals.") in {(fault.rule, fault.message) for fault in faults}


def test_yen_have_no_decimals() -> None:
    yen = content(UBL).replace(b"EUR", b"JPY")
    faults = read(yen).faults
    assert {fault.rule for fault in faults} == {"EIPP-DECIMALS"}
    whole = read(yen.replace(b"10555.3<", b"10555<").replace(b"1685.3<", b"1685<")).faults
    assert whole == ()


def test_an_unknown_currency_is_named() -> None:
    (fault,) = read(content(UBL).replace(b"EUR", b"EUX")).faults
    assert (fault.rule, fault.path) == ("BR-CL-04", "/Invoice/cbc:DocumentCurrencyCode")


def test_a_due_date_before_the_issue_date_is_named() -> None:
    name = "valid/kosit-xrechnung/01.21a-INVOICE_ubl.xml"
    (fault,) = read(content(name).replace(b"2020-12-27", b"2020-11-26")).faults
    assert fault.rule == "EIPP-DUE-DATE"
    (fault,) = read(content(name).replace(b"2020-12-27", b"2020-13-27")).faults
    assert fault.rule == "EIPP-DATE"


def test_ten_thousand_faults_are_told_twenty_times() -> None:
    document = read(content(UBL)).document
    line = msgspec.structs.replace(document.lines[0], net=Figure("1.001"))
    many = msgspec.structs.replace(document, lines=(line,) * 10_000)
    faults = rules.check(many, places.of("UBL Invoice"))
    assert sum(fault.rule == "BR-DEC-23" for fault in faults) == 20
