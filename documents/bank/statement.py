"""The neutral form of a bank statement, whichever notation it came in. Amounts are exact; plus is money in."""

from datetime import date
from decimal import Decimal

import msgspec

BOOKED = "BOOK"
NOT_GIVEN = frozenset({"", "NOTPROVIDED", "NONREF", "NONE"})


class BankTransaction(msgspec.Struct, frozen=True):
    """One payment within an entry; a batch entry has several. `amount` carries no sign of its own (None: not said)."""

    amount: Decimal | None = None
    currency: str | None = None
    end_to_end: str | None = None
    bank_id: str | None = None
    references: tuple[str, ...] = ()
    unstructured: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    debtor: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    return_reason: str | None = None


class BankEntry(msgspec.Struct, frozen=True):
    """One movement on the account. reversal: as written, None where nothing is said; code: the bank's own type."""

    amount: Decimal
    currency: str | None
    booked: str | None = None
    value: str | None = None
    status: str = BOOKED
    reversal: str | None = None
    bank_id: str | None = None
    text: str | None = None
    code: str | None = None
    line: int | None = None
    transactions: tuple[BankTransaction, ...] = ()

    @property
    def booked_on(self) -> date | None:
        return day_of(self.booked)

    @property
    def value_on(self) -> date | None:
        return day_of(self.value)

    @property
    def is_booked(self) -> bool:
        return self.status == BOOKED

    @property
    def is_reversal(self) -> bool:
        return self.reversal in ("true", "1")


class BankStatement(msgspec.Struct, frozen=True):
    """What a bank says about one account over one time.

    message: the notation (`camt.053.001.08`, `bai2`, `mt940`, `csv`); balances: signed, by ISO code (OPBD, CLBD,
    ...); warnings: where the bank's own control figures do not fit what the file holds.
    """

    message: str
    id: str | None = None
    account: str | None = None
    currency: str | None = None
    sequence: str | None = None
    starts: str | None = None
    ends: str | None = None
    balances: dict[str, Decimal] = {}
    entries: tuple[BankEntry, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: dict[str, str] = {}

    @property
    def opening(self) -> Decimal | None:
        return self.balances.get("OPBD", self.balances.get("PRCD"))

    @property
    def closing(self) -> Decimal | None:
        return self.balances.get("CLBD")

    @property
    def booked(self) -> tuple[BankEntry, ...]:
        """The entries that count: pending and informative ones are not money yet."""
        return tuple(entry for entry in self.entries if entry.is_booked)

    @property
    def movement(self) -> Decimal:
        return sum((entry.amount for entry in self.booked), Decimal(0))

    @property
    def missing(self) -> Decimal | None:
        """Closing less opening less entries: zero where it adds up, None where a balance is not said."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.movement

    @property
    def starts_on(self) -> date | None:
        return day_of(self.starts) or min((day for e in self.entries if (day := e.booked_on)), default=None)

    @property
    def ends_on(self) -> date | None:
        return day_of(self.ends) or max((day for e in self.entries if (day := e.booked_on)), default=None)


def day_of(text: str | None) -> date | None:
    """The calendar day of an ISO date or moment; None where there is none."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def said(text: str | None) -> str:
    """An id that says something: banks write NOTPROVIDED where there is none."""
    text = (text or "").strip()
    return "" if text.upper() in NOT_GIVEN else text
