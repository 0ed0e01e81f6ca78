"""The whole platform as `make run` starts it: broker, worker with beat, web, and the example world, on data of its own.

On SQLite, or where EIPP_DATABASE_URL names a PostgreSQL, in a database of its own there; or on all parts of production.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from eipp.up.children import die_with_parent
from tests.servers.ports import free_port
from tests.servers.production import Production
from tests.shape.source import ROOT


@dataclass(frozen=True)
class Platform:
    """A platform that runs; `environment` is what its own commands need."""

    url: str
    data: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    parts: Production | None = None

    @cached_property
    def handout(self) -> dict[str, Any]:
        """demo.json: everybody's way in."""
        told: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return told

    def person(self, username: str) -> dict[str, Any]:
        """A person of the handout, with name, e-mail and password."""
        return next(one for one in self.handout["people"] if one["username"] == username)

    def key(self, organisation: str) -> str:
        """The API key of the organisation whose name begins so."""
        return str(next(one["key"] for one in self.handout["api_keys"] if one["organisation"].startswith(organisation)))

    def manage(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of manage.py on this platform's data."""
        return subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """What stands in the database, asked in SQL that both kinds understand."""
        address = self.environment.get("EIPP_DATABASE_URL")
        if address:
            with psycopg.connect(address) as connection:
                return connection.execute(question.encode()).fetchall()
        connection_to_file = sqlite3.connect(f"file:{self.data / 'eipp.sqlite3'}?mode=ro", uri=True)
        try:
            return connection_to_file.execute(question).fetchall()
        finally:
            connection_to_file.close()

    def memory(self) -> dict[str, int]:
        """The proportional set size (PSS) of each of its processes, in bytes, by pid and name."""
        return {f"{pid} {_name(pid)}": _pss(pid) for pid in [self.process.pid, *descendants(self.process.pid)]}


@contextmanager
def platform(data: Path, *, parts: Production | None = None, sqlite: bool = False) -> Iterator[Platform]:
    """Yields it once it is ready; nothing of it is left afterwards but its data.

    parts: those of production, used instead of what it would bring along; sqlite: whatever the environment says.
    """
    server = "" if sqlite else parts.database if parts else os.environ.get("EIPP_DATABASE_URL", "")
    with _database(server) as address:
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("EIPP_", "DJANGO_"))}
        environment |= {"EIPP_DATA": str(data), "EIPP_PORT": str(port), "EIPP_EXAMPLE_WORLD": "1"}
        environment["EIPP_OUTSIDE_ALLOW"] = "127.0.0.1"  # where receivers of webhooks listen in tests
        environment |= parts.environment if parts else {}
        if address:
            environment["EIPP_DATABASE_URL"] = address
        process = subprocess.Popen(
            [sys.executable, "-m", "eipp.up"], cwd=ROOT, env=environment, stdout=-1, stderr=-1, stdin=-3, text=True,
            preexec_fn=die_with_parent(),
        )  # fmt: skip
        try:
            assert process.stdout and process.stderr
            first = process.stdout.readline()
            assert first.startswith("Ready"), process.stderr.read()
            yield Platform(f"http://127.0.0.1:{port}", data, environment, process, parts)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def dashed(id: Any) -> str:
    """A row's id as addresses have it; SQLite keeps it without dashes."""
    plain = str(id).replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def descendants(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(further for child in children for further in descendants(child))]


@contextmanager
def _database(address: str) -> Iterator[str]:
    """The address of a new database on this server; empty where SQLite is meant."""
    if not address.startswith("postgres"):
        yield ""
        return
    name = f"platform_{os.getpid()}_{token_hex(3)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return " ".join(words[:4])


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
