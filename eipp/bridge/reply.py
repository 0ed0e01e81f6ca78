"""What the WSGI application answered: whole where that is small, else read on while it is sent."""

import json
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any

#: A streamed answer that announces no more than this is read at once, like an ordinary one.
SMALL = 256 * 1024
#: Streamed chunks are gathered to about this size before they are sent.
PIECE = 64 * 1024

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Reply:
    """Status, headers and either a whole `body` or a `stream` that must be closed."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: bytes = b""
        self.stream: Iterable[bytes] | None = None

    @classmethod
    def by(cls, application: Application, environ: dict[str, Any]) -> "Reply":
        """Let the application answer, in this thread."""
        reply = cls()
        chunks = application(environ, reply._start)
        if environ["REQUEST_METHOD"] == "HEAD":
            close(chunks)
        elif getattr(chunks, "streaming", False) and reply._announced() > SMALL:
            reply.stream = chunks
        else:
            try:
                reply.body = b"".join(chunks)
            finally:
                close(chunks)
            reply._measure()
        return reply

    @classmethod
    def refusing(cls, status: int, sentence: str, scope: dict[str, Any]) -> "Reply":
        """A sentence of the bridge's own: as text for browsers, as problem+json (RFC 9457) for everything else."""
        reply = cls()
        reply.status = status
        kind, reply.body = "application/problem+json", _problem(status, sentence)
        if any(name == b"accept" and b"text/html" in value for name, value in scope["headers"]):
            kind, reply.body = "text/plain; charset=utf-8", sentence.encode()
        length = str(len(reply.body)).encode()
        reply.headers = [(b"content-type", kind.encode()), (b"content-length", length), (b"connection", b"close")]
        return reply

    def head(self) -> dict[str, Any]:
        """The message that begins the answer."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}

    def pieces(self) -> Iterator[bytes]:
        """The stream in pieces worth sending."""
        held: list[bytes] = []
        size = 0
        for chunk in self.stream or ():
            held.append(chunk)
            size += len(chunk)
            if size >= PIECE:
                yield b"".join(held)
                held, size = [], 0
        if held:
            yield b"".join(held)

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def _measure(self) -> None:
        """Say how long a whole answer is, so that nobody has to send it in chunks; these two have no body at all."""
        if self._announced() == float("inf") and self.status not in (204, 304):
            self.headers.append((b"content-length", str(len(self.body)).encode()))

    def _announced(self) -> float:
        lengths = [int(value) for name, value in self.headers if name == b"content-length"]
        return lengths[0] if lengths else float("inf")


def close(chunks: Iterable[bytes] | None) -> None:
    """Release what the application holds (files, its signals): PEP 3333 asks it of every server."""
    if (closing := getattr(chunks, "close", None)) is not None:
        closing()


def _problem(status: int, sentence: str) -> bytes:
    title = HTTPStatus(status).phrase
    return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": sentence}).encode()
