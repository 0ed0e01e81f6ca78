"""PDFs that carry their invoice as XML (Factur-X, ZUGFeRD, XRechnung): the XML taken out by a fenced child process."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from documents.einvoice.fault import Unreadable
from documents.einvoice.safe_xml import MAX_BYTES

SECONDS = 20
_CHILD = Path(__file__).with_name("facturx_child.py")

_SENTENCES = {
    "pdf_password": "The PDF is protected by a password; send it without one.",
    "pdf_damaged": "The PDF is damaged or was cut off; send it again.",
    "pdf_without_invoice": "The PDF carries no invoice as XML (factur-x.xml, zugferd-invoice.xml, xrechnung.xml).",
    "pdf_too_large": "The PDF needs more memory or time than we give it, or its XML is larger than 20 MB.",
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """The XML inside a PDF, under the name it has there."""

    name: str
    content: bytes


def is_pdf(content: bytes) -> bool:
    """Readers accept up to 1,024 bytes of anything before the header (PDF 1.7, Annex H)."""
    return b"%PDF-" in content[:1024]


def extract(content: bytes) -> Embedded:
    """The invoice's XML. Raises Unreadable with a code that begins with `pdf_` or is `too_large`."""
    if len(content) > MAX_BYTES:
        raise Unreadable("too_large", "The file is larger than 20 MB.", status=413)
    if b"%%EOF" not in content[-2048:]:
        raise _unreadable("pdf_damaged")
    head, _newline, body = _run(content).partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:  # the child was stopped by one of its limits
        raise _unreadable("pdf_too_large") from None
    if "name" not in answer:
        raise _unreadable(answer["fault"])
    return Embedded(name=answer["name"], content=body)


def _run(content: bytes) -> bytes:
    # -I: neither the environment nor the current folder decides what the child imports.
    command = [sys.executable, "-I", "-B", str(_CHILD)]
    try:
        return subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False).stdout  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _unreadable("pdf_too_large") from None


def _unreadable(code: str) -> Unreadable:
    return Unreadable(code, _SENTENCES[code])
