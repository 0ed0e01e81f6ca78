"""Columns: which of a table's columns means what, told by the words in its head, in whatever language or order."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from documents.rows import Row

#: What a column means -> the words by which heads name it.
Words = Mapping[str, Sequence[str]]
_FIRST_ROWS = 40
_TOTALS = frozenset(
    ["grand total", *"total totals sum summe gesamt gesamtsumme zwischensumme totaal totale subtotal".split()]
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the head stands among the rows, and the column of each meaning."""

    index: int
    columns: Mapping[str, int]

    def get(self, meaning: str) -> int | None:
        return self.columns.get(meaning)


def find_head(rows: Sequence[Row], words: Words, *, needed: Collection[str]) -> Head | None:
    """The first row that names all the columns that are needed (each a meaning, or several parted by `|`)."""
    for index, row in enumerate(rows[:_FIRST_ROWS]):
        columns = _columns(row, words)
        if all(any(one in columns for one in meaning.split("|")) for meaning in needed):
            return Head(index, columns)
    return None


def folded(text: str) -> str:
    """Words as heads are compared: small letters without marks, single blanks between them."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", plain))


def meaning_of(text: str, words: Words) -> str:
    """The meaning that a head's text has: named exactly, else by the longest name that it contains; empty for none."""
    plain = folded(text[:80])
    found = [
        (name == plain, len(name), meaning)
        for meaning, names in words.items()
        for name in map(folded, names)
        if plain and f" {name} " in f" {plain} "
    ]
    return max(found, key=lambda each: each[:2])[2] if found else ""


def is_total(row: Row) -> bool:
    """Whether the row adds up those above it: one of its cells says so, and nothing else."""
    return any(isinstance(cell, str) and folded(cell[:40]) in _TOTALS for cell in row.cells)


def _columns(row: Row, words: Words) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        meaning = meaning_of(cell, words) if isinstance(cell, str) else ""
        if meaning and meaning not in columns:
            columns[meaning] = index
    return columns
