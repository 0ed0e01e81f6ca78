"""What we check ourselves, at once: the sums (BR-CO-10 to 17), decimals (BR-DEC), amounts, currency and dates."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from documents.einvoice import decimals, sums
from documents.einvoice.document import Document
from documents.einvoice.fault import Fault, few
from documents.einvoice.places import Places, path
from eipp.kernel.money import CURRENCIES


def check(document: Document, places: Places, *, extended: bool = False) -> list[Fault]:
    """The faults our own code finds. `extended`: by the sums of CII's extended profiles, which count freight charges
    and leave out lines that only group others."""
    return few(
        chain(
            _currencies(document, places),
            _dates(document, places),
            decimals.check(document, places),
            sums.check(document, places, extended=extended),
        )
    )


def _currencies(document: Document, places: Places) -> Iterator[Fault]:
    for term, rule, code in (
        ("currency", "BR-CL-04", document.currency),
        ("tax_currency", "BR-CL-05", document.tax_currency),
    ):
        if code and code not in CURRENCIES:
            yield Fault(rule, f"{code[:20]!r} is not a currency code of ISO 4217.", path(places, term))


def _dates(document: Document, places: Places) -> Iterator[Fault]:
    days: dict[str, date] = {}
    for term, text in (("issue_date", document.issue_date), ("due_date", document.due_date)):
        if text is None:
            continue
        try:
            days[term] = date.fromisoformat(text[:10])
        except ValueError:
            yield Fault("EIPP-DATE", f"{text[:40]!r} is not a date.", path(places, term))
    if len(days) == 2 and days["due_date"] < days["issue_date"]:
        sentence = f"The due date {days['due_date']} is before the issue date {days['issue_date']}."
        yield Fault("EIPP-DUE-DATE", sentence, path(places, "due_date"))
