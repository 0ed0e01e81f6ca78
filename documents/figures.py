"""Figures as people and their programs write them (`1,234.50`, `1.234,50`, `(12.00)`): read exactly, or not at all.

Nothing is guessed: where a text can be read in two ways, as `1,234` can, it is not read unless its column shows which.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

Cell = str | Decimal
LONGEST = 40
_AROUND = re.compile(r"^(?:[A-Z]{3}\s*|[€$£¥]\s*)|(?:\s*[A-Z]{3}|\s*[€$£¥])$")
_BODY = re.compile(r"[0-9]{1,15}(?:[.,'’ ][0-9]{1,15}){0,6}")
_EXACT = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")
_DAYS = (
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), "%Y-%m-%d"), (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})"), "%d.%m.%Y"),
    (re.compile(r"\b(\d{8})\b"), "%Y%m%d"),
)  # fmt: skip


def exact(text: str | None) -> Decimal | None:
    """A number as programs write it, with a point; None for anything else."""
    plain = (text or "").strip()
    return Decimal(plain) if _EXACT.fullmatch(plain) else None


def amount(cell: Cell, mark: str = "") -> Decimal | None:
    """The amount that a cell says; `mark` is the decimal mark its column shows. None for what cannot be told."""
    if isinstance(cell, Decimal):
        return cell
    text, negative = _signed(cell)
    if not _BODY.fullmatch(text):
        return None
    plain = re.sub(r"['’ ]", "", text) if _well_grouped(text, "'’ ") else ""
    found = _marked(plain, mark) if plain else None
    return -found if found is not None and negative else found


def decimal_mark(cells: Iterable[Cell]) -> str:
    """The decimal mark that a column's texts show beyond doubt; empty when none does, or when they contradict."""
    marks = {mark for cell in cells if isinstance(cell, str) and (mark := _mark_of(_signed(cell)[0]))}
    return marks.pop() if len(marks) == 1 else ""


def day(text: str) -> date | None:
    """The first calendar day in a text: ISO 8601, `22.11.2026` or `20261122`."""
    for pattern, form in _DAYS:
        if found := pattern.search(text[:200]):
            try:
                return datetime.strptime(found.group(), form).date()  # noqa: DTZ007 (a day has no zone)
            except ValueError:
                continue
    return None


def tidy(text: object, longest: int = 200) -> str:
    """A text from a file as it can be kept and shown: no control signs, single blanks, not longer than that."""
    seen = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in str(text)[: longest * 4])
    return " ".join(seen.split())[:longest].rstrip()


def _signed(cell: str) -> tuple[str, bool]:
    text = unicodedata.normalize("NFKC", cell).replace("\N{MINUS SIGN}", "-").strip()
    if len(text) > LONGEST:
        return "", False
    bracketed = text.startswith("(") and text.endswith(")")
    text = _AROUND.sub("", text[1:-1].strip() if bracketed else text).strip()
    negative = text.startswith("-") != text.endswith("-")
    return _AROUND.sub("", text.strip("-").removeprefix("+").strip()).strip(), bracketed or negative


def _marked(text: str, mark: str) -> Decimal | None:
    mark = _mark_of(text) or mark
    other = {".": ",", ",": "."}.get(mark, "")
    if not mark:
        return None if re.search(r"[.,]", text) and not _thousands(text) else Decimal(re.sub(r"[.,]", "", text))
    whole, _, part = text.partition(mark)
    if mark in part or (other and other in part) or not _well_grouped(whole, other):
        return None
    return Decimal(f"{whole.replace(other, '')}.{part or '0'}")


def _mark_of(text: str) -> str:
    """The decimal mark of one figure, where it leaves no doubt: the last of two kinds, or one not before 3 digits."""
    marks = re.findall(r"[.,]", text)
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) != 1:
        return ""
    whole, part = re.split(r"[.,]", text)
    grouped = len(part) == 3 and whole not in ("", "0") and len(re.split(r"['’ ]", whole)[-1]) <= 3
    return "" if grouped else marks[0]


def _thousands(text: str) -> bool:
    """Several marks of one kind part thousands; a single one could be either."""
    return len(re.findall(r"[.,]", text)) > 1 and _well_grouped(text, ".,")


def _well_grouped(text: str, marks: str) -> bool:
    groups = re.split(f"[{re.escape(marks)}]", text) if marks else [text]
    if len(groups) == 1:
        return True
    last = re.split(r"[.,]", groups[-1])[0]
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in [*groups[1:-1], last])
