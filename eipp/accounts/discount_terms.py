"""Discount terms as the trade writes them: `2% 10, 1% 20` is 2 percent within 10 days, 1 percent within 20."""

import re
from decimal import Decimal

from eipp.kernel.refusal import Refusal

MOST = 5
_STEP = re.compile(r"\s*([0-9]{1,2}(?:\.[0-9]{1,4})?)\s*%\s*([0-9]{1,3})\s*")


def discount_steps(text: str) -> list[tuple[Decimal, int]]:
    """(percent, days) of each step, the earliest first. Raises Refusal (422, `discount_terms_unclear`)."""
    found: dict[int, Decimal] = {}
    for part in filter(str.strip, re.split(r"[,;/]", text)):
        match = _STEP.fullmatch(part)
        if match is None or not Decimal(match[1]):
            raise _unclear(text)
        found[int(match[2])] = Decimal(match[1])
    steps = [(found[days], days) for days in sorted(found)]
    if len(steps) > MOST or [step[0] for step in steps] != sorted({step[0] for step in steps}, reverse=True):
        raise _unclear(text)
    return steps


def written(steps: list[tuple[Decimal, int]]) -> str:
    """The steps as they are written."""
    return ", ".join(f"{percent.normalize():f}% {days}" for percent, days in steps)


def _unclear(text: str) -> Refusal:
    sentence = (
        f"{text[:60]!r} are not discount terms: write such as '2% 10, 1% 20', at most {MOST} steps, each later one "
        "smaller than the one before."
    )
    return Refusal("discount_terms_unclear", sentence, status=422, field="discount_terms")
