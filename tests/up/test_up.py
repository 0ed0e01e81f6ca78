"""One command starts everything, and nothing of it outlives that command, however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.servers.ports import free_port
from tests.shape.source import ROOT


def command(data: Path, port: int) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EIPP_", "DJANGO_"))}
    environment |= {"EIPP_DATA": str(data), "EIPP_PORT": str(port), "EIPP_EXAMPLE_WORLD": "0"}
    return subprocess.Popen(
        [sys.executable, "-m", "eipp.up"], cwd=ROOT, env=environment, stdout=-1, stderr=-1, stdin=-3, text=True
    )


@contextmanager
def started(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The platform, ready; killed at the end if the test did not end it."""
    process = command(data, port)
    assert process.stdout and process.stderr
    try:
        first = process.stdout.readline()
        assert re.match(r"Ready in \d+\.\d s: http://127\.0\.0\.1:\d+\n", first), process.stderr.read()
        yield process
    finally:
        process.kill()
        process.wait()


def descendants(pid: int) -> set[int]:
    """The processes that this one started, and those that they started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        children = []
    return {int(child) for child in children}.union(*(descendants(int(child)) for child in children))


def alive(pids: set[int]) -> set[int]:
    """Those of them that still run; a zombie does not."""
    running = set()
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        try:
            told = stat.read_text()
        except (FileNotFoundError, ProcessLookupError):  # it ended while it was being looked at
            continue
        if told.rpartition(")")[2].split()[0] != "Z":
            running.add(pid)
    return running


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty at the first start; the next ones find what is there already."""
    return tmp_path_factory.mktemp("data")


@pytest.mark.long
def test_it_starts_answers_and_stops_with_all_it_started(data: Path, tmp_path: Path) -> None:
    port = free_port()
    with started(data, port) as process:
        family = descendants(process.pid)
        assert len(family) >= 3
        page = httpx.get(f"http://127.0.0.1:{port}/accounts/login/")
        assert page.status_code == 200
        assert "content-security-policy" in page.headers
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
        assert [httpx.get(f"http://127.0.0.1:{port}{sheet}").status_code for sheet in sheets] == [200] * len(sheets)

        assert "Port" in refusal(tmp_path, port)
        assert "Another start already runs" in refusal(data, free_port())

        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert alive(family) == set()


@pytest.mark.long
def test_nothing_outlives_a_start_that_is_killed(data: Path) -> None:
    with started(data, free_port()) as process:
        family = descendants(process.pid)
        process.kill()
        deadline = time.monotonic() + 20
        while alive(family):
            assert time.monotonic() < deadline, alive(family)


def refusal(data: Path, port: int) -> str:
    """What a start says that cannot be."""
    process = command(data, port)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in said
    return said
