"""Bodies that do not come: a sender who stalls or hangs up costs no thread."""

import asyncio
from typing import Any

import pytest

from eipp.bridge import body

SCOPE = {"headers": [(b"content-length", b"10")]}


async def silence() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


async def hanging_up() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def test_a_sender_who_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "PATIENCE", 0.01)
    with pytest.raises(body.Refused) as refusal:
        asyncio.run(body.take(SCOPE, silence))
    assert refusal.value.status == 408


def test_a_sender_who_hangs_up_gets_no_answer() -> None:
    with pytest.raises(body.Gone):
        asyncio.run(body.take(SCOPE, hanging_up))


def test_a_request_without_a_body_waits_for_nothing() -> None:
    file, length = asyncio.run(body.take({"headers": []}, silence))
    assert (file.read(), length) == (b"", 0)
