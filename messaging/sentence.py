"""Sentence: one happening in words, as each side reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same happening as each side reads it."""

    buyer: str
    supplier: str
