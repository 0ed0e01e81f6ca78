"""The stranger: signed in and with a key, at home in another company, trying what others have open."""

import json
import re
from collections.abc import Iterable

import httpx
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.journeys.visitor import Call
from tests.servers.platform import Platform

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: What everybody loads, the way in and out, and the provider's page, which its signed address alone opens.
_EVERYBODYS = ("/static/", "/accounts/log", "/example/checkout/")


class Stranger:
    """Tries paths as a browser and as a program, and topics as a socket."""

    def __init__(self, platform: Platform, username: str, organisation: str) -> None:
        self.platform = platform
        self.browser = httpx.Client(base_url=platform.url, timeout=30)
        self.program = httpx.Client(
            base_url=platform.url, timeout=30, headers={"Authorization": f"Bearer {platform.key(organisation)}"}
        )
        self._sign_in(platform.person(username))

    def tries(self, calls: Iterable[Call], *, marks: Iterable[str]) -> int:
        """Asked the same, every address of a row is 404, and none shows one of the marks; how many named a row."""
        named = 0
        for call in calls:
            if call.path.startswith(_EVERYBODYS):
                continue
            client = self.program if call.path.startswith("/api/") else self.browser
            body = call.body.replace(b"csrfmiddlewaretoken", b"somebody_elses_token")
            answer = client.request(
                call.method, call.path, content=body, headers={**self._token(), "Content-Type": call.kind}
            )
            shown = [mark for mark in marks if mark in answer.text]
            assert not shown, (call.method, call.path, shown)
            if _ID.search(call.path.partition("?")[0]):
                assert answer.status_code == 404, (call.method, call.path, answer.status_code)
                named += 1
        return named

    def hears(self, topics: Iterable[str]) -> set[str]:
        """Which of the topics the stranger's socket is granted."""
        wanted = sorted(topics)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.cookies.jar)
        address = self.platform.url.replace("http", "ws", 1) + "/live"
        origin = Origin(self.platform.url)
        with connect(address, additional_headers={"Cookie": cookies}, origin=origin) as socket:
            socket.send(json.dumps({"subscribe": wanted}))
            granted = json.loads(socket.recv(timeout=10))["subscribed"]
            refused = {json.loads(socket.recv(timeout=10))["refused"] for _ in range(len(wanted) - len(granted))}
        assert refused == set(wanted) - set(granted)
        return set(granted)

    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self.browser.cookies.get("csrftoken") or ""}

    def _sign_in(self, person: dict[str, str]) -> None:
        self.browser.get("/accounts/login/")
        answer = self.browser.post(
            "/accounts/login/",
            headers=self._token(),
            data={"login": person["username"], "password": person["password"]},
        )
        assert answer.status_code == 302, answer.text
