"""A visitor: one person's browser, which remembers where it has been, what it listened to and what went wrong."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket, expect

PATIENCE = 15_000  # milliseconds that something live may take on a busy machine


@dataclass(frozen=True)
class Call:
    """What was asked of the server, so that somebody else can ask the same."""

    method: str
    path: str
    kind: str = ""
    body: bytes = b""


class Visitor:
    """`page` is the open tab. visited: what was asked of the server; topics: what the sockets asked to hear."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.context = browser.new_context(base_url=url, reduced_motion="reduce", **options)
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.visited: set[Call] = set()
        self.topics: set[str] = set()
        self.complaints: list[str] = []
        self.context.on("request", self._asked)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("websocket", self._listens)
        return page

    def sign_in(self, login: str, password: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.get_by_label("User name or e-mail address").fill(login)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.locator("#main")).to_be_visible()

    def path(self) -> str:
        """Where the open tab is."""
        return urlsplit(self.page.url).path

    def mark(self) -> None:
        """Leave a mark that a reload would wipe out."""
        self.page.evaluate("window.stillHere = true")

    def has_reloaded(self) -> bool:
        """Whether the page was loaded anew since `mark()`."""
        return not self.page.evaluate("window.stillHere === true")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        kind = request.headers.get("content-type", "")
        self.visited.add(Call(request.method, path, kind, request.post_data_buffer or b""))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _listens(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.topics.update(json.loads(frame)["subscribe"]))
