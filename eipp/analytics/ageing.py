"""Ageing: what each customer owes by how long it is past due on any day, to the cent as the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from eipp.accounts.models import CustomerAccount
from eipp.analytics.receivable import RECEIVABLE, effect, open_documents, posted_after, receivable_by
from eipp.analytics.several_dues import Span, open_within
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.invoice_list import AGES
from eipp.ledger.journal import LedgerAccount
from eipp.ledger.models import AccountBalance, Invoice

#: The buckets in their order: not yet due (or due on the day itself), then by days past due.
BUCKETS = ("not_due", *AGES)
#: What is not used yet -> the documents that it is left of.
UNUSED = {"credit": "credit_note", "unapplied": "cash_receipt"}


@dataclass(frozen=True, slots=True)
class Aged:
    """One customer account in one currency: open invoices by bucket; credit and cash that are not used yet, apart;
    charges: what of the open invoices is late fees."""

    account_id: UUID
    number: str
    name: str
    currency: str
    buckets: dict[str, Money]
    credit: Money
    unapplied: Money
    charges: Money

    @property
    def open(self) -> Money:
        """All open invoices."""
        return sum(self.buckets.values(), Money.zero(self.currency))

    @property
    def past_due(self) -> Money:
        return self.open - self.buckets["not_due"]

    @property
    def balance(self) -> Money:
        """What is owed once credit and cash are used."""
        return self.open - self.credit - self.unapplied


def ageing(actor: Actor, *, on: date, narrow: Q | None = None) -> list[Aged]:
    """By currency and customer, the largest amount past due first: six queries, whatever the number of invoices.

    narrow: a condition on `account` and `currency`.
    """
    spans = {name: span(name, on) for name in BUCKETS}
    open_then = receivable_by(actor, on, spans, "account_id", "currency", narrow=narrow)
    unused = _unused(actor, on, narrow)
    names = _names(actor, {account for account, _ in (*open_then, *unused)})
    rows = [_aged(key, names, open_then.get(key, {}), unused.get(key, {})) for key in {*open_then, *unused}]
    kept = [row for row in rows if row.open or row.credit or row.unapplied]
    return sorted(kept, key=lambda row: (row.currency, -row.past_due.minor, -row.open.minor, row.name, row.number))


def rows_of(actor: Actor, bucket: str, *, on: date, narrow: Q | None = None) -> QuerySet[Any]:
    """The documents that a figure is the sum of, with `open_then`, the oldest first: invoices of a bucket, of `open` or
    `past_due`; credit notes of `credit`, cash receipts of `unapplied`. Raises KeyError for anything else."""
    if bucket in UNUSED:
        rows = open_documents(actor, UNUSED[bucket], on).filter(narrow or Q())
        return rows.select_related("account").order_by("posted_at", "id")
    rows = open_documents(actor, "invoice", on).filter(narrow or Q())
    if bucket == "late_fees":
        rows = rows.filter(kind=Invoice.Kind.FINANCE_CHARGE)
    elif bucket != "open":
        rows = open_within(rows, span(bucket, on))
    return rows.select_related("account").order_by("due_date", "id")


def span(bucket: str, on: date) -> Span:
    """The due dates of a bucket, or of `past_due`, on a day. Raises KeyError for none of ours."""
    if bucket in ("not_due", "past_due"):
        return Span(first=on) if bucket == "not_due" else Span(last=on - timedelta(days=1))
    first, last = AGES[bucket]
    return Span(on - timedelta(days=last) if last else None, on - timedelta(days=first))


def totals(rows: Sequence[Aged]) -> dict[str, Aged]:
    """By currency, the sum of all rows."""
    found: dict[str, Aged] = {}
    for row in rows:
        zero = Money.zero(row.currency)
        so_far = found.get(row.currency) or Aged(
            row.account_id, "", "", row.currency, dict.fromkeys(BUCKETS, zero), zero, zero, zero
        )
        buckets = {name: so_far.buckets[name] + row.buckets[name] for name in BUCKETS}
        found[row.currency] = Aged(
            row.account_id, "", "", row.currency, buckets, so_far.credit + row.credit, so_far.unapplied + row.unapplied,
            so_far.charges + row.charges,
        )  # fmt: skip
    return found


def _unused(actor: Actor, on: date, narrow: Q | None) -> dict[tuple[UUID, str], dict[str, int]]:
    """Credit and cash not used at the end of the day, which stand on the credit side of the books; and what of the open
    invoices was late fees, which stands on the other."""
    places = {"credit": LedgerAccount.CREDIT_NOTES, "unapplied": LedgerAccount.UNAPPLIED}
    sides = {name: (1, effect(place)) for name, place in places.items()}
    sides["charges"] = (-1, effect(RECEIVABLE, where=Q(invoice__kind=Invoice.Kind.FINANCE_CHARGE)))
    kept = AccountBalance.objects.visible_to(actor).filter(narrow or Q()).order_by()
    found = {
        (row["account_id"], row["currency"]): {name: row[f"{name}_minor"] for name in sides}
        for row in kept.values("account_id", "currency", *(f"{name}_minor" for name in sides))
    }
    since = posted_after(actor, on).filter(narrow or Q()).values("account_id", "currency")
    for row in since.annotate(**{f"{name}_moved": Sum(moved) for name, (_sign, moved) in sides.items()}):
        moved: dict[str, Any] = dict(row)
        sums = found.setdefault((row["account_id"], row["currency"]), dict.fromkeys(sides, 0))
        for name, (sign, _effect) in sides.items():
            sums[name] += sign * int(moved[f"{name}_moved"] or 0)
    return found


def _names(actor: Actor, accounts: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = CustomerAccount.objects.visible_to(actor).filter(pk__in=accounts)
    return {key: (number, name) for key, number, name in rows.values_list("pk", "number", "name")}


def _aged(key: tuple[Any, ...], names: Any, open_then: dict[str, int], unused: dict[str, int]) -> Aged:
    account, currency = key
    number, name = names.get(account, ("", ""))
    return Aged(
        account, number, name, currency,
        {bucket: Money(open_then.get(bucket, 0), currency) for bucket in BUCKETS},
        Money(unused.get("credit", 0), currency), Money(unused.get("unapplied", 0), currency),
        Money(unused.get("charges", 0), currency),
    )  # fmt: skip
