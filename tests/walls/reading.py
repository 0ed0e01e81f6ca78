"""What an answer says, whatever it is written in: a PDF's letters and a workbook's cells count like a page's."""

import io
import zipfile
from typing import Any

from pypdf import PdfReader


def text_of(answer: Any) -> str:
    """The answer's text. In a PDF a long word may go on in the next line, so it is read without its spaces."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        pages = " ".join(page.extract_text() for page in reader.pages)
        return "".join(f"{pages} {reader.metadata}".split())
    if content.startswith(b"PK"):
        book = zipfile.ZipFile(io.BytesIO(content))
        return " ".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return str(content.decode(errors="replace"))
