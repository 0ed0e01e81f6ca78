"""What components are filled with: small facts without behaviour, made by a page and shown by a tag of `ui`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from eipp.kernel.money import Money

Meaning = Literal["good", "bad", "waiting", "quiet"]
Tone = Literal["later", "soon", "late-1", "late-2", "late-3", "late-4", "disputed", "promised", "moving"]


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a balance, with the list it opens. Tones: later (not yet due), soon, late-1 to late-4 (1-30, 31-60,
    61-90, over 90 days past due); set apart: disputed, promised, moving (on the way)."""

    label: str
    amount: Money
    tone: Tone
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an approval: `label` ("Approval 1 of 2"), who is asked or decided, when, and in which meaning."""

    label: str
    meaning: Meaning
    word: str
    who: str = ""
    when: datetime | date | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; `size` is in words ("240 KB"). Without an address it waits for its check or was refused: size says so."""

    name: str
    url: str
    size: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a timeline. `kind` event: something happened; message: something was said; note: said among colleagues
    only. `mine` sets what one's own side said apart. `icon` and `meaning` belong to events."""

    kind: Literal["event", "message", "note"]
    text: str
    when: datetime
    who: str = ""
    organisation: str = ""
    mine: bool = False
    icon: str = "dot"
    meaning: Meaning = "quiet"
    url: str = ""
    attachments: tuple[Attachment, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Something one can do now. With `url` alone it is a link to where it is done; with `post` it is done at once by a
    form that posts `move=name`; with `opens` it opens the dialog of that id, where amount and payee are confirmed."""

    label: str
    url: str = ""
    name: str = ""
    post: bool = False
    opens: str = ""
    icon: str = ""
    danger: bool = False
    refused_because: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A row behind the bell."""

    text: str
    url: str
    when: datetime
    unread: bool = False
