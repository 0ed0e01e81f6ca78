"""NDJSON: many things in one call, one JSON object a line, and one line of the answer for each."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.http import HttpResponse

from eipp.api import body
from eipp.api.resource import JsonParser
from eipp.kernel.refusal import Refusal

NDJSON = "application/x-ndjson"
MOST = 10_000  # lines in a call


class NdjsonParser(JsonParser):
    media_type = NDJSON


def lines_of(what: str) -> dict[str, Any]:
    """The schema of a body."""
    return {"type": "string", "description": f"On each line {what}, as JSON."}


def numbered(content: bytes) -> list[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers from 1; raises Refusal where there are too many, or none."""
    if len(content) > body.LIMIT:
        raise Refusal("too_large", "Send at most 20 MB in one call.", status=413)
    lines = [(number, line) for number, line in enumerate(content.split(b"\n"), 1) if line.strip()]
    if len(lines) > MOST:
        raise Refusal("too_large", f"Send at most {MOST:,} lines in one call.", status=413)
    if not lines:
        raise Refusal("nothing_sent", "Send one JSON object on each line.", status=422)
    return lines


def answer(results: Iterable[Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.Encoder().encode_lines(list(results)), content_type=NDJSON)
