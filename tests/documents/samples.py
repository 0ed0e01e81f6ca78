"""Small files of every kind that is accepted, and archives made to measure."""

import io
import struct
import zipfile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20)
EXE = b"MZ\x90\0\x03\0\0\0" + bytes(120) + b"PE\0\0" + bytes(200)
MAIL = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: Invoice\r\n\r\nHello\r\n"
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice xmlns="urn:x"><ID>1</ID></Invoice>'


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return buffer.getvalue()


def office(main: str = "xl/workbook.xml", more: dict[str, bytes] | None = None) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", main: b"<x/>", **(more or {})})


def declaring(unpacked: int) -> bytes:
    """A spreadsheet whose directory declares that its last entry unpacks to so many bytes."""
    content = bytearray(office())
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, unpacked)
    return bytes(content)


ACCEPTED = {
    "paper.pdf": (PDF, "application/pdf"),
    "photo.png": (PNG, "image/png"),
    "photo.JPG": (JPEG, "image/jpeg"),
    "photo.webp": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20), "image/webp"),
    "photo.gif": (b"GIF89a" + bytes(20), "image/gif"),
    "photo.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(20), "image/heic"),
    "note.txt": ("Grüße — 5 €".encode(), "text/plain"),
    "list.csv": ("Größe;Menge\r\n1;2\r\n".encode("cp1252"), "text/csv"),
    "list16.csv": ("a,b\r\n".encode("utf-16"), "text/csv"),
    "invoice.json": (b'{"number": "1"}', "application/json"),
    "invoice.xml": (XML, "application/xml"),
    "letter.eml": (MAIL, "message/rfc822"),
    "remittance.edi": (b"ISA*00*          *00*\r\n", "application/edi-x12"),
    "sheet.xlsx": (office(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "text.docx": (
        office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
}  # fmt: skip

COUNTLESS = {f"xl/{number}": b"" for number in range(2_001)}
REFUSED = {
    "an empty file": ("a.txt", b"", "empty_file"),
    "a program named PDF": ("invoice.pdf", EXE, "kind_not_accepted"),
    "a program with a PDF's head behind it": ("invoice.pdf", b"MZ" + PDF, "name_and_content_differ"),
    "a text named X12": ("remittance.edi", b"hello", "name_and_content_differ"),
    "a picture named PDF": ("invoice.pdf", PNG, "name_and_content_differ"),
    "a PDF named text": ("invoice.txt", PDF, "name_and_content_differ"),
    "text named picture": ("photo.png", b"hello", "name_and_content_differ"),
    "text with NUL": ("a.txt", b"a\0b", "kind_not_accepted"),
    "a page": ("a.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "kind_not_accepted"),
    "a page named XML": ("a.xml", b"<html><script>alert(1)</script></html>", "kind_not_accepted"),
    "a picture with scripts": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "kind_not_accepted"),
    "a picture with scripts as XML": ("a.xml", b'<?xml version="1.0"?><svg/>', "kind_not_accepted"),
    "XML with a DOCTYPE": ("a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "doctype"),
    "text named XML": ("a.xml", b"hello", "name_and_content_differ"),
    "text named mail": ("a.eml", b"hello there", "name_and_content_differ"),
    "a shell archive": ("a.zip", packed({"a.exe": EXE}), "archive"),
    "an archive named spreadsheet": ("a.xlsx", packed({"a.txt": b"x"}), "archive"),
    "a spreadsheet with macros": ("a.xlsx", office(more={"xl/vbaProject.bin": b"x"}), "macros"),
    "a spreadsheet that declares a gigabyte": ("a.xlsx", declaring(1 << 30), "archive_too_large"),
    "a spreadsheet of thousandfold size": ("a.xlsx", office(more={"xl/a.xml": bytes(90_000_000)}), "archive_too_large"),
    "a spreadsheet of countless parts": (
        "a.xlsx",
        office(more={f"xl/{n}": b"" for n in range(2_001)}),
        "archive_broken",
    ),
    "half a spreadsheet": ("a.xlsx", office()[:-30], "archive_broken"),
}
