"""A paper before it is set: what stands on it, as texts that are ready to be read, part by part.

An invoice, a statement, a receipt or a report fills it; `documents.pdf.of(paper)` sets it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

type_of_pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head. end: figures, aligned at the right; wide: takes the room that is left; lead: under its text
    stands the row's detail."""

    label: str
    end: bool = False
    wide: bool = False
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: one text a column. running: the sum so far, which is carried over where the page ends."""

    cells: Sequence[str]
    detail: str = ""
    running: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum under a table; a total has a line above."""

    label: str
    value: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title, what is said before and after it, and its sums. carried, brought: the words of the sum
    that is carried over a page's end; only a table whose rows have a running sum shows them."""

    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    title: str = ""
    before: Sequence[str] = ()
    sums: Sequence[Sum] = ()
    after: Sequence[str] = ()
    carried: str = ""
    brought: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the paper with its address and its marks ("VAT DE123456789"), line by line."""

    role: str
    name: str
    lines: Sequence[str] = ()
    marks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class HowToPay:
    """Where the money goes; code: an SVG picture that banking apps read."""

    title: str
    facts: type_of_pairs
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SwissSlip:
    """The payment part of a QR-bill with its receipt, at the foot of the last page; addresses line by line, the payee's
    after the account. amount, payer: empty where the payer writes them in; code: the SVG of the square."""

    words: Mapping[str, str]
    payee: Sequence[str]
    reference: str
    text: str
    payer: Sequence[str]
    currency: str
    amount: str
    code: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. date: its day, which is the PDF's date too, so that the same facts give the same bytes; brand:
    `#rrggbb`; foot: the line at the foot of each page; page: the words for `{n}` of `{of}`."""

    kind: str
    number: str
    issuer: str
    date: date
    sections: Sequence[Section]
    parties: Sequence[Party] = ()
    facts: type_of_pairs = ()
    payment: HowToPay | None = None
    slip: SwissSlip | None = None
    notes: Sequence[str] = ()
    brand: str = "#4a52d1"
    foot: str = ""
    page: str = "Page {n} of {of}"
    lang: str = "en"
