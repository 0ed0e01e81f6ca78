"""Django's WSGI handler inside an ASGI server: pages at many times the speed of its ASGI handler (docs/decisions).

Requests run in a small fixed pool of threads, each of which keeps its database connection. Long answers have a pool of
their own, so that slow readers never take a thread from pages.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

import structlog
from django.db import connections

from eipp.bridge import body
from eipp.bridge.body import Gone, Receive, Refused
from eipp.bridge.environ import environ
from eipp.bridge.reply import Application, Reply, close

Send = Callable[[dict[str, Any]], Awaitable[None]]
log = structlog.get_logger()

#: Seconds after which a reader that takes nothing is given up.
READER_PATIENCE = 60


class Bridge:
    """An ASGI application for HTTP that answers by a WSGI application."""

    def __init__(self, application: Application, *, threads: int, streams: int = 32) -> None:
        self._application = application
        self._pages = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._streams = ThreadPoolExecutor(streams, thread_name_prefix="stream")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        # A context of its own: nothing that one request leaves (language, log fields) is seen by the next.
        context = Context()
        try:
            reply = await self._answered(context, scope, receive)
        except Gone:
            return
        except Refused as refused:
            reply = Reply.refusing(refused.status, refused.sentence, scope)
        await send(reply.head())
        if reply.stream is None:
            await send({"type": "http.response.body", "body": reply.body})
        else:
            await self._stream(context, reply, receive, send)

    async def _answered(self, context: Context, scope: dict[str, Any], receive: Receive) -> Reply:
        file, length = await body.take(scope, receive)
        try:
            request = environ(scope, file, length)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pages, context.run, Reply.by, self._application, request)
        except Exception:  # Django answers its own errors: this one is in between, and its sender must hear something
            log.exception("bridge.failed", path=scope["path"])
            raise Refused(500, "Something went wrong on our side.") from None
        finally:
            file.close()

    async def _stream(self, context: Context, reply: Reply, receive: Receive, send: Send) -> None:
        gone = threading.Event()
        watch = asyncio.create_task(_notice_leaving(receive, gone))
        pump = _Pump(reply, send, gone, asyncio.get_running_loop())
        try:
            whole = await asyncio.get_running_loop().run_in_executor(self._streams, context.run, pump.run)
        finally:
            gone.set()
            watch.cancel()
        # Without this last message the server cuts the connection: half an answer must not look whole.
        if whole:
            await send({"type": "http.response.body", "body": b""})


class _Pump:
    """Sends a stream from a thread of its own, as fast as its reader takes it."""

    def __init__(self, reply: Reply, send: Send, gone: threading.Event, loop: asyncio.AbstractEventLoop) -> None:
        self._reply, self._send, self._gone, self._loop = reply, send, gone, loop

    def run(self) -> bool:
        """Whether all of it was sent."""
        try:
            return all(self._sent(piece) for piece in self._reply.pieces())
        except Exception:  # the answer has begun: cutting it is all that is left to say
            log.exception("bridge.stream_failed")
            return False
        finally:
            close(self._reply.stream)
            connections.close_all()

    def _sent(self, piece: bytes) -> bool:
        if self._gone.is_set():
            return False
        message = {"type": "http.response.body", "body": piece, "more_body": True}
        sending = asyncio.run_coroutine_threadsafe(_sending(self._send, message), self._loop)
        try:
            sending.result(READER_PATIENCE)
        except TimeoutError:
            sending.cancel()
            return False
        return True


async def _sending(send: Send, message: dict[str, Any]) -> None:
    await send(message)


async def _notice_leaving(receive: Receive, gone: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
