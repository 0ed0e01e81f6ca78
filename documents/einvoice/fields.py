"""Picking texts out of an XML tree: small functions on which the readers of UBL and CII are built.

lxml's own `find` spends its time in Python for every step of a path; walking the children by their tag is four times as
fast, and reading an invoice is nothing but such look-ups.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

from lxml import etree

from documents.einvoice.parts import Figure

Element = etree._Element
_SPACE = re.compile(r"[ \t\r\n]+")


def tidy(text: str | None) -> str | None:
    """One line, as XPath's normalize-space makes it; None if nothing is left."""
    return _SPACE.sub(" ", text).strip(" ") or None if text else None


def prose(text: str | None) -> str | None:
    """Several lines, as they were written; None if nothing is left."""
    return text.strip(" \t\r\n") or None if text else None


class Fields:
    """Look-ups below an element by a path of prefixed names; an absent element answers None to everything."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        def tags(path: str) -> tuple[str, ...]:
            steps = (step.split(":") for step in path.split("/"))
            return tuple(f"{{{namespaces[prefix]}}}{name}" for prefix, name in steps)

        self._tags = lru_cache(maxsize=None)(tags)

    def one(self, element: Element | None, path: str) -> Element | None:
        return None if element is None else _first(element, self._tags(path))

    def all(self, element: Element | None, path: str) -> list[Element]:
        found = [] if element is None else [element]
        for tag in self._tags(path):
            found = list(chain.from_iterable(part.iterchildren(tag) for part in found))
        return found

    def text(self, element: Element | None, path: str) -> str | None:
        """The first such element's text on one line, None if absent or empty."""
        found = None if element is None else _first(element, self._tags(path))
        return None if found is None else tidy(found.text)

    def prose(self, element: Element | None, path: str) -> str | None:
        """The first such element's text with its line breaks kept."""
        found = None if element is None else _first(element, self._tags(path))
        return None if found is None else prose(found.text)

    def figure(self, element: Element | None, path: str) -> Figure | None:
        return as_figure(self.one(element, path))

    def attribute(self, element: Element | None, path: str, name: str) -> str | None:
        found = None if element is None else _first(element, self._tags(path))
        return None if found is None else tidy(found.get(name))

    def text_with(self, element: Element | None, path: str, *, scheme: str) -> str | None:
        """The first such element's text whose schemeID is `scheme`."""
        return next((tidy(found.text) for found in self.all(element, path) if found.get("schemeID") == scheme), None)


def as_figure(element: Element | None) -> Figure | None:
    """The element's own text as a number; None if absent or empty."""
    text = None if element is None else tidy(element.text)
    return None if text is None else Figure(text)


def line_number(element: Element) -> int | None:
    """The line of the file on which the element begins."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


def _first(element: Element, tags: tuple[str, ...]) -> Element | None:
    for child in element.iterchildren(tags[0]):
        if len(tags) == 1:
            return child
        if (found := _first(child, tags[1:])) is not None:
            return found
    return None
