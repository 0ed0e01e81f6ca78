"""Reading: every public sample says what was read from it by other means."""

import pytest

from documents.einvoice.document import Document
from documents.einvoice.reading import judge, read
from documents.einvoice.summary import summary
from tests.documents.einvoice.samples import CII, EXPECTED, HYBRID, INVALID, UBL, VALID, content

# ZUGFeRD 1.0 is older than EN 16931, and no verdict was recorded for the emptied number.
NOT_FACTS = {"file", "bytes", "sha256"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_sample_reads_exactly(name: str) -> None:
    reading = read(content(name))
    told = summary(reading, judge(reading))
    expected = {key: value for key, value in EXPECTED[name].items() if key not in NOT_FACTS}
    rules = set(expected.pop("en16931_fatal", ()))
    assert {key: told[key] for key in expected} == expected
    assert rules <= {error["rule"] for error in told["errors"]}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_invoice_has_no_fault(name: str) -> None:
    assert judge(read(content(name))) == []


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_invoice_is_named_with_the_rule_in_its_name(name: str) -> None:
    broken = name.removeprefix("invalid/").partition("_")[0]
    faults = [fault for fault in judge(read(content(name))) if fault.rule == broken]
    assert faults
    assert all(fault.blocks and fault.message and fault.path.startswith("/") and fault.line for fault in faults)


@pytest.mark.parametrize("name", HYBRID)
def test_a_hybrid_pdf_is_held_to_the_rules_of_its_own_profile(name: str) -> None:
    blocking = {fault.rule for fault in judge(read(content(name))) if fault.blocks}
    due_before_issued = {"EIPP-DUE-DATE"} if "ZUGFeRD_1p0" in name else set()
    assert blocking == due_before_issued


def test_without_its_page_a_minimum_invoice_lacks_its_lines() -> None:
    hybrid = read(content("hybrid-pdf/Facture_FR_MINIMUM.pdf"))
    alone = read(hybrid.xml.encode())
    assert {fault.rule for fault in judge(alone) if fault.blocks} >= {"BR-16", "BR-CO-16"}


def test_a_document_survives_its_way_through_json() -> None:
    for name in EXPECTED:
        document = read(content(name)).document
        assert Document.from_dict(document.to_dict()) == document


def test_ubl_and_cii_twins_say_the_same() -> None:
    first, second = read(content(UBL)).document, read(content(CII)).document
    for term in ("number", "issue_date", "currency", "seller", "buyer", "payable", "tax_totals", "notes"):
        assert getattr(first, term) == getattr(second, term)
    assert [line.net for line in first.lines] == [line.net for line in second.lines]


def test_attachments_can_be_left_out_for_storage() -> None:
    document = read(content("valid/cen-en16931/CII_example5.xml")).document
    (kept,) = (item for item in document.attachments if item.name)
    (lean,) = (item for item in document.without_contents().attachments if item.name)
    assert kept.content is not None
    assert (lean.content, lean.name, lean.base64_chars) == (None, "EHF.pdf", 104)
