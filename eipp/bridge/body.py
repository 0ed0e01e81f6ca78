"""The body of a request: taken in whole before a thread is spent on it, so that a slow sender costs no thread."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, BinaryIO

Receive = Callable[[], Awaitable[dict[str, Any]]]

#: The most bytes that one request may carry.
LIMIT = 25 * 1024 * 1024
#: What is larger than this lies in a temporary file.
IN_MEMORY = 1024 * 1024
#: Seconds without a byte after which the sender is given up.
PATIENCE = 30
#: The most headers, and bytes in them, that one request may have.
HEADERS, HEADER_BYTES = 100, 64 * 1024


class Refused(Exception):
    """The request is not passed on; carries the status and the sentence that its sender gets."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Gone(Exception):
    """The sender hung up before the end of the body."""


async def take(scope: dict[str, Any], receive: Receive, *, limit: int = LIMIT) -> tuple[BinaryIO, int]:
    """The body as a file at its beginning, and its length. Raises Refused and Gone."""
    headers = scope["headers"]
    if len(headers) > HEADERS or sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES:
        raise Refused(431, "The request has too many headers, or too long ones.")
    if not _announced(headers, limit):
        return BytesIO(), 0
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed by whoever answers)
    try:
        return await _fill(file, receive, limit)
    except BaseException:
        file.close()
        raise


def _announced(headers: list[tuple[bytes, bytes]], limit: int) -> bool:
    """Whether a body follows; one whose announced length is beyond the limit is refused before it is sent."""
    for name, value in headers:
        if name == b"content-length":
            if int(value) > limit:
                raise _too_large(limit)
            return int(value) > 0
        if name == b"transfer-encoding":
            return True
    return False


async def _fill(file: Any, receive: Receive, limit: int) -> tuple[BinaryIO, int]:
    length, more = 0, True
    while more:
        message = await _next(receive)
        chunk: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        length += len(chunk)
        if length > limit:
            raise _too_large(limit)
        if length > IN_MEMORY:  # a disk may stall, and must not stall the sockets with it
            await asyncio.to_thread(file.write, chunk)
        else:
            file.write(chunk)
    file.seek(0)
    return file, length


async def _next(receive: Receive) -> dict[str, Any]:
    try:
        async with asyncio.timeout(PATIENCE):
            message = await receive()
    except TimeoutError:
        raise Refused(408, f"The rest of the request did not arrive within {PATIENCE} seconds.") from None
    if message["type"] == "http.disconnect":
        raise Gone
    return message


def _too_large(limit: int) -> Refused:
    return Refused(413, f"A request may carry at most {limit // (1024 * 1024)} MB.")
