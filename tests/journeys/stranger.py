"""The stranger: signed in and with a key, at home in another company, trying what others have open."""

import json
import re
from collections.abc import Iterable

import httpx
from websockets.sync.client import connect

from tests.servers.platform import Platform

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: Files of the house that everybody loads, and the provider's page, which its signed address alone opens.
_EVERYBODYS = ("/static/", "/example/checkout/")


class Stranger:
    """Tries paths as a browser and as a program, and topics as a socket."""

    def __init__(self, platform: Platform, username: str, organisation: str) -> None:
        self.platform = platform
        self.browser = httpx.Client(base_url=platform.url, timeout=30)
        self.program = httpx.Client(
            base_url=platform.url, timeout=30, headers={"Authorization": f"Bearer {platform.key(organisation)}"}
        )
        self._sign_in(platform.person(username))

    def tries(self, paths: Iterable[str], *, marks: Iterable[str]) -> int:
        """Every path that names a row is 404, and no other shows one of the marks; how many named a row."""
        named = 0
        for path in sorted(paths):
            if path.startswith(_EVERYBODYS):
                continue
            client = self.program if path.startswith("/api/") else self.browser
            answer = client.get(path)
            shown = [mark for mark in marks if mark in answer.text]
            assert not shown, (path, shown)
            if _ID.search(path.partition("?")[0]):
                assert answer.status_code == 404, (path, answer.status_code)
                assert client.post(path, headers=self._token()).status_code == 404, path
                named += 1
        return named

    def hears(self, topics: Iterable[str]) -> set[str]:
        """Which of the topics the stranger's socket is granted."""
        wanted = sorted(topics)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.cookies.jar)
        address = self.platform.url.replace("http", "ws", 1) + "/live"
        with connect(address, additional_headers={"Cookie": cookies}, origin=self.platform.url) as socket:  # type: ignore[arg-type]
            socket.send(json.dumps({"subscribe": wanted}))
            granted = json.loads(socket.recv(timeout=10))["subscribed"]
            refused = {json.loads(socket.recv(timeout=10))["refused"] for _ in range(len(wanted) - len(granted))}
        assert refused == set(wanted) - set(granted)
        return set(granted)

    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self.browser.cookies.get("csrftoken", "")}

    def _sign_in(self, person: dict[str, str]) -> None:
        self.browser.get("/accounts/login/")
        answer = self.browser.post(
            "/accounts/login/", headers=self._token(), data={"login": person["username"], "password": person["password"]}
        )
        assert answer.status_code == 302, answer.text
