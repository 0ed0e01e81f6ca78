"""Early-payment discount: what may be taken off an invoice that is paid by a day, and what of that was won or lost.

The terms are a fact of the invoice: its steps (percent and last day) with the rule that stood when it was posted, and
what both sides agreed for it since (`agreed_discount.py`); of both, what gives more holds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from eipp.accounts.discount_terms import MOST
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.agreed_discount import agreed_of
from eipp.ledger.invoice import Invoice
from eipp.ledger.worth import half_up

#: A step in the payment terms of a German e-invoice (XRechnung, BR-DE-18): 14 days, 2.25 percent, of a base amount.
SKONTO = re.compile(
    r"^[ \t]*#SKONTO#TAGE=([0-9]{1,3})#PROZENT=([0-9]{1,2}\.[0-9]{2})#"
    r"(?:BASISBETRAG=(-?[0-9]{1,12}(?:\.[0-9]{1,4})?)#)?[ \t]*\r?$",
    re.MULTILINE,
)
type_of_terms = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: of how much how many percent may be taken off when it is paid by the end of a day. exact: what was
    agreed for that day, of which `percent` is rounded."""

    percent: Decimal
    until: date
    base: Money | None = None
    exact: Fraction | None = None

    @property
    def rate(self) -> Fraction:
        return Fraction(self.percent) if self.exact is None else self.exact


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be taken off on a day; `to_pay` by the end of `until` closes what is free of the invoice. rate: the
    percentage unrounded."""

    percent: Decimal
    until: date
    amount: Money
    to_pay: Money
    rate: Fraction


def skonto(steps: Iterable[tuple[Decimal, int]]) -> str:
    """Steps as lines of payment terms, as e-invoices write them."""
    return "".join(f"#SKONTO#TAGE={days}#PROZENT={percent:.2f}#\n" for percent, days in steps)


def in_terms(text: str, *, issued: date, currency: str) -> list[Step]:
    """The steps that payment terms state, the earliest first; what cannot be read is left to the reader's eye."""
    found = {}
    for days, percent, base in SKONTO.findall(text) if "#SKONTO#" in text else ():
        until = issued + timedelta(days=int(days))
        try:
            money = Money.parse(base, currency) if base else None
        except Refusal:
            continue
        if Decimal(percent) and (money is None or money.minor > 0):
            found[until] = Step(Decimal(percent), until, money)
    return [found[until] for until in sorted(found)][:MOST]


def without_skonto(text: str) -> str:
    """Payment terms as people read them."""
    return SKONTO.sub("", text).strip()


def as_fact(steps: Sequence[Step], *, counts: str, zone: str, in_part: bool, waits: bool) -> type_of_terms:
    """The terms as an invoice keeps them."""
    rows = [
        {"percent": f"{step.percent:f}", "until": step.until.isoformat()}
        | ({"base": step.base.text} if step.base else {})
        for step in steps
    ]
    return {"steps": rows, "counts": counts, "zone": zone, "in_part": in_part, "waits": waits}


def steps_of(invoice: Invoice) -> list[Step]:
    """The invoice's steps, the earliest first."""
    return [
        Step(
            Decimal(row["percent"]), date.fromisoformat(row["until"]),
            Money.parse(row["base"], invoice.currency) if "base" in row else None,
        )
        for row in invoice.discount_terms.get("steps", ())
    ]  # fmt: skip


def discount_of(invoice: Invoice, step: Step) -> Money:
    """What the step takes off the whole invoice, credit taken off it and nothing being in dispute."""
    return Money(_percent(_base(invoice, step), step.rate), invoice.currency)


def best(invoice: Invoice) -> Money:
    """The most that could have been taken off, nothing being in dispute or credited; of what was agreed, what was to be
    had on its last day, or was granted sooner."""
    steps, agreed = steps_of(invoice), agreed_of(invoice)
    stated = _percent(_base(invoice, steps[0]), steps[0].rate) if steps else 0
    given = 0
    if agreed:
        last = agreed.granted_minor + agreed.discount(_agreed_base(invoice), on=agreed.scale.until).minor
        given = max(last, invoice.discounted_minor)
    return Money(max(stated, given), invoice.currency)


def ends_on(invoice: Invoice) -> date | None:
    """The last day on which anything may be taken off; None where nothing ever could."""
    steps, agreed = steps_of(invoice), agreed_of(invoice)
    days = [_last_day(invoice, steps[-1])] if steps else []
    return max([*days, agreed.scale.until] if agreed else days, default=None)


def offer(invoice: Invoice, *, on: date) -> Offer | None:
    """What may be taken off the invoice when all that is free of it is paid on this day; None where nothing may."""
    if not invoice.discount_terms or not invoice.open_minor:
        return None
    for step, whole in _reachable(invoice, on):
        minor = min(whole, invoice.free.minor)
        if minor > 0:
            amount = Money(minor, invoice.currency)
            return Offer(step.percent, _last_day(invoice, step), amount, invoice.free - amount, step.rate)
    return None


