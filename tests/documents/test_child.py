"""Files are read in a child process: whatever they do to it, the answer is a result or a sentence."""

import time
from pathlib import Path
from typing import Any

import pytest

from documents.child import read_in_child
from eipp.kernel.refusal import Refusal

READING = "tests.documents.reading"


def _refused(function: str, content: bytes = b"x", **options: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        read_in_child(f"{READING}.{function}", content, **options)
    return refused.value


def test_the_child_reads_the_bytes_and_answers_plain_values() -> None:
    content = b"\0\xff\r\n" * 1_000_000
    answer = read_in_child(f"{READING}.lengths", content, rows=5)
    assert answer == {"length": 4_000_000, "options": {"rows": 5}, "bytes": b"\0\xff\r\n"}


def test_a_refusal_of_the_child_is_ours() -> None:
    refusal = _refused("refuse")
    assert (refusal.code, refusal.status, refusal.field) == ("locked", 422, "file")
    assert refusal.sentence == "The file is protected by a password."


def test_a_library_that_fails_makes_a_damaged_file() -> None:
    assert (_refused("fail").code, _refused("fail").status) == ("file_damaged", 422)


def test_memory_is_limited() -> None:
    assert _refused("swallow_memory").code == "file_too_costly"


@pytest.mark.parametrize("function", ["think", "wait"])
def test_time_is_limited_whether_it_thinks_or_waits(function: str) -> None:
    began = time.monotonic()
    assert _refused(function, seconds=1).code == "file_too_costly"
    assert time.monotonic() - began < 6


def test_a_child_that_ends_without_an_answer_is_a_file_that_cost_too_much() -> None:
    assert _refused("end").code == "file_too_costly"


def test_the_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EIPP_SECRET_KEY", "known to the platform alone")
    assert "EIPP_SECRET_KEY" not in read_in_child(f"{READING}.environment", b"")


def test_the_child_writes_no_file(tmp_path: Path) -> None:
    target = tmp_path / "left"
    _refused("write", str(target).encode())
    assert not target.exists() or target.stat().st_size == 0
