"""Reading an element's parts by their local names, whatever version of the namespace the file is of."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from documents import figures


def every(element: Any, path: str) -> Iterator[Any]:
    """The elements at `A/B`, in the order of the file."""
    yield from element.iterfind("/".join(f"{{*}}{step}" for step in path.split("/")))


def text(element: Any, *paths: str, longest: int = 140) -> str:
    """The first text at one of the paths that says something."""
    for path in paths:
        for found in every(element, path):
            if said := figures.tidy(found.text or "", longest):
                return said
    return ""


def amount(element: Any, path: str) -> tuple[Decimal | None, str]:
    """The figure at the path and its currency (`Ccy` or `currencyID`)."""
    for found in every(element, path):
        currency = found.get("Ccy") or found.get("currencyID") or ""
        return figures.exact(found.text), figures.tidy(currency, 3).upper()
    return None, ""


def day(element: Any, *paths: str) -> date | None:
    return figures.day(text(element, *paths))
