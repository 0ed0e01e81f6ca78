"""A scanner on a real socket that speaks clamd's stream protocol and knows one virus: the EICAR test file."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

#: The harmless test file of anti-virus makers (eicar.org), in two halves so that no scanner takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """Where it listens, what it was asked, and its manner: `answers`, `dumb` (hears, never answers) or `limited`."""

    url: str = ""
    manner: str = "answers"
    asked: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)


@contextmanager
def clamd() -> Iterator[Clamd]:
    """Yields the scanner; its thread is gone afterwards."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    running = Clamd(f"tcp://127.0.0.1:{server.getsockname()[1]}")
    thread = threading.Thread(target=_serve, args=(server, running))
    thread.start()
    try:
        yield running
    finally:
        running.end.set()
        thread.join()
        server.close()


def _serve(server: socket.socket, clamd: Clamd) -> None:
    held: list[socket.socket] = []
    while not clamd.end.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        if clamd.manner == "dumb":
            held.append(connection)
            continue
        with connection:
            connection.settimeout(10)
            _answer(connection, clamd)
    for connection in held:
        connection.close()


def _answer(connection: socket.socket, clamd: Clamd) -> None:
    stream = connection.makefile("rb")
    assert stream.read(1) == b"z"
    command = b""
    while not command.endswith(b"\0"):
        command += stream.read(1)
    clamd.asked.append(command)
    if command == b"PING\0":
        connection.sendall(b"PONG\0")
        return
    content = b""
    while length := struct.unpack(">I", stream.read(4))[0]:
        content += stream.read(length)
    clamd.sizes.append(len(content))
    if clamd.manner == "limited":
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
    elif EICAR in content:
        connection.sendall(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
    else:
        connection.sendall(b"stream: OK\0")
