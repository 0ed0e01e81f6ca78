"""Expected money: what a buyer said would come for invoices by a day, and what of it came, by the ledger alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from eipp.kernel.money import Money, total
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.ledger.posting import lock_accounts

MOST_INVOICES = 500
FARTHEST = 180  # days ahead
Shares = Sequence[tuple[Invoice, Money]]


class ExpectedShare(Entity):
    """How much is to come for one invoice. paid_before: what had been paid of it when that was said."""

    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    paid_before_minor = models.BigIntegerField()
    amount = MoneyOf("amount_minor")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.amount} for {self.invoice}"

    invoice: Any

    @property
    def came(self) -> Money:
        """What has been paid of it since, at most what was said."""
        paid = self.invoice.paid_minor - self.paid_before_minor
        return Money(max(0, min(self.amount_minor, paid)), self.currency)


@dataclass(frozen=True, slots=True)
class Outcome:
    """came: what was paid; on_the_way: what a payment will bring that has not settled; missing: what is still owed of
    what was said. What the supplier credited or withdrew meanwhile is owed no more."""

    came: Money
    on_the_way: Money
    missing: Money

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.on_the_way


def outcome_of(shares: Sequence[Any], currency: str) -> Outcome:
    """What has become of all of it, the invoices being at hand on each share as they are now."""
    came, coming, missing = [], [], []
    for share in shares:
        came.append(share.came)
        owed = min(share.amount_minor - share.came.minor, share.invoice.open_minor)
        pending = min(owed, share.invoice.pending_minor)
        coming.append(Money(pending, currency))
        missing.append(Money(owed - pending, currency))
    return Outcome(total(came, currency), total(coming, currency), total(missing, currency))


def locked_shares(shares: Shares, *, taken: models.QuerySet[Any], word: str) -> list[tuple[Invoice, Money]]:
    """The invoices as they are now that their accounts are locked, with amounts that fit; inside a transaction.

    taken: the shares of what was said before and still stands. Refusals: `no_invoices`, `chosen_twice`,
    `invalid_amount`, `several_payees`, `several_payers` (422), `more_than_open`, `said_already` (409).
    """
    if not 0 < len(shares) <= MOST_INVOICES:
        raise Refusal("no_invoices", f"Choose between 1 and {MOST_INVOICES} invoices.", status=422, field="invoices")
    lock_accounts({invoice.account_id for invoice, _ in shares})
    fresh = Invoice.objects.select_related("account").in_bulk([invoice.pk for invoice, _ in shares])
    if len(fresh) != len(shares):
        raise Refusal("chosen_twice", "Each invoice can be chosen once.", status=422, field="invoices")
    found = [(fresh[invoice.pk], amount) for invoice, amount in shares]
    for invoice, amount in found:
        _check(invoice, amount)
    if len({(invoice.legal_entity_id, invoice.currency) for invoice, _ in found}) > 1:
        raise Refusal("several_payees", "One payee in one currency at a time: say these separately.", status=422,
                      field="invoices")  # fmt: skip
    if len({invoice.buyer_id for invoice, _ in found}) > 1 or found[0][0].buyer_id is None:
        raise Refusal("several_payers", "One customer at a time.", status=422, field="invoices")
    if again := taken.filter(invoice__in=fresh).select_related("invoice").first():
        raise Refusal("said_already", f"Invoice {again.invoice.number} is {word} already: withdraw that first.")
    return found


def _check(invoice: Invoice, amount: Money) -> None:
    if amount.currency != invoice.currency or amount.minor <= 0:
        raise Refusal("invalid_amount", f"Name more than zero {invoice.currency} for invoice {invoice.number}.",
                      status=422, field=f"invoices.{invoice.number}.amount")  # fmt: skip
    if amount > invoice.free:
        raise Refusal("more_than_open", f"Of invoice {invoice.number}, {invoice.free} is left to pay: {amount} is too "
                                        "much.", field=f"invoices.{invoice.number}.amount")  # fmt: skip


def check_day(day: date, today: date, *, field: str) -> None:
    if not 0 <= (day - today).days <= FARTHEST:
        raise Refusal("wrong_day", f"Choose a day between today and {FARTHEST} days from now.", status=422, field=field)


def banking_days_after(day: date, count: int) -> date:
    """So many days later, Saturdays and Sundays not counted: banks have further holidays, which only makes it sooner
    than it is for them, never later than said here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def moved(shares: models.QuerySet[Any], parent: str) -> list[UUID]:
    """The ids of what was said of which something was paid, credited or withdrawn since: the rows of `parent`."""
    news = Q(invoice__paid_minor__gt=F("paid_before_minor")) | Q(invoice__open_minor=0)
    return sorted(set(shares.filter(news).values_list(parent, flat=True)))
