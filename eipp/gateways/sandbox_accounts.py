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


def _back(number: str, code: str, why: str, *, after: int = SETTLES_AFTER) -> TestAccount:
    """An account whose debits come back before they have settled."""
    return TestAccount(number, f"{code} after {after} bank days: {why}", (Turn(after, "returned", code),))


TEST_ACCOUNTS = (
    TestAccount("000123456789", "settles after 2 bank days", (_SETTLED,)),
    _back("000111111116", "R01", "not enough money"),
    _back("000222222227", "R02", "account closed"),
    _back("000333333335", "R03", "no such account"),
    _back("000444444440", "R29", "debits are blocked"),
    TestAccount("000555555559", "settles, then R01 one bank day later", (_SETTLED, Turn(3, "returned", "R01"))),
    TestAccount("000666666668", "settles, then R10 five bank days later: not authorised",
                (_SETTLED, Turn(7, "returned", "R10"))),
    _back("000777777771", "R04", "the number is not valid"),
    _back("000777777775", "R05", "a consumer's account, not authorised"),
    _back("000777777777", "R07", "authorisation taken back"),
    _back("000777777778", "R08", "payment stopped"),
    _back("000777777779", "R09", "money not available yet"),
    _back("000888888816", "R16", "account frozen"),
    _back("000888888820", "R20", "no debits from this account"),
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


def turns_of(last_digits: str) -> Sequence[Turn]:
    """What a debit of the account with these last four digits becomes; one that nobody knows does not exist."""
    return _TURNS.get(last_digits, _UNKNOWN)
