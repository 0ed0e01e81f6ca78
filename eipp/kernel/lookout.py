"""The worker's lookout: a small address of its own where a worker says that it lives and shows its figures."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from django.conf import settings

from eipp.kernel import gauges

#: Seconds without a turn of the courier after which a worker counts as stuck; one turn may move thousands of events.
STUCK = 120.0


class Pulse:
    """When the courier last turned round."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    @property
    def lives(self) -> bool:
        return time.monotonic() - self._last < STUCK


def keep(pulse: Pulse, *, host: str, port: int) -> ThreadingHTTPServer:
    """Answer at that address from a thread of its own; `server_address` of what is returned says where."""

    class OfThis(_Lookout):
        courier = pulse

    server = ThreadingHTTPServer((host, port), OfThis)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="lookout", daemon=True).start()
    return server


def keep_as_configured(pulse: Pulse) -> None:
    """At EIPP_WORKER_PORT, where one is set."""
    if settings.WORKER_PORT:
        keep(pulse, host=settings.BIND, port=settings.WORKER_PORT)


class _Lookout(BaseHTTPRequestHandler):
    """Two addresses, GET alone; a caller has five seconds."""

    timeout = 5
    server_version, sys_version = "eipp", ""
    courier: ClassVar[Pulse]

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._health()
        elif self.path == "/metrics" and self._may_read():
            self._answer(200, gauges.written(rows=False), kind=gauges.CONTENT_TYPE)
        else:
            self._answer(404, b"", kind="text/plain")

    def _health(self) -> None:
        if self.courier.lives:
            self._answer(200, b"ok\n", kind="text/plain")
        else:
            self._answer(503, b"the courier is stuck\n", kind="text/plain")

    def _may_read(self) -> bool:
        return gauges.may_read(self.headers.get("Authorization", ""), self.client_address[0])

    def _answer(self, status: int, body: bytes, *, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Being asked every few seconds is no news."""
