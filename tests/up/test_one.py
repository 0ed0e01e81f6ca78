"""Each process can be started alone, and a container without curl can ask it how it is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from eipp.up.children import die_with_parent
from tests.servers.ports import free_port, wait_for_port
from tests.shape.source import ROOT


def run(module: str, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EIPP_", "DJANGO_"))}
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env=environment | variables, capture_output=True, text=True, timeout=60)


@contextmanager
def running(process: str, data: Path, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EIPP_", "DJANGO_"))}
    environment |= {"EIPP_DATA": str(data), **variables}
    started = subprocess.Popen(
        [sys.executable, "-m", "eipp.up.one", process], cwd=ROOT, env=environment, stdout=-3, stderr=-3,
        preexec_fn=die_with_parent(),
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def test_a_process_that_there_is_not_is_told_with_those_there_are() -> None:
    for words in ((), ("nothing",), ("web", "worker")):
        refused = run("eipp.up.one", *words)
        assert (refused.returncode, refused.stderr) == (2, "Which one? prepare, web, worker, beat\n")


def test_a_wrong_setting_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    refused = run("eipp.up.one", "web", EIPP_DATA=str(tmp_path), EIPP_S3_BUCKET="files")
    assert refused.returncode == 1
    assert refused.stderr == (
        "EIPP_S3_ENDPOINT must be set as well, since EIPP_S3_BUCKET is; or leave both empty.\n"
    )  # fmt: skip


@pytest.mark.long
def test_the_web_process_alone_lives_and_says_which_parts_it_misses(tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    assert run("eipp.up.ask", f"{address}/healthz").returncode == 1
    with running("web", tmp_path, EIPP_PORT=str(port), EIPP_METRICS_FROM="127.0.0.1"):
        wait_for_port(port, seconds=60)
        assert run("eipp.up.ask", f"{address}/healthz").returncode == 0
        ready = httpx.get(f"{address}/readyz", timeout=10)
        assert (ready.status_code, ready.json()["parts"]["broker"]) == (503, "away")
        assert ready.json()["parts"]["database"] == "ok"
        assert run("eipp.up.ask", f"{address}/readyz").returncode == 1
        figures = httpx.get(f"{address}/metrics")
        assert figures.status_code == 200 and "eipp_request_seconds" in figures.text
        # Through a proxy of this machine it is the address behind the proxy that counts.
        assert httpx.get(f"{address}/metrics", headers={"X-Forwarded-For": "8.8.8.8"}).status_code == 404


@pytest.mark.parametrize("word", ["https://example.com/", "file:///etc/passwd", "http://localhost/"])
def test_only_this_machine_is_asked(word: str) -> None:
    assert run("eipp.up.ask", word).returncode == 2
