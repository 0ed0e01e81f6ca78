"""Writing UBL: what is written reads back equal, keeps to the schema, and is valid by the official rules."""

import pytest
from hypothesis import given, settings

from documents.einvoice import safe_xml, schema, ubl, ubl_writing
from documents.einvoice.document import Document
from documents.einvoice.reading import judge, read
from tests.documents.einvoice.documents import documents
from tests.documents.einvoice.samples import VALID, content


@given(documents())
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back_equal_and_keeps_to_the_schema(document: Document) -> None:
    root = safe_xml.parse(ubl_writing.write(document))
    assert ubl.read(root) == document
    assert schema.check(root, "UBL CreditNote" if document.is_credit_note else "UBL Invoice") == []


@pytest.mark.parametrize("name", VALID)
def test_a_valid_document_written_as_ubl_is_valid(name: str) -> None:
    document = read(content(name)).document
    assert judge(read(ubl_writing.write(document))) == []
