"""The one way in for bank statements: the notation is known by the content and not by the file's name."""

from documents.bank import bai2, camt, mt940, plain, table
from documents.bank.fault import UnreadableStatement
from documents.bank.statement import BankStatement
from documents.bank.table import Hints

__all__ = ["BankStatement", "Hints", "UnreadableStatement", "read"]

_LEAD = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def read(content: bytes, hints: Hints | None = None) -> list[BankStatement]:
    """The statements in a file. Raises UnreadableStatement, and nothing else, with a sentence naming the line."""
    if content[:200].strip(_LEAD).startswith(b"<"):
        return camt.read(content)
    text = plain.decoded(content)
    if bai2.looks_like(text):
        return bai2.read(text)
    if mt940.looks_like(text):
        return mt940.read(text)
    return table.read(text, hints)
