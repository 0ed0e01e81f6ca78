"""The sandbox provider's test accounts for bank debits: what becomes of a debit of each, and on which bank day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

SETTLES_AFTER = 2  # banking days


@dataclass(frozen=True, slots=True)
class Turn:
    """What a debit becomes at the start (UTC) of the banking day that is so many after its own."""

    days: int
    status: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class TestAccount:
    """number: as it is typed; outcome: in words for the provider's page."""

    number: str
    outcome: str
    turns: Sequence[Turn]


_SETTLED = Turn(SETTLES_AFTER, "succeeded")
TEST_ACCOUNTS = (
    TestAccount("000123456789", "settles after 2 bank days", (_SETTLED,)),
    TestAccount("000111111116", "R01 after 2 bank days: not enough money", (Turn(2, "returned", "R01"),)),
    TestAccount("000222222227", "R02 after 2 bank days: account closed", (Turn(2, "returned", "R02"),)),
    TestAccount("000333333335", "R03 after 2 bank days: no such account", (Turn(2, "returned", "R03"),)),
    TestAccount("000444444440", "R29 after 2 bank days: debits are blocked", (Turn(2, "returned", "R29"),)),
    TestAccount("000555555559", "settles, then R01 one bank day later", (_SETTLED, Turn(3, "returned", "R01"))),
    TestAccount("000666666668", "settles, then R10 five bank days later: not authorised",
                (_SETTLED, Turn(7, "returned", "R10"))),
)  # fmt: skip
_TURNS: Mapping[str, Sequence[Turn]] = {account.number[-4:]: account.turns for account in TEST_ACCOUNTS}
_UNKNOWN = (Turn(2, "returned", "R03"),)


def bank_day(since: datetime, days: int) -> datetime:
    """The start of the banking day so many after `since`: Monday to Friday, in UTC; the provider knows no holidays."""
    day = since.astimezone(UTC).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return datetime.combine(day, time(), tzinfo=UTC)


def standing(last_digits: str, since: datetime, now: datetime) -> tuple[Turn | None, datetime | None]:
    """What a debit entered at `since` has become by now (None: still on its way), and when it turns again, if ever."""
    turns = _TURNS.get(last_digits, _UNKNOWN)
    past = [turn for turn in turns if bank_day(since, turn.days) <= now]
    ahead = [bank_day(since, turn.days) for turn in turns if bank_day(since, turn.days) > now]
    return past[-1] if past else None, min(ahead, default=None)
