"""What a balance is made of: one bar drawn on the server, with labels at its parts and the same figures as a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from eipp.web.pieces import Part
from eipp.web.tags.values import money_text

GAP = Decimal("0.4")
THINNEST = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class Segment:
    """A drawn part: where it begins and how wide it is, in percent of the bar."""

    part: Part
    start: Decimal
    width: Decimal


def composition(
    parts: Sequence[Part], *, apart: Sequence[Part] = (), title: str = "", id: str = "made-of"
) -> dict[str, object]:
    """The parts of one currency's balance, in order; `apart` (disputed, promised, on the way) follows on the same bar,
    drawn thinner. Parts of nothing are left out."""
    shown, aside = _present(parts), _present(apart)
    drawn = list(_segments([*shown, *aside], _sum(shown) + _sum(aside)))
    return {
        "title": title or gettext("What it is made of"),
        "id": id,
        "segments": drawn[: len(shown)],
        "aside": drawn[len(shown) :],
        "description": "; ".join(f"{part.label} {money_text(part.amount)}" for part in (*shown, *aside)),
    }


def _present(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.amount.minor > 0]


def _sum(parts: Iterable[Part]) -> int:
    return sum(part.amount.minor for part in parts)


def _segments(parts: Iterable[Part], whole: int) -> Iterable[Segment]:
    start = Decimal(0)
    for part in parts:
        share = Decimal(part.amount.minor) * 100 / whole
        ends = start + share
        gap = GAP if ends < 100 else Decimal(0)
        yield Segment(part=part, start=_percent(start), width=_percent(max(share - gap, THINNEST)))
        start = ends


def _percent(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.01"))
