"""An invoice or credit note as a paper on the screen (ui/paper.html), filled by a page from the ledger's document."""

from dataclasses import dataclass
from datetime import date, datetime

from eipp.kernel.money import Money
from eipp.web.pieces import Attachment, Meaning, Move

Value = str | int | Money | date | datetime | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and what it is worth. `total` draws a line above; `url` opens the rows of a sum."""

    label: str
    value: Value
    url: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the document with its address and its identifiers ("VAT DE123456789"), line by line."""

    role: str
    name: str
    address: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineNote:
    """What was said or disputed about a line: "3 of 10 disputed"."""

    word: str
    meaning: Meaning
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document; texts are ready to be read. `moves` are what can be done with this line alone."""

    key: str
    number: str
    what: str
    quantity: str
    price: str
    tax: str
    amount: Money
    detail: str = ""
    notes: tuple[LineNote, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which lines of a very long document are shown: "Lines 201 to 400 of 5,000"; and where the others are."""

    shown: str
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """`issuer` stands in the head; `sums` end with the total; amounts of lines are in the currency of the sums."""

    kind: str
    number: str
    issuer: str
    currency: str
    parties: tuple[Party, ...]
    facts: tuple[Fact, ...]
    lines: tuple[Line, ...]
    sums: tuple[Fact, ...]
    note: str = ""
    files: tuple[Attachment, ...] = ()
    stretch: Stretch | None = None