def earned(invoice: Invoice, paid: Money, *, days: Sequence[date]) -> Money:
    """What a payment has earned, the invoice being less open by it already; `days`: of all payments that must have been
    in time, the payment's own last. Zero for one that came late, or left more open than the discount."""
    none = Money.zero(invoice.currency)
    if not invoice.discount_terms or not days:
        return none
    in_part = invoice.discount_terms["in_part"]
    for step, whole in _reachable(invoice, days[-1] if in_part else max(days)):
        left = invoice.open_minor - invoice.held_minor
        if in_part:
            whole = min(whole, half_up(Fraction(paid.minor) * step.rate / (100 - step.rate)))
        elif left > whole:
            continue
        if min(whole, left) > 0:
            return Money(min(whole, left), invoice.currency)
    return none


def with_payment(invoice: Invoice, paid: Money, *, on: date) -> Money:
    """What a payment that is sent on this day earns when it arrives; it is not taken off what is free yet."""
    found = offer(invoice, on=on)
    if found is None:
        return Money.zero(invoice.currency)
    if invoice.discount_terms["in_part"]:
        part = half_up(paid.minor * found.rate / (100 - found.rate))
        return Money(max(0, min(part, found.amount.minor, invoice.free.minor - paid.minor)), invoice.currency)
    return max(invoice.free - paid, found.to_pay * 0) if paid >= found.to_pay else Money.zero(invoice.currency)


def lost(invoice: Invoice, *, on: date) -> Money:
    """What was not taken while it could be: the best step's discount less what was granted, once no step is left."""
    ends = invoice.discount_ends_on
    if ends is None or invoice.withdrawn_at or (invoice.open_minor and ends >= on):
        return Money.zero(invoice.currency)
    return Money(max(0, invoice.discount_best_minor - invoice.discounted_minor), invoice.currency)


def is_unearned(invoice: Invoice, short: Money, *, paid_on: date) -> bool:
    """Whether a payment that leaves `short` open has taken a discount that it had not earned: exactly what a step
    gives, after that step's last day. For deductions (reason `unearned_discount`)."""
    if short.currency != invoice.currency or not short.minor:
        return False
    agreed, base = agreed_of(invoice), _agreed_base(invoice)
    if agreed and any(day < paid_on and short == agreed.discount(base, on=day) for day in agreed.days()):
        return True
    return any(
        paid_on > _last_day(invoice, step) and short.minor == _percent(_base(invoice, step), step.rate)
        for step in steps_of(invoice)
    )


def day_that_counts(invoice: Invoice, *, received_on: date, sent_at: datetime | None) -> date:
    """The day of a payment by the invoice's rule: of its sending, where that counts and is known, else of arrival."""
    terms: Mapping[str, Any] = invoice.discount_terms
    if terms.get("counts") == "sent" and sent_at is not None:
        return clock.today(terms["zone"], at=sent_at)
    return received_on


def _reachable(invoice: Invoice, on: date) -> Iterable[tuple[Step, int]]:
    """The steps that are not over, each with what it still gives (minor units): what gives more first."""
    stated = [(step, _percent(reach, step.rate) - invoice.discounted_minor) for step, reach in _stated(invoice, on)]
    return sorted([*_agreed(invoice, on), *stated], key=lambda found: -found[1])


def _agreed(invoice: Invoice, on: date) -> Iterable[tuple[Step, int]]:
    """What was agreed for the day; nothing as long as a part of the invoice is in dispute."""
    agreed = agreed_of(invoice)
    if agreed is None or invoice.disputed_minor:
        return
    day = max(on, agreed.since)
    if rate := agreed.scale.percent(due=agreed.due, on=day):
        whole = agreed.discount(_agreed_base(invoice), on=day).minor - (invoice.discounted_minor - agreed.granted_minor)
        ends = day if agreed.scale.yearly is not None else next(last for _, last in agreed.scale.steps if day <= last)
        yield Step(Decimal(half_up(rate * 10_000)).scaleb(-4), ends, agreed.base, rate), whole


def _stated(invoice: Invoice, on: date) -> Iterable[tuple[Step, int]]:
    """The steps of the invoice's own terms that are not over, each with what it is reckoned of."""
    waits, in_part = invoice.discount_terms["waits"], invoice.discount_terms["in_part"]
    if invoice.disputed_minor and not (waits or in_part):
        return
    for step in steps_of(invoice):
        if on <= step.until:
            yield step, _base(invoice, step) - invoice.disputed_minor
    waited = invoice.discount_terms.get("waited")
    for step in steps_of(invoice) if waited else ():
        if step.until < on <= step.until + timedelta(days=waited["days"]):
            granted = invoice.discounted_minor * 100 / step.rate
            yield step, min(waited["minor"] + int(granted), _base(invoice, step) - invoice.disputed_minor)


def _last_day(invoice: Invoice, step: Step) -> date:
    if step.exact is not None:
        return step.until
    return step.until + timedelta(days=invoice.discount_terms.get("waited", {}).get("days", 0))


def _base(invoice: Invoice, step: Step) -> int:
    whole = step.base.minor if step.base else invoice.payable_minor
    return max(0, min(whole, invoice.payable_minor) - invoice.credited_minor)


def _agreed_base(invoice: Invoice) -> int:
    """What the agreement is reckoned of, credit since then taken off it."""
    agreed = agreed_of(invoice)
    return max(0, min(agreed.base.minor, invoice.payable_minor) - invoice.credited_minor) if agreed else 0


def _percent(base: int, rate: Fraction) -> int:
    return half_up(Fraction(max(base, 0)) * rate / 100)
