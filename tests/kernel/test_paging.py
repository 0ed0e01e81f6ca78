"""Paging: whoever writes a cursor of their own gets a page or a refusal, on every database."""

import base64
import json

import pytest

from eipp.kernel import paging
from eipp.kernel.events import Event
from eipp.kernel.refusal import Refusal

NEWEST_FIRST = "-occurred_at"


def written(value: str) -> str:
    """A cursor as the platform writes it, with a value that it would not write."""
    return base64.urlsafe_b64encode(json.dumps([NEWEST_FIRST, value, "1"]).encode()).decode().rstrip("=")


@pytest.mark.parametrize("value", ["1399-03-21T19:02:30-19:38", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00"])
def test_a_cursor_may_name_any_moment_there_is(db: None, value: str) -> None:
    assert paging.page(Event.objects.all(), order=NEWEST_FIRST, cursor=written(value), limit=5) == ([], "")


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00+00:00", "yesterday", ""])
def test_a_cursor_that_names_no_moment_is_refused(db: None, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        paging.page(Event.objects.all(), order=NEWEST_FIRST, cursor=written(value), limit=5)
    assert refused.value.code == "invalid_cursor"
