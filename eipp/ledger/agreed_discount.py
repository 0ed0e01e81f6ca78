"""Agreed discount: what both sides agreed may be taken off an invoice that is paid early, by the day of the payment.

One rule for all of it: of each invoice the agreed amount times the day's percentage, half up to the currency's minor
unit, once. A sliding scale gives a yearly rate for each day gained: rate x days / 365 percent, never rounded itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from eipp.kernel.money import Money
from eipp.ledger.invoice import Invoice
from eipp.ledger.worth import half_up

YEAR = 365  # days, whatever the calendar says


@dataclass(frozen=True, slots=True)
class Scale:
    """yearly: percent a year, for each day between the payment and the due date; or steps: percent and the last day
    that earns them, the earliest first. until: the last day on which anything is given."""

    until: date
    yearly: Decimal | None = None
    steps: tuple[tuple[Decimal, date], ...] = ()

    def percent(self, *, due: date, on: date) -> Fraction:
        """How many percent whoever pays on a day is given of an invoice due then; zero once it is too late."""
        if on > self.until or on >= due:
            return Fraction(0)
        if self.yearly is not None:
            return Fraction(self.yearly) * (due - on).days / YEAR
        return next((Fraction(percent) for percent, last in self.steps if on <= last), Fraction(0))

    def discount(self, amount: Money, *, due: date, on: date) -> Money:
        """What is taken off this amount; never more than it."""
        exact = Fraction(amount.minor) * self.percent(due=due, on=on) / 100
        return Money(max(0, min(amount.minor, half_up(exact))), amount.currency)

    def as_fact(self) -> dict[str, Any]:
        """In primitives; `scale_of` reads them."""
        if self.yearly is not None:
            return {"until": self.until.isoformat(), "yearly": f"{self.yearly:f}"}
        steps = [{"percent": f"{percent:f}", "until": last.isoformat()} for percent, last in self.steps]
        return {"until": self.until.isoformat(), "steps": steps}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed for one invoice. base: what of it; since: the day of the agreement, before which no payment
    counts as sent; granted_minor: what had been granted before."""

    scale: Scale
    base: Money
    due: date
    since: date
    granted_minor: int

    def discount(self, base_minor: int, *, on: date) -> Money:
        """What is taken off so much of it by who pays on a day."""
        base = Money(max(0, base_minor), self.base.currency)
        return self.scale.discount(base, due=self.due, on=max(on, self.since))

    def days(self) -> Iterable[date]:
        """Each day on which it can be earned."""
        return (self.since + timedelta(days=ahead) for ahead in range((self.scale.until - self.since).days + 1))


def scale_of(fact: dict[str, Any]) -> Scale:
    """A scale as it was kept."""
    yearly = Decimal(fact["yearly"]) if "yearly" in fact else None
    steps = tuple((Decimal(row["percent"]), date.fromisoformat(row["until"])) for row in fact.get("steps", ()))
    return Scale(date.fromisoformat(fact["until"]), yearly, steps)


def fact_of(invoice: Invoice, amount: Money, scale: Scale, *, reason: UUID, since: date) -> dict[str, Any]:
    """The agreement as the invoice keeps it: only what is credited later makes its base smaller."""
    return {
        "reason": str(reason), "base": (amount + Money(invoice.credited_minor, invoice.currency)).text,
        "currency": invoice.currency, "due": invoice.due_date.isoformat(), "since": since.isoformat(),
        "granted": invoice.discounted_minor, "scale": scale.as_fact(),
    }  # fmt: skip


def agreed_of(invoice: Invoice) -> Agreed | None:
    """What was agreed last for the invoice, if anything was."""
    fact = invoice.discount_terms.get("agreed")
    if not fact or fact["currency"] != invoice.currency:
        return None
    return Agreed(
        scale_of(fact["scale"]), Money.parse(fact["base"], invoice.currency), date.fromisoformat(fact["due"]),
        date.fromisoformat(fact["since"]), int(fact["granted"]),
    )  # fmt: skip


def yearly_rate(parts: Sequence[tuple[Money, Money, int]]) -> Decimal:
    """What discounts come to a year, in percent to two decimals: amount, discount and days gained of each invoice.

    discount x 365 x 100 / the sum of amount x days; zero where no day is gained."""
    weight = sum(amount.minor * days for amount, _, days in parts)
    if weight <= 0:
        return Decimal("0.00")
    exact = Fraction(sum(discount.minor for _, discount, _ in parts) * YEAR * 100, weight)
    return Decimal(half_up(exact * 100)).scaleb(-2).quantize(Decimal("0.01"), ROUND_HALF_UP)
