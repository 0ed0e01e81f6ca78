"""People at a web process, without a browser: what they do answers soon, and never with a fault of ours."""

import re
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from eipp.accounts.models import Person
from eipp.settings import PASSWORD_HASHERS
from tests.messaging.page import Page
from tests.resilience.house import Process

#: Seconds within which a page answers whatever is away, on a machine that does much else besides.
SOON = 4.0
PASSWORD = "a rather long phrase of mine"


def can_sign_in(settings: Any, *people: Person) -> None:
    """They get a password as the real settings keep it."""
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    for person in people:
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])


class Visitor:
    """slowest: the seconds that the slowest of the answers took."""

    def __init__(self, web: Process) -> None:
        self.client = httpx.Client(base_url=web.url, timeout=30)
        self.slowest = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def sign_in(self, username: str) -> Self:
        self.see("/accounts/login/")
        self.press("/accounts/login/", login=username, password=PASSWORD)
        assert "sessionid" in self.client.cookies, f"{username} was not let in"
        return self

    def see(self, path: str) -> str:
        return self._soon("GET", path).text

    def press(self, path: str, **typed: str) -> httpx.Response:
        """Send a form; its answer leads on."""
        answer = self.send(path, **typed)
        assert answer.status_code == 302, f"{path} {answer.status_code}: {_words(answer.text)}"
        return answer

    def send(self, path: str, files: Any = None, **typed: str) -> httpx.Response:
        head = {"X-CSRFToken": self.client.cookies.get("csrftoken", ""), "Referer": str(self.client.base_url) + path}
        return self._soon("POST", path, data=typed, files=files, headers=head)

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """In two steps, as a page does it; answers what became of the file."""
        begun = self.send("/files/begin", name=name, size=str(len(content)), content_type="image/png").json()
        ticket = begun["ticket"]
        self.send(urlsplit(ticket["url"]).path, {"file": (name, content)}, **ticket["fields"])
        return dict(self.send(f"/files/{begun['id']}/finish").json())

    def page(self) -> Page:
        """An open page's socket."""
        address = self.client.base_url.netloc.decode()
        cookie = f"sessionid={self.client.cookies['sessionid']}"
        return Page(f"ws://{address}/live", additional_headers={"Cookie": cookie}, origin=f"http://{address}")

    def at(self, web: Process) -> "Visitor":
        """The same person in the same session, at another web process."""
        other = Visitor(web)
        other.client.cookies.update(self.client.cookies)
        return other

    def _soon(self, method: str, path: str, **sent: Any) -> httpx.Response:
        began = time.monotonic()
        answer = self.client.request(method, path, **sent)
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        assert answer.status_code < 400, f"{method} {path} {answer.status_code}: {_words(answer.text)}"
        assert took < SOON, f"{method} {path} took {took:.1f} s"
        return answer


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))[:1000]
