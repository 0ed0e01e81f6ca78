"""A receiver of webhooks: the standard library alone, verified as Standard Webhooks says.

    python examples/webhook_receiver.py var/demo.json     registers itself, writes each event to heard.jsonl beside it

The platform calls addresses of this machine only with EIPP_OUTSIDE_ALLOW=127.0.0.1 in its environment.
"""

import base64
import hashlib
import hmac
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from supplier_erp import Platform

TOLERANCE = 300  # seconds: an older call may be one that somebody recorded


class Receiver(BaseHTTPRequestHandler):
    secret = ""
    heard: Path
    known: set[str] = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not is_genuine(self.secret, self.headers, body):
            self.answer(401)
            return
        if self.headers["webhook-id"] not in self.known:  # the same event may be told more than once
            with self.heard.open("ab") as file:
                file.write(body + b"\n")
            self.known.add(self.headers["webhook-id"])
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *args):
        pass


def is_genuine(secret, headers, body):
    """Whether one of the signatures is ours, over id, time and every byte of the body."""
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    right = f"v1,{base64.b64encode(digest).decode()}"
    return any(hmac.compare_digest(right, one) for one in headers.get("webhook-signature", "").split())


def main():
    demo = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    told = {"url": f"http://127.0.0.1:{server.server_port}/", "title": "Nordwind ERP"}
    Receiver.secret = Platform(demo, "Nordwind").post("webhooks", told)["secret"]
    Receiver.heard = demo.parent / "heard.jsonl"
    print(f"listening on {told['url']}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
