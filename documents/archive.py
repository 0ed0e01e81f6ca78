"""Office files are ZIP archives: judged by what their directory declares, without unpacking anything."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from eipp.kernel.refusal import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_ENTRIES = 2_000
LARGEST_UNPACKED = 100 * 1024 * 1024  # bytes, all entries together
HIGHEST_RATIO = 200  # unpacked to packed; honest spreadsheets reach about 50
_END = struct.Struct("<4s4H2LH")  # end of central directory (APPNOTE 4.3.16)
_ENTRY = struct.Struct("<4s6H3L5H2L")  # central directory header (APPNOTE 4.3.12)
_MAIN = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}


class Entry(NamedTuple):
    """One file of the archive, as its directory declares it."""

    name: str
    packed: int
    unpacked: int
    encrypted: bool


def office_type(content: bytes) -> str | None:
    """XLSX or DOCX; None when it is no archive; Refusal 422 for other archives, bombs, macros and encryption."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    entries = list(_entries(content))
    names = {entry.name for entry in entries}
    found = next((kind for main, kind in _MAIN.items() if main in names), None)
    if found is None or "[Content_Types].xml" not in names:
        raise _refused("archive", "Archives are not accepted, except XLSX and DOCX: send the files themselves.")
    if any(entry.encrypted for entry in entries):
        raise _refused("encrypted", "The file is protected by a password: send it without one.")
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in names):
        raise _refused("macros", "The file contains macros: save it without them.")
    _require_modest(entries)
    return found


def _require_modest(entries: list[Entry]) -> None:
    packed, unpacked = (sum(sizes) for sizes in zip(*((e.packed, e.unpacked) for e in entries), strict=True))
    if unpacked > LARGEST_UNPACKED or (unpacked > 1_000_000 and unpacked > packed * HIGHEST_RATIO):
        raise _refused("archive_too_large", "The file would unpack to far more than its own size.")


def _entries(content: bytes) -> Iterator[Entry]:
    count, size, start = _directory(content)
    position, end = start, start + size
    for _ in range(count):
        if position + _ENTRY.size > end:
            raise _broken()
        head = _ENTRY.unpack_from(content, position)
        if head[0] != b"PK\x01\x02":
            raise _broken()
        flags, packed, unpacked, name_length = head[3], head[8], head[9], head[10]
        name = content[position + _ENTRY.size : position + _ENTRY.size + name_length]
        yield Entry(name.decode("utf-8", "replace"), packed, unpacked, bool(flags & 1))
        position += _ENTRY.size + name_length + head[11] + head[12]


def _directory(content: bytes) -> tuple[int, int, int]:
    """How many entries the directory has, its length and its place; it must end where its own end record begins."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if at < 0 or at + _END.size > len(content):
        raise _broken()
    _, _, _, here, count, size, start, _ = _END.unpack_from(content, at)
    if here != count or count == 0 or count > MOST_ENTRIES or start + size != at:
        raise _broken()
    return count, size, start


def _broken() -> Refusal:
    return _refused("archive_broken", "The file is incomplete, or packed in a way that is not accepted.")


def _refused(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=422)
