"""Looking up elements by their local names, since each version of a message has a namespace of its own."""

from collections.abc import Iterator

from documents.einvoice.fields import Element, tidy


def all_of(element: Element | None, path: str) -> Iterator[Element]:
    """The elements at a path of local names, in the order of the document."""
    if element is None:
        return
    step, _, rest = path.partition("/")
    for child in element.iterchildren(f"{{*}}{step}"):
        if rest:
            yield from all_of(child, rest)
        else:
            yield child


def one(element: Element | None, *paths: str) -> Element | None:
    """The first element at the first of these paths that leads to one."""
    return next((found for path in paths for found in all_of(element, path)), None)


def text(element: Element | None, *paths: str) -> str | None:
    """Its text on one line; None if absent or empty."""
    for path in paths:
        for found in all_of(element, path):
            if written := tidy(found.text):
                return written
    return None


def texts(element: Element | None, path: str) -> tuple[str, ...]:
    return tuple(written for found in all_of(element, path) if (written := tidy(found.text)))
