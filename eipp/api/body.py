"""Body: what a client wrote, decoded strictly: no unknown or repeated field, no text that cannot be stored."""

import json
import re
from typing import Any, TypeVar

import msgspec

from eipp.kernel.refusal import Refusal

Wanted = TypeVar("Wanted")
LIMIT = 20 * 1024 * 1024
# What XML 1.0 cannot carry, and of which PostgreSQL refuses the first.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(rb"\\u(00[01]|007|d[89a-f]|fff)|\xef\xbf|\x7f", re.IGNORECASE)
_AT = re.compile(r"(?P<message>.*?)(?: - at `(?P<path>.+?)`)?", re.DOTALL)
_NAMED = re.compile(r"Object (?:contains unknown|missing required) field `(?P<name>.*)`", re.DOTALL)


def read(content: bytes, wanted: type[Wanted]) -> Wanted:
    """Decode JSON into a struct; raises Refusal 400 if it is not JSON, 422 with the place if it is not this content."""
    if len(content) > LIMIT:
        raise Refusal("too_large", "The request is larger than the 20 MB that this service takes.", status=413)
    try:
        decoded = msgspec.json.decode(content, type=wanted)
        tree = json.loads(content, object_pairs_hook=_distinct)
    except msgspec.ValidationError as error:
        raise misfit(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise Refusal("malformed_json", f"The body is not JSON in UTF-8: {_short(str(error))}.", status=400) from None
    except RecursionError:
        raise Refusal("malformed_json", "The body is nested too deeply.", status=400) from None
    if _ESCAPED.search(content):
        _refuse_unwritable(tree, "")
    return decoded


def from_query(parameters: dict[str, str], wanted: type[Wanted]) -> Wanted:
    """Read query parameters into a struct of any types; raises Refusal 422 naming the parameter."""
    for name, value in parameters.items():
        refuse_unwritable(name, "?" + _short(name))
        refuse_unwritable(value, "?" + name)
    try:
        return msgspec.convert(parameters, type=wanted, strict=False)
    except msgspec.ValidationError as error:
        raise misfit(str(error), prefix="?", code="invalid_parameter") from None


def refuse_unwritable(text: str, field: str) -> None:
    """Raise Refusal 422 if a text holds a character that cannot be stored and shown everywhere."""
    if _UNWRITABLE.search(text):
        raise Refusal("invalid_text", "The text holds a character that cannot be stored.", status=422, field=field)


def misfit(sentence: str, *, prefix: str = "", code: str = "invalid_content") -> Refusal:
    """What msgspec says about a content that does not fit, as a refusal naming the field."""
    found = _AT.fullmatch(sentence)
    message = found["message"] if found else sentence
    path = (found["path"] if found and found["path"] else "").removeprefix("$").removeprefix(".")
    if named := _NAMED.fullmatch(message):
        path = f"{path}.{named['name']}" if path else named["name"]
        code = "unknown_field" if "unknown" in message else "missing_field"
    return Refusal(code, _short(message, 300) + ".", status=422, field=prefix + _short(_printable(path), 300))


class _Repeated(ValueError):
    """A field stands twice in one object; which of the two is meant nobody can know."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Repeated("a field stands twice in one object")
    return found


def _refuse_unwritable(tree: Any, path: str) -> None:
    if isinstance(tree, str):
        refuse_unwritable(tree, path)
    elif isinstance(tree, list):
        for index, part in enumerate(tree):
            _refuse_unwritable(part, f"{path}[{index}]")
    elif isinstance(tree, dict):
        for name, part in tree.items():
            _refuse_unwritable(part, f"{path}.{name}" if path else name)


def _short(text: str, length: int = 120) -> str:
    return _printable(text if len(text) <= length else text[: length - 1] + "…")


def _printable(text: str) -> str:
    return _UNWRITABLE.sub("�", text)
