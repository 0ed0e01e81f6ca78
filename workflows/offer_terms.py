"""The parts of an early-payment offer: the invoices it is for, the terms each side put forward, and who of the buyer's
agreed to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from eipp.kernel.money import Money, total
from eipp.kernel.record import AppendOnly, Entity, MoneyOf, uuid7
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope, ScopedManager
from eipp.ledger.agreed_discount import Scale, scale_of, yearly_rate
from eipp.ledger.models import Invoice

MOST_STEPS = 10
FARTHEST = 180  # days ahead that an invoice can still be paid early
HIGHEST = Decimal(100)  # percent a year


@dataclass(frozen=True, slots=True)
class PayingDay:
    """What paying on a day comes to: taken off, left to pay, and the same as a yearly rate in percent."""

    on: date
    discount: Money
    to_pay: Money
    yearly: Decimal


class OfferShare(Entity):
    """How much of an invoice the offer is for. granted_before: its discounts when that was agreed; won: what came of
    it; left_out: it was disputed, paid or withdrawn by then."""

    offer = models.ForeignKey("workflows.Offer", models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="offer_shares")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    due_on = models.DateField()
    granted_before_minor = models.BigIntegerField(default=0)
    won_minor = models.BigIntegerField(default=0)
    left_out = models.BooleanField(default=False)
    amount = MoneyOf("amount_minor")
    won = MoneyOf("won_minor")
    scope = Scope(buyer="offer__buyer_id", supplier="offer__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["offer", "invoice"], name="one_offer_share_per_invoice"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="offer_share_positive"),
        )

    def __str__(self) -> str:
        return f"{self.amount} of {self.invoice}"


class OfferTerms(AppendOnly):
    """What one side put forward, and until when it can be answered; the latest version is the one that counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey("workflows.Offer", models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField()
    side = models.CharField(max_length=10)
    scale_fact = models.JSONField()
    expires_on = models.DateField()
    comment = models.CharField(max_length=1000, blank=True)
    put_by = models.UUIDField(null=True)
    put_at = models.DateTimeField()
    scope = Scope(buyer="offer__buyer_id", supplier="offer__supplier_id", account="offer__account_id")
    objects = ScopedManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["offer", "version"], name="offer_terms_once"),)

    def __str__(self) -> str:
        return f"{self.side} {self.version}"

    @property
    def scale(self) -> Scale:
        return scale_of(self.scale_fact)


class OfferDecision(AppendOnly):
    """One person of the buyer's agreed to these terms, as the buyer's rules ask."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey("workflows.Offer", models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    decided_by = models.UUIDField()
    decided_at = models.DateTimeField()
    scope = Scope(buyer="offer__buyer_id", account="offer__account_id")
    objects = ScopedManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["offer", "version", "decided_by"], name="one_offer_decision_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.decided_by} {self.version}"


def scale_asked(*, until: date, yearly: Decimal | None, steps: Sequence[tuple[Decimal, date]], today: date) -> Scale:
    """A scale as somebody proposes it: a yearly rate up to a day, or steps of which each gives less than the one
    before. Refusals (422): `terms_unclear`, `rate_out_of_range`, `wrong_day`."""
    if (yearly is None) == (not steps) or len(steps) > MOST_STEPS:
        raise Refusal("terms_unclear", f"Give a yearly rate, or between 1 and {MOST_STEPS} steps.", status=422,
                      field="yearly_rate")  # fmt: skip
    for rate in [yearly] if yearly is not None else [percent for percent, _ in steps]:
        if not 0 < rate <= HIGHEST or rate != round(rate, 4):
            raise Refusal("rate_out_of_range", "A rate is more than 0 and at most 100 percent, with at most four "
                          "decimals.", status=422, field="yearly_rate" if yearly else "steps")  # fmt: skip
    ordered = sorted(steps, key=lambda step: step[1])
    if [percent for percent, _ in ordered] != sorted({percent for percent, _ in steps}, reverse=True):
        raise Refusal("terms_unclear", "Each later step gives less than the one before.", status=422, field="steps")
    last = ordered[-1][1] if ordered else until
    if any(not 0 <= (day - today).days <= FARTHEST for day in (last, *(day for _, day in ordered))):
        raise Refusal("wrong_day", f"Choose days between today and {FARTHEST} days from now.", status=422,
                      field="pay_by")  # fmt: skip
    return Scale(last, yearly, tuple(ordered))


def paying_day(shares: Sequence[OfferShare], scale: Scale, on: date) -> PayingDay:
    """What paying these on a day comes to, each invoice rounded by itself."""
    parts = [(share.amount, scale.discount(share.amount, due=share.due_on, on=on), (share.due_on - on).days)
             for share in shares]  # fmt: skip
    currency = shares[0].currency
    taken = total((discount for _, discount, _ in parts), currency)
    whole = total((amount for amount, _, _ in parts), currency)
    return PayingDay(on, taken, whole - taken, yearly_rate(parts))


def paying_days(shares: Sequence[OfferShare], scale: Scale, *, first: date) -> list[PayingDay]:
    """Each day on which paying these earns something, from the first on."""
    count = (scale.until - first).days + 1
    return [paying_day(shares, scale, first + timedelta(days=ahead)) for ahead in range(max(0, count))]


def told_scale(scale: Scale) -> dict[str, Any]:
    """The terms as an event tells them."""
    if scale.yearly is not None:
        return {"rate": f"{scale.yearly.normalize():f}", "day": scale.until.isoformat()}
    return {"percent": f"{scale.steps[0][0].normalize():f}", "day": scale.until.isoformat()}


def can_be_offered(invoice: Invoice) -> bool:
    """Whether an invoice can be paid early for a discount: open, undisputed, with one due date, and no late fee."""
    return bool(
        invoice.open_minor and not invoice.disputed_minor and not invoice.withdrawn_at
        and not invoice.due_plan and not invoice.is_finance_charge
    )  # fmt: skip
