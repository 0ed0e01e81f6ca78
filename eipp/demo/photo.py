"""A photo for a dispute: a small picture of its own, so that no foreign image is in the repository."""

import struct
import zlib
from random import Random

WIDTH, HEIGHT = 240, 160


def photo(chance: Random) -> bytes:
    """A PNG of a dented part, as seen by somebody who cannot draw."""
    centre = (chance.randrange(60, WIDTH - 60), chance.randrange(40, HEIGHT - 40))
    rows = b"".join(b"\0" + bytes(_grey(column, row, centre) for column in range(WIDTH)) for row in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _grey(column: int, row: int, centre: tuple[int, int]) -> int:
    distance = (column - centre[0]) ** 2 + (row - centre[1]) ** 2
    return 70 + distance // 30 if distance < 900 else 150 + (row * 60) // HEIGHT


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
