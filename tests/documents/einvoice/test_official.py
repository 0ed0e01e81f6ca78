"""The child process of the official rules: one, shared, started anew when it dies, gone when its parent goes."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.einvoice import official
from documents.einvoice.reading import judge, read
from tests.documents.einvoice.samples import UBL, content

READING = read(content(UBL))
BROKEN = read(content(UBL).replace(b"<cbc:ID>PRG1502112</cbc:ID>", b""))


def rules(*, of: object = BROKEN) -> set[str]:
    return {fault.rule for fault in judge(of)}


def running(pid: int) -> bool:
    """Whether the process lives; one that is only waiting to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until_gone(pid: int, *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while running(pid) and time.monotonic() < deadline:
        os.sched_yield()
    return not running(pid)


def test_a_dead_child_is_replaced() -> None:
    assert judge(READING) == []
    first = official.process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert "BR-02" in rules()
    assert official.process.pid not in (None, first)


def test_a_child_killed_in_the_middle_of_a_document_costs_nobody_a_verdict() -> None:
    judge(READING)
    for delay in (0.0, 0.002, 0.004):
        pid = official.process.pid
        assert pid is not None
        killer = threading.Timer(delay, os.kill, (pid, signal.SIGKILL))
        killer.start()
        assert "BR-02" in rules()
        killer.join()


def test_many_threads_share_one_child() -> None:
    judge(READING)
    before = official.process.pid
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda index: rules(of=BROKEN if index % 2 else READING), range(40)))
    assert all(("BR-02" in broken) == bool(index % 2) for index, broken in enumerate(found))
    assert official.process.pid == before


def test_a_document_that_takes_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    judge(READING)
    monkeypatch.setattr(official, "SECONDS", 0.0)
    (fault,) = official.judge(official.UBL, READING.xml.partition("?>")[2])
    assert fault.rule == "EN16931"
    monkeypatch.undo()
    assert judge(READING) == []


def test_a_forked_process_starts_its_own_child() -> None:
    judge(READING)
    before = official.process.pid
    pid = os.fork()
    if pid == 0:
        other = judge(READING) == [] and official.process.pid != before
        official.process.close()
        os._exit(0 if other else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert judge(READING) == []
    assert official.process.pid == before


def test_the_child_dies_with_its_parent() -> None:
    """Also when the parent is killed, and another process still holds the pipe's end."""
    code = (
        "import os, sys, time; from documents.einvoice import official\n"
        "official.judge(official.UBL, '<Invoice/>')\n"
        "holder = os.fork()\n"
        "if holder == 0: time.sleep(60); os._exit(0)\n"
        "print(official.process.pid, holder, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child, holder = (int(number) for number in parent.stdout.readline().split())
    try:
        assert parent.wait() == -signal.SIGKILL
        assert until_gone(child)
    finally:
        os.kill(holder, signal.SIGKILL)
        parent.stdout.close()
