"""A gate in front of a server: closed, nobody listens at its port, as though it were away; open, it hands on."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.servers.ports import free_port


class Gate:
    """`port` stays the same; closed at first."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        assert parts.hostname and parts.port
        self._target = (parts.hostname, parts.port)
        self._server: socketserver.ThreadingTCPServer | None = None
        self.port = free_port()

    def open(self) -> None:
        target = self._target

        class Handing(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(target, timeout=60) as beyond:
                    back = threading.Thread(target=_pump, args=(beyond, self.request), daemon=True)
                    back.start()
                    _pump(self.request, beyond)
                    back.join()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handing)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def gate(target: str) -> Iterator[Gate]:
    """target: an address with host and port, of any scheme."""
    here = Gate(target)
    try:
        yield here
    finally:
        here.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
