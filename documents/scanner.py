"""The scanner's contract, and ClamAV as one: bytes go to clamd over a socket, and it says what it found in them.

Without EIPP_CLAMAV_URL there is none, and the check of the content alone decides.
"""

import socket
import struct
import time
from contextlib import closing, suppress
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

PORT = 3310
CONNECTING = 3.0  # seconds
_PIECE = 256 * 1024
_LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """Nobody looked at the bytes: they wait. everything: whether other files would fare the same just now."""

    def __init__(self, sentence: str, *, everything: bool) -> None:
        super().__init__(sentence)
        self.everything = everything


class Scanner(Protocol):
    """Looks into bytes for what must not be passed on."""

    def scan(self, content: bytes, *, seconds: float) -> str:
        """The name of what was found, empty when they are clean; raises ScannerAway, at the latest after `seconds`."""

    def answer(self, *, seconds: float) -> None:
        """Return when the scanner is there; raises ScannerAway."""


def scanner() -> Scanner | None:
    """The scanner of this installation."""
    return ClamAV(settings.CLAMAV_URL) if settings.CLAMAV_URL else None


class ClamAV:
    """Clamd by its stream protocol (clamd(8): INSTREAM): pieces with their length before them, an empty one last."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)

    def scan(self, content: bytes, *, seconds: float) -> str:
        pieces = (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
        framed = (struct.pack(">I", len(piece)) + piece for piece in (*pieces, b""))
        said = self._ask(b"INSTREAM", b"".join(framed), seconds)
        if said == "stream: OK":
            return ""
        if said.startswith("stream: ") and said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND") or "unnamed"
        raise ScannerAway(f"The scanner answered: {said[:200] or 'nothing'}", everything=False)

    def answer(self, *, seconds: float) -> None:
        if self._ask(b"PING", b"", seconds) != "PONG":
            raise ScannerAway("The scanner answered something else than PONG.", everything=True)

    def _ask(self, command: bytes, body: bytes, seconds: float) -> str:
        end = time.monotonic() + seconds
        try:
            connection = self._connected(min(CONNECTING, seconds))
        except OSError as error:
            raise ScannerAway(f"The scanner cannot be reached: {error}", everything=True) from error
        with closing(connection):
            try:
                return _exchanged(connection, b"z" + command + b"\0" + body, end)
            except OSError as error:
                raise ScannerAway(f"The scanner gave no answer: {error}", everything=False) from error

    def _connected(self, seconds: float) -> socket.socket:
        if self._address.scheme == "tcp":
            return socket.create_connection((self._address.hostname or "", self._address.port or PORT), seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(self._address.path)
        except OSError:
            connection.close()
            raise
        return connection


def _exchanged(connection: socket.socket, question: bytes, end: float) -> str:
    """Clamd may answer and hang up before it has read all, when it has seen enough: then its answer counts."""
    connection.settimeout(max(end - time.monotonic(), 0.01))
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(question)
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        connection.settimeout(max(end - time.monotonic(), 0.01))
        piece = connection.recv(1024)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode(errors="replace").strip()
