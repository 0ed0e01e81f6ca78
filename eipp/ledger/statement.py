"""Statement of account: what was owed at the end of any day, and how it came to that over any period.

All is reckoned by posting dates, as known on any day (the last by default): what was written later, though it counts
earlier, is left out, so a statement asked for again gives the same figures to the cent. It is reckoned back from the
kept balances by what was posted since, so that it costs by its own rows and what came after, and not by the account's
whole history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger import statement_figures as figures
from eipp.ledger.statement_items import Item, open_items
from eipp.ledger.statement_knowledge import Knowledge
from eipp.ledger.statement_movements import Movement, movements

OPEN_ITEM, BALANCE_FORWARD = "open_item", "balance_forward"
KINDS = (OPEN_ITEM, BALANCE_FORWARD)
EARLIEST = date(1900, 1, 1)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Section:
    """One currency. opening and closing: what was owed before the first and after the last day, credit taken off.

    Balance-forward: opening + movements = closing. Open-item: the items' open amounts sum to closing, and `past_due`
    is what of the open invoices was due before the last day, by their due dates as they stand now.
    """

    currency: str
    opening: Money
    closing: Money
    movements: Sequence[Movement] = ()
    items: Sequence[Item] = ()

    @property
    def charged(self) -> Money:
        return total((row.amount for row in self.movements if row.amount.minor > 0), self.currency)

    @property
    def credited(self) -> Money:
        return total((row.amount for row in self.movements if row.amount.minor < 0), self.currency)

    @property
    def past_due(self) -> Money:
        return total((item.open for item in self.items if item.is_past_due), self.currency)


@dataclass(frozen=True, slots=True)
class Statement:
    """One account, one section per currency; `first` is None for open items, which are of one day. known: the day at
    whose end the ledger knew this, None for all that it knows."""

    account: CustomerAccount
    kind: str
    first: date | None
    last: date
    sections: Sequence[Section]
    known: date | None = None

    @property
    def count(self) -> int:
        """How many rows it has in all."""
        return sum(len(section.movements) + len(section.items) for section in self.sections)


def statement(
    actor: Actor,
    account: CustomerAccount,
    *,
    kind: str = OPEN_ITEM,
    last: date | None = None,
    first: date | None = None,
    known: date | None = None,
) -> Statement:
    """The statement of an account that the actor sees: open items at the end of `last`, or what moved from `first` to
    `last` (the supplier's days; today, and the begin of its month, when None), as the ledger knew it at the end of the
    day `known`, or knows it. A constant number of queries.

    Raises Refusal (422): `unknown_kind`, `future_day`, `period_backwards`, `too_early`.
    """
    today = clock.today(account.supplier.time_zone)
    last = last or today
    first = (first or last.replace(day=1)) if kind == BALANCE_FORWARD else None
    _refuse_unfit(kind, first, last, today)
    if known and not EARLIEST <= known <= today:
        raise Refusal("future_day" if known > today else "too_early",
                      f"What was known can be had up to today, {today}.", status=422, field="known")  # fmt: skip
    known = known if known != today else None
    return stated(actor, account, kind, first, last, Knowledge.of_day(known, zone=account.supplier.time_zone), known)


def stated(
    actor: Actor, account: CustomerAccount, kind: str, first: date | None, last: date, knowledge: Knowledge,
    known: date | None = None,
) -> Statement:  # fmt: skip
    """The same, with the knowledge of any instant, of a span that is known to fit."""
    for _ in range(_TRIES):
        sections = _sections(actor, account, first, last, knowledge)
        if sections is not None:
            return Statement(account, kind, first, last, sections, known)
    raise Refusal("changed_meanwhile", "The account is being posted to just now. Try again.", retry_after=1)


def _refuse_unfit(kind: str, first: date | None, last: date, today: date) -> None:
    if kind not in KINDS:
        raise Refusal("unknown_kind", f"A statement is one of: {', '.join(KINDS)}.", status=422, field="kind")
    if last > today:
        raise Refusal(
            "future_day", f"{last} has not come yet: a statement can be had up to today, {today}.", status=422,
            field="to" if first else "on",
        )  # fmt: skip
    if first and first > last:
        raise Refusal("period_backwards", f"The period ends on {last}, before it begins on {first}.", status=422,
                      field="from")  # fmt: skip
    if (first or last) < EARLIEST:
        raise Refusal("too_early", f"A statement begins on {EARLIEST} at the earliest.", status=422,
                      field="from" if first else "on")  # fmt: skip


def _sections(
    actor: Actor, account: CustomerAccount, first: date | None, last: date, known: Knowledge
) -> list[Section] | None:
    """None where the rows do not add up to the balances, since something was posted between two readings."""
    sums = figures.balances(actor, account, first=first or last, last=last, known=known)
    within: dict[str, Any] = {"known": known, "currencies": list(sums)}
    moved = _by_currency(movements(actor, account, first=first, last=last, **within)) if first else {}
    items = {} if first else _by_currency(open_items(actor, account, on=last, **within))
    sections = []
    for currency in sorted({*sums, *moved, *items}, key=lambda code: (code != account.currency, code)):
        of = sums.get(currency) or figures.Balances(Money.zero(currency), Money.zero(currency))
        section = Section(currency, of.opening, of.closing, moved.get(currency, ()), items.get(currency, ()))
        if not _adds_up(section, by_items=first is None):
            return None
        if section.opening or section.closing or section.movements or section.items:
            sections.append(section)
    zero = Money.zero(account.currency)
    return sections or [Section(account.currency, zero, zero)]


def _adds_up(section: Section, *, by_items: bool) -> bool:
    if by_items:
        return total((item.open for item in section.items), section.currency) == section.closing
    return section.opening + total((row.amount for row in section.movements), section.currency) == section.closing


def _by_currency(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.currency, []).append(row)
    return found
