"""Starts broker, worker and web server, says where they are and how to sign in, and stops all on Ctrl-C."""

import contextlib
import http.client
import os
import signal
import sys
import time
from types import FrameType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from eipp.up import commands, ground
from eipp.up.children import Children, Died
from eipp.up.greeting import greeting

#: Seconds that the first page may take; the page is a real one, with database and templates behind it.
PATIENCE, FIRST_PAGE = 120, "/accounts/login/"


class Stop(Exception):
    """Somebody asked for the end."""


def main() -> int:
    """Run until told to stop. The exit code is 0 only for an end that was asked for."""
    began = time.monotonic()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
    if not os.environ.get("EIPP_DATABASE_URL"):  # a start with nothing configured is a look around
        os.environ.setdefault("EIPP_EXAMPLE_WORLD", "1")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        ground.check_port(settings.BIND, settings.PORT)
        with ground.hold(settings.DATA):
            return _run(began)
    except (ImproperlyConfigured, ground.Taken, Died) as fault:
        print(fault, file=sys.stderr)
        return 1
    except Stop:
        return 0


def _run(began: float) -> int:
    children = Children(settings.DATA / "logs")
    try:
        _start(children)
        _await_first_page(children)
        seconds = time.monotonic() - began
        print(greeting(settings.BASE_URL, settings.DATA / "demo.json", seconds), flush=True)
        while True:
            children.check()
            time.sleep(0.5)
    finally:
        # A second Ctrl-C must not leave half of them behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        children.stop()


def _start(children: Children) -> None:
    if settings.BROKER_IS_EMBEDDED:
        ground.private_folder(settings.BROKER_SOCKET.parent)
        children.start("valkey", commands.broker())
    children.start("static", commands.static_files())
    children.start("prepare", commands.prepare())
    children.finish("static")
    children.start("web", commands.web())  # it loads its code while the database is made; nobody is told of it before
    children.finish("prepare")
    children.start("worker", commands.worker())


def _await_first_page(children: Children) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        children.check()
        if _answers():
            return
        time.sleep(0.1)
    raise Died(f"{FIRST_PAGE} did not answer within {PATIENCE} seconds; see {settings.DATA / 'logs'}.")


def _answers() -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104 (asked of ourselves)
    connection = http.client.HTTPConnection(host, settings.PORT, timeout=10)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", FIRST_PAGE, headers={"Host": settings.ALLOWED_HOSTS[0]})
        return connection.getresponse().status == 200
    return False


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
