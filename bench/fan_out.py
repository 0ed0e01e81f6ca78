"""A message, stored first, to 200 open sockets: ours (one hub a process) against a Channels group over Redis pub/sub.

Both store the same messages by the same call from the same threads; what differs is how the sockets come to hear.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from asgiref.sync import async_to_sync
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import connection, transaction
from django.test import Client, override_settings

from bench import ready
from bench.fan_out_site import GROUP
from bench.listeners import Crowd, gather
from bench.pages import draft
from eipp.demo.world import World, build
from eipp.kernel import clock
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from messaging.thread import Thread, post_message, thread_of
from messaging.topics import topic_of
from tests.servers.ports import free_port, wait_for_port
from tests.servers.valkey import valkey
from tests.servers.web import FLAGS

SOCKETS, MESSAGES, WRITERS, SUBJECTS, ROUNDS, GOAL = 200, 400, 4, 20, 3, 3.0
#: Seconds without another frame after which what is missing counts as not delivered.
SILENCE = 3.0

type_of_say = Callable[[int], None]


def main() -> None:
    """One JSON object: frames delivered a second, as the median of rounds that alternate."""
    with ready.database(), valkey() as broker, override_settings(REDIS_URL=broker):
        world = build()
        cookie = cookie_of(world)
        threads = [thread_of(invoice) for invoice in invoices(world)]
        store = say(world, threads)
        rates: dict[str, list[float]] = {"ours": [], "baseline": []}
        for _ in range(ROUNDS):
            rates["ours"].append(asyncio.run(ours(store, threads, broker, cookie)))
            rates["baseline"].append(asyncio.run(baseline(store, threads, broker)))
    best, usual = (statistics.median(rates[name]) for name in ("ours", "baseline"))
    line = {"name": f"fan_out_{SOCKETS}_sockets", "ours": round(best), "baseline": round(usual), "unit": "deliveries/s"}
    print(json.dumps({**line, "ratio": round(best / usual, 2), "goal": GOAL}))


async def ours(store: type_of_say, threads: list[Thread], broker: str, cookie: str) -> float:
    """The platform's own sockets at /live, of a person who has signed in."""
    with served("eipp.asgi:application", broker) as port:
        topics = [topic_of(thread) for thread in threads]
        crowd = await gather(SOCKETS, port, "/live", cookie, topics)
        return await rate(crowd, store)


async def baseline(store: type_of_say, threads: list[Thread], broker: str) -> float:
    """A consumer in a group, told by `group_send` as soon as the message is stored."""
    layer = RedisPubSubChannelLayer(hosts=[broker])

    def store_and_send(number: int) -> None:
        store(number)
        frame = json.dumps({"changed": topic_of(threads[number % SUBJECTS])})
        async_to_sync(layer.group_send)(GROUP, {"type": "told", "text": frame})

    with served("bench.fan_out_site:application", broker) as port:
        return await rate(await gather(SOCKETS, port, "/"), store_and_send)


async def rate(crowd: Crowd, tell: type_of_say) -> float:
    """Frames a second from the first message stored to the last frame that came."""
    crowd.begin()
    began = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as writers:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(writers, tell, number) for number in range(MESSAGES)))
        while crowd.frames < SOCKETS * MESSAGES and time.perf_counter() - crowd.last < SILENCE:
            await asyncio.sleep(0.01)
        everyone = Barrier(WRITERS)
        await asyncio.gather(*(loop.run_in_executor(writers, hang_up, everyone) for _ in range(WRITERS)))
    measured = crowd.frames / (crowd.last - began)
    for listener in crowd.sockets:
        listener.transport.abort()  # type: ignore[attr-defined]
    return measured


def say(world: World, threads: list[Thread]) -> type_of_say:
    """Store a message, by the one call that pages and API have for it."""
    clara = world.actor("clara")

    def store(number: int) -> None:
        post_message(clara, threads[number % SUBJECTS], f"Message {number}")

    return store


def hang_up(everyone: Barrier) -> None:
    """Each writer ends its own connection, so each must be here once."""
    everyone.wait()
    connection.close()


def cookie_of(world: World) -> str:
    browser = Client()
    browser.force_login(world.people["anna"])
    return f"sessionid={browser.cookies['sessionid'].value}"


def invoices(world: World) -> list[Invoice]:
    """Invoices that the listening buyer sees, posted for this."""
    drafts = [draft(world.accounts["main"], number) for number in range(SUBJECTS)]
    with transaction.atomic():
        return posting.post_invoices(world.erp("nordwind"), drafts, now=clock.now())


@contextmanager
def served(application: str, broker: str) -> Iterator[int]:
    """One web process on the measurement's database and broker; yields its port."""
    port = free_port()
    facts = connection.settings_dict
    address = f"postgres://{facts['USER']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    environment = os.environ | {"EIPP_DATABASE_URL": address, "EIPP_REDIS_URL": broker, "EIPP_PORT": str(port)}
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port), *FLAGS]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for_port(port)
        yield port
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
