"""The names of all events, read from the code: every literal that is recorded, drafted or stands on a transition."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("eipp", "documents", "workflows", "messaging")
_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
_CALLS = {"record", "_record", "Draft", "transition"}


@cache
def event_names() -> frozenset[str]:
    """The distinct names in the platform's code, without its migrations."""
    return frozenset(name for path in _sources() for name in names_in(path.read_text()))


def names_in(source: str) -> Iterator[str]:
    """The event names in one file's source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in _CALLS:
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("event", "name")]
            for value in (*node.args, *named):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and _NAME.fullmatch(value.value):
                    yield value.value


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _sources() -> Iterator[Path]:
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path
