"""A web server with nothing but the sockets, in a thread of its own, and pages that listen to it as browsers do."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import redis
import uvicorn
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client
from websockets.sync.client import connect

from eipp.accounts.models import Person
from eipp.kernel import broker as messenger
from messaging.live import websocket_application
from tests.servers.ports import free_port, wait_for_port


class Server:
    """uvicorn on a free port of the loopback."""

    def __init__(self) -> None:
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        config = uvicorn.Config(websocket_application, port=self.port, lifespan="off", log_config=None, ws_max_queue=4)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self._serve(),), daemon=True)

    async def _serve(self) -> None:
        await self.server.serve()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await database_sync_to_async(connections.close_all)()

    def call(self, work: Any) -> Any:
        """Run something in the server's loop, such as a look at its hub."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


@contextmanager
def serving() -> Iterator[Server]:
    """A running server; hints are published patiently, so that a busy machine does not lose any on the way."""
    patient = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
    with patch.object(messenger, "_client", lambda: patient):
        yield from _running()


def _running() -> Iterator[Server]:
    server = Server()
    server.thread.start()
    wait_for_port(server.port)
    try:
        yield server
    finally:
        server.server.should_exit = True
        server.thread.join(10)


def signed_in(person: Person) -> Client:
    """A browser in which the person has signed in."""
    browser = Client()
    browser.force_login(person)
    return browser


def page(server: Server, browser: Client | None, *, origin: str | None = "own", **more: Any) -> "Page":
    """Open a socket as a page in this browser would."""
    return page_at(server.port, browser, origin=origin, **more)


def page_at(port: int, browser: Client | None, *, origin: str | None = "own", **more: Any) -> "Page":
    """The same at a web server in a process of its own."""
    headers = {} if browser is None else {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}
    address = f"127.0.0.1:{port}"
    origin = f"http://{address}" if origin == "own" else origin
    return Page(f"ws://{address}/live", additional_headers=headers, origin=origin, **more)


class Page:
    """An open page: subscribes, and collects what it is told."""

    def __init__(self, address: str, **how: Any) -> None:
        self.life = ExitStack()
        self.socket = self.life.enter_context(connect(address, **how))

    def subscribe(self, *topics: str, since: float = 0) -> dict[str, Any]:
        """since: how many seconds the page is old."""
        self.socket.send(json.dumps({"subscribe": topics, "since": since}))
        return self.next()

    def next(self, *, seconds: float = 5) -> dict[str, Any]:
        """The next frame; TimeoutError when none comes, ConnectionClosed when the socket was closed."""
        return dict(json.loads(self.socket.recv(timeout=seconds)))

    def told(self, *, until: dict[str, Any], seconds: float = 5) -> list[dict[str, Any]]:
        """All frames up to this one, without it."""
        frames, end = [], time.monotonic() + seconds
        while (frame := self.next(seconds=max(0.01, end - time.monotonic()))) != until:
            frames.append(frame)
        return frames

    def close(self) -> None:
        self.life.close()
