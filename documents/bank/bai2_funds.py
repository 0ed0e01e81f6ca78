"""Amounts in BAI2 with the days on which they can be used: how many fields follow depends on the funds type."""

import re
from dataclasses import dataclass

from documents.bank.fault import UnreadableStatement

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Summary:
    """A balance or total of an account, in minor units; None where only its name is given."""

    code: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Detail:
    """A record 16; amounts in minor units."""

    code: str
    amount: int
    value_day: str
    bank_reference: str
    customer_reference: str
    text: str


def summaries_of(fields: list[str], line: int) -> list[Summary]:
    """Code, amount, item count and funds, again and again."""
    found, at = [], 0
    while at < len(fields):
        code, amount = fields[at], _get(fields, at + 1)
        _day, after = _funds(fields, at + 3, line)
        if code:
            found.append(Summary(code, _whole(amount, line) if amount else None))
        at = max(after, at + 4)
    return found


def detail_of(body: str, line: int) -> Detail:
    """Raises UnreadableStatement naming the line."""
    fields = [part.strip() for part in body.split(",")]
    code, amount = fields[0], _get(fields, 1)
    if not re.fullmatch("[0-9]{3}", code):
        raise UnreadableStatement("invalid_type", f"{code[:10]!r} is no type of three digits.", line=line, field="16/2")
    value_day, after = _funds(fields, 2, line)
    text = ",".join(body.split(",")[after + 2 :]).strip()
    return Detail(
        code, _whole(amount, line) if amount else 0, value_day, _get(fields, after), _get(fields, after + 1), text
    )


def _funds(fields: list[str], at: int, line: int) -> tuple[str, int]:
    """The value date, where there is one, and the index of the field behind the funds."""
    kind = _get(fields, at).upper()
    if kind == "V":
        return _get(fields, at + 1), at + 3
    if kind == "S":
        return "", at + 4
    if kind == "D":
        days = _get(fields, at + 1)
        if not re.fullmatch("[0-9]{1,2}", days):
            raise UnreadableStatement("invalid_funds", "The number of days is missing.", line=line, field="funds")
        return "", at + 2 + 2 * int(days)
    if kind not in ("", "0", "1", "2", "Z"):
        raise UnreadableStatement("invalid_funds", f"{kind[:10]!r} is no funds type.", line=line, field="funds type")
    return "", at + 1


def _whole(written: str, line: int) -> int:
    if not _WHOLE.fullmatch(written):
        raise UnreadableStatement("invalid_amount", f"{written[:40]!r} is no amount.", line=line, field="amount")
    return int(written)


def _get(fields: list[str], index: int) -> str:
    return fields[index] if 0 <= index < len(fields) else ""
