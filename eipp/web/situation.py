"""How things stand with one document (ui/situation.html): whom it waits for, what is open, what one can do."""

from dataclasses import dataclass

from eipp.kernel.money import Money
from eipp.web.paper import Fact
from eipp.web.pieces import Meaning, Move, Step


@dataclass(frozen=True, slots=True)
class Related:
    """A dispute or payment of the document: a title that opens it, its state, its amount."""

    title: str
    word: str
    meaning: Meaning
    amount: Money | None = None
    url: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """`headline` is one sentence ("Waiting for Acme"), `since` says since when; the likeliest of `moves` is first;
    `figure_url` opens what the figure is made of."""

    headline: str
    meaning: Meaning
    figure_label: str
    figure: Money
    figure_url: str = ""
    facts: tuple[Fact, ...] = ()
    since: str = ""
    moves: tuple[Move, ...] = ()
    steps: tuple[Step, ...] = ()
    disputes: tuple[Related, ...] = ()
    payments: tuple[Related, ...] = ()
    credit_notes: tuple[Related, ...] = ()
    charges: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the reader, with the one button that answers it."""

    text: str
    url: str
    icon: str
    beside: str = ""
    amount: Money | None = None
    button: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row of the desk's queue."""

    key: str
    url: str
    who: str
    what: str
    amount: Money | None
    word: str
    meaning: Meaning
    since: str = ""
    current: bool = False
