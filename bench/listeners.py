"""Two hundred open sockets in one process: a small WebSocket client that counts the frames it is sent (RFC 6455)."""

import asyncio
import base64
import json
import os
import struct
import time
from dataclasses import dataclass, field


@dataclass
class Crowd:
    """All the sockets: how many frames came since `begin`, and when the last one did."""

    frames: int = 0
    last: float = 0.0
    opened: int = 0
    sockets: list["Listener"] = field(default_factory=list)

    def begin(self) -> None:
        self.frames, self.last = 0, time.perf_counter()


class Listener(asyncio.Protocol):
    """One socket: shakes hands, asks for its topics, and counts."""

    def __init__(self, crowd: Crowd, port: int, path: str, cookie: str, topics: list[str]) -> None:
        self._crowd, self._held, self._open = crowd, b"", False
        self._topics = topics
        host = f"127.0.0.1:{port}"
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Cookie: {cookie}"]
        self._hello = ("\r\n".join(lines) + "\r\n\r\n").encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.write(self._hello)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if not self._open:
            head, gap, self._held = self._held.partition(b"\r\n\r\n")
            if not gap:
                self._held = head
                return
            if b" 101 " not in head[:16]:
                raise RuntimeError(head.decode())
            self._open = True
            self._crowd.opened += 1
            if self._topics:
                self.write(masked(json.dumps({"subscribe": self._topics}).encode()))
        self._count()

    def write(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.write(data)

    def _count(self) -> None:
        """Frames of a server are not masked: two bytes of head, or four for a text of over 125 bytes."""
        held, at = self._held, 0
        while len(held) - at >= 2:
            length, head = held[at + 1] & 127, 2
            if length == 126:
                if len(held) - at < 4:
                    break
                length, head = struct.unpack_from("!H", held, at + 2)[0], 4
            if len(held) - at < head + length:
                break
            at += head + length
            self._crowd.frames += 1
        self._held = held[at:]
        self._crowd.last = time.perf_counter()


def masked(text: bytes) -> bytes:
    """A client's frame; a mask of zeros is one too."""
    size = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0x80 | 126]) + struct.pack("!H", len(text))
    return b"\x81" + size + bytes(4) + text


async def gather(count: int, port: int, path: str, cookie: str = "", topics: list[str] | None = None) -> Crowd:
    """So many open sockets, each of which was told what it may listen to."""
    crowd, loop = Crowd(), asyncio.get_running_loop()
    for _ in range(count):
        _, listener = await loop.create_connection(
            lambda: Listener(crowd, port, path, cookie, topics or []), "127.0.0.1", port
        )
        crowd.sockets.append(listener)
    expected = count if topics else 0  # each answers with one frame that it is subscribed
    while crowd.opened < count or crowd.frames < expected:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)  # what is still told at the beginning, such as that something may have been missed
    return crowd
