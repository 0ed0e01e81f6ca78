"""Hub: one subscription to the broker per web process; what it hears goes to the sockets that listen to the topic.

A frame is made once per topic. Each socket keeps a set of what it has not been sent yet, so that a slow one costs
nobody else anything and never grows: the same change twice is one frame.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio as redis
import structlog
from django.conf import settings

from eipp.kernel import broker
from messaging.broadcast import CHANNEL
from messaging.entitlement import Listener, still_entitled

log = structlog.get_logger()
LOOK_EVERY = 1.0  # seconds between two looks at who still may listen
SLOWEST = 10.0  # seconds that a client may take for what it is sent before it is dropped
REMEMBERED = 60.0  # seconds for which it is known what changed, for pages that were being made meanwhile
LONGEST_PAUSE = 5.0  # seconds between attempts to reach the broker
REFRESH = json.dumps({"refresh": True})

type_of_send = Callable[[str], Awaitable[None]]


class Socket:
    """One open socket: who listens, what it has still to be sent. `close` is told a code (RFC 6455 7.4)."""

    def __init__(self, listener: Listener, send: type_of_send, close: Callable[[int], Awaitable[None]]) -> None:
        self.listener = listener
        self.topics: set[str] = set()
        self._send, self._close = send, close
        self._waiting: dict[str, None] = {}
        self._something = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self._sending_since: float | None = None
        self._writer = asyncio.create_task(self._write())

    def push(self, frame: str) -> None:
        """Have the frame sent when the socket takes it; at once for one that keeps up."""
        self._waiting[frame] = None
        self._something.set()

    def is_stuck(self) -> bool:
        """Whether the client has not taken what it was sent for too long."""
        return self._sending_since is not None and self._now() - self._sending_since > SLOWEST

    def stop(self) -> None:
        self._writer.cancel()

    async def end(self, code: int) -> None:
        """Nothing more is sent; the client is told why, if it still listens."""
        self.topics.clear()
        self._waiting.clear()
        self._writer.cancel()
        try:
            async with asyncio.timeout(SLOWEST):
                await self._close(code)
        except (TimeoutError, RuntimeError, OSError):  # it is gone already
            log.info("live.close_unanswered", code=code)

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            frames, self._waiting = self._waiting, {}
            self._sending_since = self._now()
            try:
                for frame in frames:
                    await self._send(frame)
            except (RuntimeError, OSError):  # the client is gone
                hub().drop(self)
                return
            self._sending_since = None


class Hub:
    """The sockets of this process by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Socket]] = {}
        self._told_at: OrderedDict[str, float] = OrderedDict()  # when each topic changed last, the latest at the end
        self._sockets: set[Socket] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._heard = 0  # how often the subscription has been made
        self._hears = asyncio.Event()

    def join(self, socket: Socket) -> None:
        if not self._sockets and not self._tasks:
            self._keep(self._listen())
            self._keep(self._watch())
        self._sockets.add(socket)

    async def hears(self) -> None:
        """Wait a moment for the first subscription, so that nothing is missed between it and the page's own."""
        try:
            async with asyncio.timeout(1):
                await self._hears.wait()
        except TimeoutError:  # without a broker pages are merely less lively
            log.info("live.no_broker_yet")

    def leave(self, socket: Socket) -> None:
        self._sockets.discard(socket)
        self.unsubscribe(socket, list(socket.topics))

    def subscribe(self, socket: Socket, topics: Iterable[str]) -> None:
        for topic in topics:
            socket.topics.add(topic)
            self._by_topic.setdefault(topic, set()).add(socket)

    def unsubscribe(self, socket: Socket, topics: Iterable[str]) -> None:
        for topic in topics:
            socket.topics.discard(topic)
            listening = self._by_topic.get(topic, set())
            listening.discard(socket)
            if not listening:
                self._by_topic.pop(topic, None)

    def drop(self, socket: Socket, code: int = 1013) -> None:
        """Let go of a socket that does not take what it is sent, or whose person may no longer listen."""
        self.leave(socket)
        self._keep(socket.end(code))

    def changed_within(self, topics: Iterable[str], seconds: float) -> list[str]:
        """Those that changed since a page began to be made, which may show what was before."""
        since = time.monotonic() - min(seconds, REMEMBERED)
        return [topic for topic in topics if self._told_at.get(topic, float("-inf")) >= since]

    def fan_out(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self._remember(topic)
            if listening := self._by_topic.get(topic):
                frame = json.dumps({"changed": topic.partition("#")[0]})
                for socket in listening:
                    socket.push(frame)

    def _remember(self, topic: str) -> None:
        now = time.monotonic()
        self._told_at[topic] = now
        self._told_at.move_to_end(topic)
        while next(iter(self._told_at.values())) < now - REMEMBERED:
            self._told_at.popitem(last=False)

    def refresh_all(self) -> None:
        """Something may have been missed: every page fetches anew."""
        for socket in self._sockets:
            if socket.topics:
                socket.push(REFRESH)

    async def _listen(self) -> None:
        """The one subscription; after each loss of the broker it is made again, and everybody told to look."""
        pause = 0.1
        while True:
            heard = self._heard
            try:
                async with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2).pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    await self._hear(subscription)
            except (redis.RedisError, OSError, ValueError, KeyError) as error:
                pause = 0.1 if self._heard > heard else min(pause * 2, LONGEST_PAUSE)
                log.warning("live.broker_lost", error=str(error), again_in=pause)
                await asyncio.sleep(pause)

    async def _hear(self, subscription: Any) -> None:
        """Hand on what comes; the client library may subscribe again by itself, which is a loss as any other."""
        quiet = 0
        while True:
            message = await subscription.get_message(ignore_subscribe_messages=False, timeout=5)
            quiet = 0 if message else quiet + 1
            if quiet == 1:
                await subscription.ping()
            elif quiet > 1:
                raise redis.ConnectionError("the broker is silent")
            if message and message["type"] == "subscribe":
                self._begin_hearing()
            elif message and message["type"] == "message":
                await self._take(message["data"])

    def _begin_hearing(self) -> None:
        """Whoever subscribed before this moment may have missed something."""
        self._heard += 1
        self._hears.set()
        self.refresh_all()

    async def _take(self, data: bytes) -> None:
        """Where somebody's rights changed, those who lost theirs go first: they hear neither this nor what follows.

        Nothing in it says that hints were lost (`broker.make_up`).
        """
        if not data:
            await self._close_the_unentitled()
            self.refresh_all()
            return
        told = json.loads(data)
        if told["recheck"]:
            await self._close_the_unentitled()
        self.fan_out(told["topics"])

    async def _watch(self) -> None:
        """Every second, whatever was told or lost: who may no longer listen, or does not, is let go."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for socket in [socket for socket in self._sockets if socket.is_stuck()]:
                self.drop(socket)
            await self._close_the_unentitled()
            await asyncio.to_thread(broker.make_up)

    async def _close_the_unentitled(self) -> None:
        sockets = list(self._sockets)
        if not sockets:
            return
        try:
            entitled = await still_entitled([socket.listener for socket in sockets])
        except Exception:  # the database may be away for a moment; whoever cannot be looked up is looked up next time
            log.exception("live.look_failed")
            return
        for socket in sockets:
            if socket.listener not in entitled:
                self.drop(socket, 4401)

    def _keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this event loop, of which a web process has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
