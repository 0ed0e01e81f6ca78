"""Payment code: the square that a banking app reads, a SEPA credit transfer as EPC069-12 (version 2) asks."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby

import qrcode

from eipp.kernel.money import Money

_MOST = Money(99_999_999_999, "EUR")
_LONGEST_NAME, _LONGEST_TEXT = 70, 140
#: The bytes that versions 1 to 13, the most that EPC069-12 allows, hold at level M (ISO/IEC 18004, table 7).
_CAPACITY = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def epc(*, name: str, iban: str, bic: str = "", amount: Money, text: str) -> str | None:
    """The code as SVG; None where a SEPA transfer does not fit: another currency, no amount, no IBAN,
    or more text than the standard's 331 bytes."""
    number = "".join(iban.split()).upper()
    if amount.currency != "EUR" or not Money(0, "EUR") < amount <= _MOST or not _IBAN.fullmatch(number):
        return None
    lines = (
        "BCD", "002", "1", "SCT", bic, _line(name, _LONGEST_NAME), number, f"EUR{amount.text}", "", "",
        _line(text, _LONGEST_TEXT),
    )  # fmt: skip
    content = "\n".join(lines).encode()
    if len(content) > _CAPACITY[-1]:
        return None
    # Any mask can be read: looking for the prettiest of the eight, and for the size, would cost more than the page.
    version = bisect_left(_CAPACITY, len(content)) + 1
    code = qrcode.QRCode(version=version, error_correction=qrcode.ERROR_CORRECT_M, mask_pattern=4)
    code.add_data(content, optimize=0)
    code.make(fit=False)
    return drawn(code.modules)


def drawn(modules: Sequence[Sequence[bool | None]]) -> str:
    """A code as SVG: one path, a stroke for each run of dark modules."""
    size = len(modules)
    path = "".join(f"M{x} {y}.5h{width}" for x, y, width in _runs(modules))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path stroke="#000" d="{path}"/></svg>'


def _runs(modules: Sequence[Sequence[bool | None]]) -> Iterator[tuple[int, int, int]]:
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                yield x, y, width
            x += width


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
