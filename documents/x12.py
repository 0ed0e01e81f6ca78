"""X12: an interchange parted into its transaction sets, with the separators that its first segment declares."""

from collections.abc import Iterator
from dataclasses import dataclass

from documents.figures import tidy
from eipp.kernel.refusal import Refusal

MOST_SEGMENTS = 100_000


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `RMR*AP*4711*PO*11.11`; element 1 is the first one behind the name."""

    name: str
    elements: tuple[str, ...]

    def get(self, position: int) -> str:
        return self.elements[position - 1].strip() if position <= len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """The segments from ST to SE. `faults`: what its own counters say that is not so."""

    code: str
    segments: tuple[Segment, ...]
    faults: tuple[str, ...]


def transaction_sets(text: str) -> list[TransactionSet]:
    """All sets of the interchange. Refusal 422 where it is none, is cut off or has more than 100,000 segments."""
    found: list[TransactionSet] = []
    current: list[Segment] = []
    for segment in _segments(text):
        if segment.name == "ST":
            current = [segment]
        elif current:
            current.append(segment)
            if segment.name == "SE":
                found.append(_closed(current))
                current = []
    if current or not found:
        raise Refusal("x12_cut_off", "The X12 file ends before its last set does; send it again, whole.", status=422)
    return found


def _segments(text: str) -> Iterator[Segment]:
    element, terminator = _separators(text)
    parts = text.split(terminator)
    if len(parts) > MOST_SEGMENTS:
        raise Refusal("too_many_segments", "The X12 file has more than 100,000 segments; send it in parts.", status=422)
    for part in parts:
        name, *elements = part.strip().split(element)
        if name:
            yield Segment(tidy(name, 3).upper(), tuple(tidy(each) for each in elements))


def _separators(text: str) -> tuple[str, str]:
    """ISA has 16 elements; the last is one sign long, and the sign behind it ends the segment."""
    element = text[3:4]
    position = 3
    for _ in range(15):
        position = text.find(element, position + 1, 200) if element else -1
        if position < 0:
            raise Refusal("x12_broken_head", "The file begins like X12, but its ISA segment is not whole.", status=422)
    terminator = text[position + 2 : position + 3]
    if not element.strip() or element.isalnum() or not terminator or terminator.isalnum():
        raise Refusal("x12_broken_head", "The ISA segment does not say what parts elements and segments.", status=422)
    return element, terminator


def _closed(segments: list[Segment]) -> TransactionSet:
    head, foot = segments[0], segments[-1]
    faults = []
    if foot.get(1) != str(len(segments)):
        faults.append(f"The set says that it has {foot.get(1) or 'no'} segments, but it has {len(segments)}.")
    if foot.get(2) != head.get(2):
        faults.append(f"The set begins as number {head.get(2)} and ends as number {foot.get(2)}.")
    return TransactionSet(head.get(1), tuple(segments), tuple(faults))
