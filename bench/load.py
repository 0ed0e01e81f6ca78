"""A small HTTP/1.1 client for measuring: keeps a few connections busy and counts whole answers."""

import asyncio
import time
from typing import cast


class _Asker(asyncio.Protocol):
    """Asks again as soon as it is answered; answers carry a Content-Length."""

    def __init__(self, request: bytes, counts: dict[str, int]) -> None:
        self._request, self._counts, self._held = request, counts, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, gap, rest = self._held.partition(b"\r\n\r\n")
        if not gap or len(rest) < _length(head):
            return
        self._counts["right" if b" 200 " in head[:16] else "wrong"] += 1
        self._held = rest[_length(head) :]
        self._transport.write(self._request)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])


async def rate(port: int, path: str, *, connections: int = 8, seconds: float = 3.0) -> float:
    """Whole, right answers a second from a server of this machine. Raises when one was not 200."""
    counts = {"right": 0, "wrong": 0}
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Asker(request, counts), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.sleep(0.5)
    counts["right"], began = 0, time.perf_counter()
    await asyncio.sleep(seconds)
    measured = counts["right"] / (time.perf_counter() - began)
    for transport, _ in made:
        transport.abort()
    if counts["wrong"]:
        raise RuntimeError(f"{counts['wrong']} answers were not 200")
    return measured
