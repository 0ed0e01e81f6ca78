"""A receiver of webhooks on this machine, which verifies signatures by the independent `standardwebhooks` package."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass
class Receiver:
    """`statuses`: what it answers next, 200 after that; `heard`: the requests as (headers, body)."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def events(self, secret: str) -> list[dict[str, Any]]:
        """What was heard, each verified; raises for a wrong signature or an old timestamp."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.heard]

    def names(self) -> list[str]:
        return [json.loads(body)["name"] for _, body in self.heard]


@contextmanager
def receiving() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(told.statuses.pop(0) if told.statuses else 200)
            self.end_headers()
            self.wfile.write(b"thank you \x00 " + b"x" * 3000)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
