"""Consumer: the socket at /live: says which topics it wants to hear of, and hears that they changed, nothing else."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from asgiref.typing import WebSocketCloseEvent, WebSocketSendEvent
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from messaging.broadcast import FOR_SUPPLIER
from messaging.entitlement import allowed, listener
from messaging.hub import REMEMBERED, Socket, hub

MOST_TOPICS = 100  # of one socket
LONGEST = 8_000  # bytes of one message from a client
MOST_MESSAGES = 30  # from a client in ten seconds


class LiveConsumer(AsyncWebsocketConsumer):
    """{"subscribe": [topics], "since": seconds} is answered by {"subscribed": [...]}, then {"changed": topic} for each
    that changed in so many seconds, while the page was on its way, then {"refused": topic} for each not open."""

    socket: Socket | None = None

    async def connect(self) -> None:
        who = await listener(self.scope["headers"]) if _is_own_origin(self.scope["headers"]) else None
        if who is None:
            await self.close(4401)
            return
        await self.accept()
        self.heard_at: list[float] = []
        self.socket = Socket(who, self._send_frame, self._end)
        hub().join(self.socket)

    async def disconnect(self, code: int) -> None:
        if self.socket:
            hub().leave(self.socket)
            self.socket.stop()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is None or text_data is None or len(text_data) > LONGEST or self._is_talkative():
            await self.close(1008)
            return
        try:
            asked = _asked(text_data)
        except ValueError:
            await self.close(1008)
            return
        hub().unsubscribe(self.socket, self._both(asked["unsubscribe"]))
        if asked["subscribe"]:
            await self._subscribe(self.socket, asked["subscribe"], since=asked_since(text_data))

    async def _subscribe(self, socket: Socket, wanted: list[str], *, since: float) -> None:
        room = max(0, MOST_TOPICS - len({topic.partition("#")[0] for topic in socket.topics}))
        await hub().hears()
        granted = await allowed(socket.listener.actor, wanted[:room])
        hub().subscribe(socket, self._both(granted))
        socket.push(json.dumps({"subscribed": granted}))
        for topic in hub().changed_within(self._both(granted), since):
            socket.push(json.dumps({"changed": topic.partition("#")[0]}))
        for topic in wanted:
            if topic not in granted:
                socket.push(json.dumps({"refused": topic}))

    def _both(self, topics: list[str]) -> list[str]:
        """The topics as they are told to this side: the supplier hears of internal changes as well."""
        if self.socket and self.socket.listener.actor.side == "supplier":
            return [*topics, *(topic + FOR_SUPPLIER for topic in topics)]
        return topics

    def _is_talkative(self) -> bool:
        now = asyncio.get_running_loop().time()
        self.heard_at = [at for at in self.heard_at if at > now - 10] + [now]
        return len(self.heard_at) > MOST_MESSAGES

    async def _send_frame(self, frame: str) -> None:
        await self.base_send(WebSocketSendEvent(type="websocket.send", bytes=None, text=frame))

    async def _end(self, code: int) -> None:
        await self.base_send(WebSocketCloseEvent(type="websocket.close", code=code, reason=None))


def _asked(text: str) -> dict[str, list[str]]:
    """What a client wants; ValueError for anything but the two lists of texts."""
    try:
        told = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(told, dict):
        raise ValueError("not an object")
    asked = {verb: told.get(verb, []) for verb in ("subscribe", "unsubscribe")}
    if not all(
        isinstance(topics, list) and all(isinstance(topic, str) for topic in topics) for topics in asked.values()
    ):
        raise ValueError("not lists of topics")
    return {verb: list(dict.fromkeys(topics)) for verb, topics in asked.items()}


def asked_since(text: str) -> float:
    """How many seconds ago the page began to be made that asks; 0 where it does not say."""
    told = json.loads(text).get("since", 0)
    return float(min(told, REMEMBERED)) if isinstance(told, int | float) and told > 0 else 0.0


def _is_own_origin(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a page of ours opened the socket: another site's page would bring the person's cookie along."""
    found: dict[bytes, Any] = dict(headers)
    origin, host = (found.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    if not origin:
        return False
    return urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS
