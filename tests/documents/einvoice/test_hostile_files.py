"""Hostile and broken files: a clear refusal each, with its line where there is one; and what would happen unguarded."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfWriter
from pypdf.generic import StreamObject

from documents.einvoice import facturx_child, safe_xml
from documents.einvoice.reading import Unreadable, read
from tests.documents.einvoice.samples import PDF, UBL, content

INVOICE = content(UBL)
LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<Invoice>&c;</Invoice>"""


def deep(levels: int) -> bytes:
    return b"<a>" * levels + b"</a>" * levels


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def protected() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content(PDF)))
    writer.encrypt("secret")
    return written(writer)


def printed() -> bytes:
    """A PDF to be looked at, without an invoice inside."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    return written(writer)


def carrying(xml: bytes, name: str = "factur-x.xml") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment(name, xml)
    return written(writer)


def bomb() -> bytes:
    """60 MB of white space behind an invoice's name, compressed to 60 kB."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", b"<Invoice-2>" + b" " * 60_000_000)
    for number, found in enumerate(list(writer._objects), start=1):
        if isinstance(found, StreamObject) and found.get("/Type") == "/EmbeddedFile":
            writer._replace_object(number, found.flate_encode())
    return written(writer)


REFUSED = {
    "billion laughs": (LAUGHS, "doctype", 2),
    "doctype behind a comment": (b"<!-- x -->\n<?p i?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "doctype", 3),
    "doctype in UTF-16": ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "doctype", 1),
    "a hundred thousand deep": (deep(100_000), "too_deep", 1),
    "a hundred and one deep": (deep(101), "too_deep", None),
    "deep with a long text": (deep(50_000).replace(b"</", b"x" * 10_000_000 + b"</", 1), "too_deep", 1),
    "five million elements": (b"<a>" + b"<b/>" * 4_000_000 + b"</a>", "too_many_elements", None),
    "truncated": (INVOICE[:3000], "not_well_formed", 61),
    "NUL": (INVOICE.replace(b"PRG15", b"PRG\x0015"), "forbidden_character", 7),
    "NUL as a reference": (INVOICE.replace(b"PRG15", b"PRG&#0;15"), "not_well_formed", 7),
    "lone surrogate": (INVOICE.replace(b"PRG15", b"PRG\xed\xa0\x8015"), "wrong_encoding", 7),
    "lone surrogate in UTF-16": (b"\xff\xfe<\x00a\x00>\x00\x00\xd8<\x00/\x00a\x00>\x00", "wrong_encoding", 1),
    "Latin-1 that says UTF-8": (INVOICE.replace(b"PRG15", b"PRG\xe415"), "wrong_encoding", 7),
    "UTF-7": (INVOICE.replace(b'"UTF-8"', b'"utf-7"'), "unknown_encoding", None),
    "21 MB": (INVOICE + b" " * 21_000_000, "too_large", None),
    "21 MB of PDF": (b"%PDF-1.7" + b" " * 21_000_000, "too_large", None),
    "a photo": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_an_invoice", None),
    "JSON": (b'{"number": "1"}', "not_an_invoice", None),
    "a web page": (b"<html><body/></html>", "not_an_invoice", None),
    "nothing": (b"", "empty", None),
    "white space": (b" \r\n\t", "empty", None),
    "PDF with a password": (protected(), "pdf_password", None),
    "PDF without an invoice": (printed(), "pdf_without_invoice", None),
    "PDF cut off": (content(PDF)[:40_000], "pdf_damaged", None),
    "PDF of rubbish": (b"%PDF-1.7\n" + b"rubbish " * 100 + b"%%EOF", "pdf_damaged", None),
    "PDF that swells to 60 MB": (bomb(), "pdf_too_large", None),
    "PDF with a bomb as invoice": (carrying(LAUGHS), "doctype", 2),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_or_broken_file_is_refused_with_a_sentence(case: str) -> None:
    file, code, line = REFUSED[case]
    with pytest.raises(Unreadable) as refusal:
        read(file)
    assert (refusal.value.code, refusal.value.line) == (code, line)
    assert len(refusal.value.sentence.split()) > 3
    assert 400 <= refusal.value.status < 500


def test_without_the_guard_entities_would_swell() -> None:
    root = etree.fromstring(LAUGHS, etree.XMLParser(resolve_entities=True))
    assert root.text == "ha" * 16


def test_without_the_guard_a_deep_file_would_be_taken() -> None:
    assert etree.fromstring(deep(150)) is not None
    assert safe_xml.parse(deep(100)).tag == "a"


def test_without_its_limit_the_child_would_let_the_file_swell() -> None:
    assert len(bomb()) < 100_000
    assert len(facturx_child.find(bomb())[1]) > 60_000_000


def test_the_child_may_write_no_file(tmp_path: Path) -> None:
    code = (
        "import runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "file = open(sys.argv[2], 'wb', buffering=0); file.write(b'before')\n"
        "runpy.run_path(sys.argv[1])['fence']()\n"
        "try: file.write(b'after')\nexcept OSError as error: print(error.strerror)"
    )
    command = [sys.executable, "-c", code, facturx_child.__file__, str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "File too large"
    assert (tmp_path / "file").read_bytes() == b"before"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_an_invoice_in_another_encoding_reads_the_same(encoding: str) -> None:
    text = INVOICE.decode().replace("UTF-8", encoding.removesuffix("-sig"))
    recoded = text.encode(encoding, "xmlcharrefreplace")
    assert recoded != INVOICE
    assert read(recoded).document == read(INVOICE).document


def test_a_large_attachment_is_taken() -> None:
    supporting = (
        b"<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
        b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">%s'
        b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        b"<cac:AccountingSupplierParty>"
    ) % (b"QUJD" * 3_500_000)
    document = read(INVOICE.replace(b"<cac:AccountingSupplierParty>", supporting, 1)).document
    assert document.attachments[-1].base64_chars == 14_000_000


def test_a_pdf_that_asks_its_reader_for_no_password_opens() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(content(PDF)))
    writer.encrypt(user_password="", owner_password="secret")
    assert read(written(writer)).document == read(content(PDF)).document


@pytest.mark.parametrize("name", ["Factur-X.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml", "rechnung-4711.xml"])
def test_the_invoice_is_found_under_any_name(name: str) -> None:
    reading = read(carrying(INVOICE, name))
    assert (reading.container, reading.embedded, reading.document.number) == ("pdf", name, "PRG1502112")
