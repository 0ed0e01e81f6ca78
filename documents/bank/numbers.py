"""Amounts and dates as a whole file writes them: one file has one decimal sign and one order of day and month."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from documents.bank.fault import UnreadableStatement

WHOLE = "whole"  # in place of a decimal sign: the currency has no decimals, so every sign parts thousands
_SHAPES = {
    ",": re.compile(r"(\d+|\d{1,3}(\.\d{3})+)(,\d{0,4})?|,\d{1,4}", re.ASCII),
    ".": re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d{0,4})?|\.\d{1,4}", re.ASCII),
    WHOLE: re.compile(r"\d+|\d{1,3}([.,]\d{3})+", re.ASCII),
    "": re.compile(r"\d+", re.ASCII),
}
_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})([T ].*)?|(\d{4})/(\d{2})/(\d{2})", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)


def decimal_sign(amounts: Iterable[str]) -> str:
    """The sign before the decimals: `,` or `.`; empty where no amount tells (`1.234` may be either)."""
    for written in amounts:
        signs = [sign for sign in written if sign in ".,"]
        if len(set(signs)) == 2:
            return signs[-1]
        if len(signs) > 1:
            return "." if signs[0] == "," else ","
        if len(signs) == 1 and not re.search(r"[.,]\d{3}\D*$", written):
            return signs[0]
    return ""


def figure(written: str, sign: str, line: int, field: str) -> Decimal:
    """An exact amount with its sign: `-1.234,56`, `1,234.56-`, `(12.00)`, `1'234.56`."""
    text = re.sub(r"(?i)^(eur|usd|gbp|chf|€|\$|£)\s*|\s*(eur|usd|gbp|chf|€|\$|£)$", "", written.strip())
    minus = text.startswith(("-", "\u2212", "(")) or text.endswith(("-", "\u2212"))
    bare = re.sub(r"[' \u00a0\u202f]", "", text.strip("+-\u2212() \u00a0\u202f"))
    if not sign and re.search(r"[.,]", bare):
        raise UnreadableStatement(
            "ambiguous_amount", f"{written[:40]!r} can be read in two ways: write amounts with two decimals.",
            line=line, field=field,
        )  # fmt: skip
    shape = _SHAPES[sign]
    if not shape.fullmatch(bare) or len(bare) > 24:
        raise UnreadableStatement("invalid_amount", f"{written[:40]!r} is no amount.", line=line, field=field)
    plain = bare.replace("." if sign == "," else ",", "") if sign != WHOLE else re.sub("[.,]", "", bare)
    value = Decimal(plain.replace(",", "."))
    return -value if minus else value


def day_first(days: Iterable[str]) -> bool | None:
    """Whether the day stands before the month; None where no date tells."""
    for written in days:
        if short := _SHORT.fullmatch(written.strip()):
            if short[2] == "." or int(short[1]) > 12:
                return True
            if int(short[3]) > 12:
                return False
    return None


def day(written: str, first: bool | None, line: int, field: str) -> str:
    """An ISO date of `2026-04-03`, `03.04.2026`, `3/4/26`."""
    text = written.strip()
    if iso := _ISO.fullmatch(text):
        year, month, days = (int(iso[at] or iso[at + 4]) for at in (1, 2, 3))
        return _iso(year, month, days, written, line, field)
    short = _SHORT.fullmatch(text)
    if not short:
        raise UnreadableStatement("invalid_date", f"{written[:20]!r} is no date.", line=line, field=field)
    if first is None and short[1] != short[3]:
        raise UnreadableStatement(
            "ambiguous_date", f"{written[:20]!r} can be read in two ways: write dates as 2026-12-31.", line=line,
            field=field,
        )  # fmt: skip
    one, other, year = int(short[1]), int(short[3]), int(short[4])
    days, month = (one, other) if first is not False else (other, one)
    return _iso(year if year > 99 else 2000 + year, month, days, written, line, field)


def _iso(year: int, month: int, days: int, written: str, line: int, field: str) -> str:
    try:
        return date(year, month, days).isoformat()
    except ValueError:
        raise UnreadableStatement("invalid_date", f"{written[:20]!r} is no date.", line=line, field=field) from None
