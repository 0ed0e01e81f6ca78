"""The text of files that are not XML: by their byte order mark, else UTF-8, else the Windows code page of banks."""

import re

from documents.bank.fault import UnreadableStatement

MOST_BYTES = 20_000_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def decoded(content: bytes) -> str:
    """Raises UnreadableStatement for what is no text."""
    if len(content) > MOST_BYTES:
        raise UnreadableStatement("too_large", "The file is larger than 20 MB.", status=413)
    if not content.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UnreadableStatement("empty", "The file is empty.")
    text = _text(content)
    if text is None:
        raise UnreadableStatement("not_text", "The file is neither text nor XML.", status=415)
    if bad := _FORBIDDEN.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise UnreadableStatement(
            "forbidden_character", f"U+{ord(bad.group()):04X} does not belong into a bank statement.", line=line,
            status=415,
        )  # fmt: skip
    return text


def _text(content: bytes) -> str | None:
    mark = next((encoding for start, encoding in _MARKS if content.startswith(start)), None)
    for encoding in (mark,) if mark else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
