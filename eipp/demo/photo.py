"""A photo for a dispute: a small picture of its own, so that no foreign image is in the repository."""

import struct
import zlib
from functools import cache

WIDTH, HEIGHT, DENT = 240, 160, (150, 70)


@cache
def photo() -> bytes:
    """A PNG of a dented part, as seen by somebody who cannot draw."""
    rows = b"".join(b"\0" + bytes(_grey(column, row) for column in range(WIDTH)) for row in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _grey(column: int, row: int) -> int:
    distance = (column - DENT[0]) ** 2 + (row - DENT[1]) ** 2
    return 70 + distance // 30 if distance < 900 else 150 + (row * 60) // HEIGHT


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
