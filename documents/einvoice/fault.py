"""What is wrong with a document: a `Fault` in an invoice that can be read, `Unreadable` for what cannot."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from eipp.kernel.refusal import Refusal


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One broken rule: its id (EN 16931's where there is one, `EIPP-...` for ours), a sentence, where it stands.

    `blocks` is False where the fault is worth telling but no reason to hold the invoice back: a rule of EN 16931 that
    the document's own Factur-X profile leaves to the page the invoice is printed on.
    """

    rule: str
    message: str
    path: str = ""
    line: int | None = None
    blocks: bool = True


def few(faults: Iterable[Fault], *, most: int = 20) -> list[Fault]:
    """At most so many faults of each rule: a file with 10,000 wrong lines is told so twenty times."""
    seen: Counter[str] = Counter()
    kept = []
    for fault in faults:
        seen[fault.rule] += 1
        if seen[fault.rule] <= most:
            kept.append(fault)
    return kept


class Unreadable(Refusal):
    """Bytes that are no readable invoice, or hostile ones. `line` says where, if that is known."""

    def __init__(self, code: str, sentence: str, *, status: int = 422, line: int | None = None) -> None:
        super().__init__(code, f"{sentence} (line {line})" if line else sentence, status=status)
        self.line = line
