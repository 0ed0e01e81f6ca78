"""A reader of a thread: an open page that is told of news and fetches it, however often it loses its server."""

import threading
import time
from contextlib import suppress

from django.db import connection
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from eipp.kernel.actor import Actor
from messaging.thread import Thread, messages
from messaging.topics import topic_of
from tests.messaging.page import page_at


class Reader(threading.Thread):
    """What the page's script does: after each connection, and whenever told, it asks for what is new."""

    def __init__(self, port: int, browser: Client, actor: Actor, thread: Thread, count: int) -> None:
        super().__init__(daemon=True)
        self.port, self.browser, self.actor, self.about, self.count = port, browser, actor, thread, count
        self.read: list[int] = []

    def run(self) -> None:
        try:
            while not self._is_done():
                self._listen()
        finally:
            connection.close()

    def cut(self) -> None:
        with suppress(OSError):  # cut a moment ago, and not connected again yet
            self.listening.socket.socket.shutdown(2)

    def _listen(self) -> None:
        try:
            self.listening = page_at(self.port, self.browser, close_timeout=0.1)
        except (OSError, InvalidHandshake, ConnectionClosed):  # nobody is there just now
            time.sleep(0.05)
            return
        try:
            self.listening.subscribe(topic_of(self.about))
            while True:
                self._fetch()
                if self._is_done():
                    return
                self.listening.next(seconds=20)
        except (ConnectionClosed, OSError):
            return
        finally:
            self.listening.close()

    def _fetch(self) -> None:
        while fresh := messages(self.actor, self.about, after=self.read[-1] if self.read else 0):
            self.read += [message.sequence for message in fresh]

    def _is_done(self) -> bool:
        return len(self.read) >= self.count
