"""Balance: the account summary, from kept balances alone, so that it costs the same whatever the number of invoices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Max, Q, Sum, Value, When

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.invoice_list import SOON
from eipp.ledger.payable import Part, Payable, narrowed, of_accounts, type_of_accounts

#: The days past due that each bucket of the ageing ends with; the last has no end.
AGEING = {"1-30": 30, "31-60": 60, "61-90": 90, "90+": None}
BUCKETS = ("not_yet_due", "due_soon", "due_today", *AGEING)


@dataclass(frozen=True, slots=True)
class DueParts:
    """What is open of some due dates, with what of it is held and why; `free` is left to pay, `chased` to ask for;
    `charges` is what of open is late fees."""

    open: Money
    disputed: Money
    pending: Money
    planned: Money
    promised: Money
    announced: Money
    charges: Money
    count: int = 0

    @classmethod
    def none(cls, currency: str) -> "DueParts":
        zero = Money.zero(currency)
        return cls(zero, zero, zero, zero, zero, zero, zero)

    @property
    def free(self) -> Money:
        return self.open - self.disputed - self.pending - self.planned

    @property
    def chased(self) -> Money:
        """What of `free` is neither promised nor announced; the account's own credit is not taken off here."""
        return self.free - self.promised - self.announced

    def __add__(self, other: "DueParts") -> "DueParts":
        return DueParts(
            self.open + other.open,
            self.disputed + other.disputed,
            self.pending + other.pending,
            self.planned + other.planned,
            self.promised + other.promised,
            self.announced + other.announced,
            self.charges + other.charges,
            self.count + other.count,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """One currency on one day.

    `due` is what is due by the day, that is `due_today` and `past_due` (due before it); `due_soon` falls due within
    the next 7 days; `not_yet_due` later. Each has what is disputed, on the way or planned of it set apart.
    """

    payable: Payable
    buckets: dict[str, DueParts] = field(default_factory=dict)
    last_payment: Money | None = None
    last_payment_on: date | None = None

    @property
    def currency(self) -> str:
        return self.payable.currency

    @property
    def open(self) -> Money:
        return self.payable.open

    @property
    def balance(self) -> Money:
        return self.payable.balance

    @property
    def payable_now(self) -> Money:
        """What is due by the day, less what is held and less the accounts' own credit: the pre-filled amount."""
        return self.payable.due_now

    @property
    def not_yet_due(self) -> DueParts:
        return self._of("not_yet_due")

    @property
    def due_soon(self) -> DueParts:
        return self._of("due_soon")

    @property
    def due_today(self) -> DueParts:
        return self._of("due_today")

    @property
    def past_due(self) -> DueParts:
        return self._of(*AGEING)

    @property
    def due(self) -> DueParts:
        return self.due_today + self.past_due

    @property
    def ageing(self) -> dict[str, DueParts]:
        """The buckets of what is past due, by days since the due date."""
        return {name: self._of(name) for name in AGEING}

    def parts(self) -> Sequence[Part]:
        """The terms of `open` by due date; they sum to it."""
        return [
            Part("past due", self.past_due.open, "past_due"),
            Part("due today", self.due_today.open, "due_today"),
            Part("due soon", self.due_soon.open, "due_soon"),
            Part("not yet due", self.not_yet_due.open, "not_yet_due"),
        ]

    def _of(self, *names: str) -> DueParts:
        found = DueParts.none(self.currency)
        for name in names:
            found += self.buckets.get(name, DueParts.none(self.currency))
        return found


def summary(actor: Actor, accounts: type_of_accounts = None, *, on: date, supplier: Any = None) -> list[Summary]:
    """The summary of each currency, over all accounts the actor sees, or these, or those with a supplier: 4 queries."""
    chosen = list(accounts) if accounts is not None else None
    payables = of_accounts(actor, chosen, on=on, supplier=supplier)
    buckets = _buckets(actor, chosen, supplier, on)
    payments = _last_payments(actor, chosen, supplier)
    return [
        Summary(payable, buckets.get(currency, {}), *payments.get(currency, (None, None)))
        for currency, payable in payables.items()
    ]


def _buckets(actor: Actor, accounts: type_of_accounts, supplier: Any, on: date) -> dict[str, dict[str, DueParts]]:
    """By currency and bucket: one query over the due dates on which something is open."""
    columns = ("open", "disputed", "pending", "planned", "promised", "announced", "charges")
    rows = (
        narrowed(DueBalance.objects.visible_to(actor), accounts, supplier)
        .filter(open_minor__gt=0)
        .annotate(bucket=_bucket(on))
        .values("currency", "bucket")
        .annotate(**{f"sum_{column}_minor": Sum(f"{column}_minor") for column in columns}, count=Sum("open_count"))
        .order_by()
    )
    found: dict[str, dict[str, DueParts]] = {}
    for row in rows:
        amounts = {column: Money(int(row[f"sum_{column}_minor"]), row["currency"]) for column in columns}
        parts = DueParts(**amounts, count=row["count"])
        found.setdefault(row["currency"], {})[row["bucket"]] = parts
    return found


def _bucket(on: date) -> Case:
    ages = [When(due_date__gte=on - timedelta(days=days), then=Value(name)) for name, days in AGEING.items() if days]
    return Case(
        When(due_date__gt=on + timedelta(days=SOON), then=Value("not_yet_due")),
        When(due_date__gt=on, then=Value("due_soon")),
        When(due_date=on, then=Value("due_today")),
        *ages,
        default=Value(list(AGEING)[-1]),
        output_field=CharField(),
    )


def _last_payments(
    actor: Actor, accounts: type_of_accounts, supplier: Any
) -> dict[str, tuple[Money | None, date | None]]:
    """By currency, the latest payment of any of the accounts."""
    kept = narrowed(AccountBalance.objects.visible_to(actor), accounts, supplier)
    latest = kept.values("currency").annotate(day=Max("last_payment_on")).values_list("currency", "day").order_by()
    days = Q(pk__in=[])
    for currency, day in latest:
        days |= Q(currency=currency, last_payment_on=day)
    return {row.currency: (row.last_payment, row.last_payment_on) for row in kept.filter(days).order_by("-id")}
