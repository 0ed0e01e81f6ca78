"""The child process that opens a hostile PDF: bytes in, the embedded XML out, under limits of memory, time and files.

Run as a script; it imports nothing of the platform, so that there is nothing in it to steal.
"""

import io
import json
import logging
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 15
LARGEST_XML = 20_000_000

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
ROOTS = (b"CrossIndustryInvoice", b"CrossIndustryDocument", b"Invoice-2", b"CreditNote-2")


def main() -> None:
    fence()
    logging.disable(logging.CRITICAL)
    content = sys.stdin.buffer.read()
    try:
        name, xml = find(content)
        answer, body = ({"name": name}, xml) if len(xml) <= LARGEST_XML else ({"fault": "pdf_too_large"}, b"")
    except Refused as refused:
        answer, body = {"fault": str(refused)}, b""
    except (MemoryError, LimitReachedError):
        answer, body = {"fault": "pdf_too_large"}, b""
    except (PyPdfError, RecursionError, *FORMAT_ERRORS):
        answer, body = {"fault": "pdf_damaged"}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


def fence() -> None:
    """No more memory or time than any honest PDF needs, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Refused(Exception):
    """Why this PDF yields no invoice, as a code."""


# What pypdf lets through when the structure of a file is not what it says it is.
FORMAT_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, OSError, OverflowError)


def find(content: bytes) -> tuple[str, bytes]:
    reader = PdfReader(io.BytesIO(content), strict=False)
    unlock(reader)
    candidates = list(files(reader))
    named = [found for found in candidates if found[0].lower() in NAMES]
    alike = [found for found in candidates if any(root in found[1][:20_000] for root in ROOTS)]
    chosen = sorted(named, key=lambda found: NAMES.index(found[0].lower())) or alike
    if not chosen:
        raise Refused("pdf_without_invoice")
    return chosen[0]


def unlock(reader: PdfReader) -> None:
    """A PDF that asks no password of its reader (only of its editor) opens with an empty one."""
    if not reader.is_encrypted:
        return
    with suppress(DependencyError):
        if reader.decrypt(""):
            return
    raise Refused("pdf_password")


def files(reader: PdfReader) -> Iterator[tuple[str, bytes]]:
    """Every embedded file, from the name tree and from the catalogue's associated files."""
    catalogue: Any = reader.trailer["/Root"].get_object()
    names = catalogue.get("/Names", {}).get_object() if "/Names" in catalogue else {}
    tree = names.get("/EmbeddedFiles")
    specifications = list(leaves(tree.get_object(), 0)) if tree is not None else []
    associated = catalogue.get("/AF")
    if associated is not None:
        specifications += list(associated.get_object())
    for reference in specifications:
        found = reference.get_object()
        streams = found.get("/EF", {})
        stream = streams.get("/UF") or streams.get("/F")
        name = found.get("/UF") or found.get("/F")
        if stream is not None and name is not None and str(name).lower().endswith(".xml"):
            yield str(name), stream.get_object().get_data()


def leaves(node: Any, depth: int) -> Iterator[Any]:
    if depth > 20:
        raise Refused("pdf_damaged")
    pairs = node.get("/Names")
    if pairs is not None:
        yield from list(pairs.get_object())[1::2]
    for kid in node.get("/Kids", []):
        yield from leaves(kid.get_object(), depth + 1)


if __name__ == "__main__":
    main()
