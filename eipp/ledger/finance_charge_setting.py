"""Setting a rule for finance charges, and seeing beforehand what it would have charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.refusal import Refusal
from eipp.ledger.finance_charge import FinanceChargeBookmark
from eipp.ledger.finance_charge_day import begin_of, falling_on
from eipp.ledger.finance_charge_reckoning import Reckoned, Unfounded, reckon
from eipp.ledger.finance_charge_rule import FinanceChargeRule, Rules
from eipp.ledger.invoice import Invoice

RIGHT = "charge.administer"
LONGEST_GRACE, LONGEST_PERIOD, MOST_PERCENT = 365, 366, Decimal(100)
MOST_PREVIEWED = 2_000  # invoices of a day that a preview reckons


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A rule as somebody wants it; see `FinanceChargeRule`. starts_on: tomorrow when None."""

    kind: str
    currency: str
    legal_entity: LegalEntity | None = None
    account: CustomerAccount | None = None
    starts_on: date | None = None
    grace_days: int = 0
    every_days: int | None = None
    fixed: Money | None = None
    percent: Decimal | None = None
    minimum: Money | None = None
    cap: Money | None = None
    compounding: bool = False
    waits_for_disputes: bool = True
    due_days: int = 14


def draft_rule(actor: Actor, supplier: Organisation, wish: Wish, *, now: datetime) -> FinanceChargeRule:
    """The rule that is wished for, not written. Refusals (422): each names its field."""
    tomorrow = clock.today(supplier.time_zone, at=now) + timedelta(days=1)
    starts_on = wish.starts_on or tomorrow
    _refuse_unfit(wish, starts_on, tomorrow)
    by_amount = wish.kind == FinanceChargeRule.Kind.FIXED
    return FinanceChargeRule(
        supplier=supplier, legal_entity=None if wish.account else wish.legal_entity, account=wish.account,
        currency=wish.currency, starts_on=starts_on, kind=wish.kind, grace_days=wish.grace_days,
        every_days=wish.every_days, fixed_minor=_minor(wish.fixed) if by_amount else None,
        percent=None if by_amount else wish.percent, minimum_minor=_minor(wish.minimum), cap_minor=_minor(wish.cap),
        compounding=wish.compounding, waits_for_disputes=wish.waits_for_disputes, due_days=wish.due_days, set_at=now,
        set_by=actor.id,
    )  # fmt: skip


@transaction.atomic
def set_rule(actor: Actor, supplier: Organisation, wish: Wish, *, now: datetime | None = None) -> FinanceChargeRule:
    """Let the rule hold from its day on, for what falls on that day or later. Event: `finance_charge_rule.set`.

    Refusals: `not_your_role`, `not_for_all_accounts` (403), and those of `draft_rule`.
    """
    require(actor, RIGHT)
    require_whole(actor)
    moment = now or clock.now()
    rule = draft_rule(actor, supplier, wish, now=moment)
    rule.save()
    FinanceChargeBookmark.objects.get_or_create(
        supplier=supplier, defaults={"day": clock.today(supplier.time_zone, at=moment)}
    )
    data = {
        "day": rule.starts_on.isoformat(), "currency": rule.currency, "rule": rule.kind,
        "account": str(rule.account_id or ""), "legal_entity": str(rule.legal_entity_id or ""),
    }  # fmt: skip
    events.record("finance_charge_rule.set", rule, actor, data=data, occurred_at=moment)
    return rule


def preview(
    supplier: Organisation, rule: FinanceChargeRule, *, first: date, last: date, unfounded: Unfounded
) -> Sequence[Reckoned]:
    """What the rule alone would have charged on these days, had it held long before; nothing is written.

    Of each day it looks at the first `MOST_PREVIEWED` invoices.
    """
    as_if = FinanceChargeRule(**{
        field.attname: getattr(rule, field.attname) for field in FinanceChargeRule._meta.concrete_fields
    })  # fmt: skip
    as_if.starts_on = date(1900, 1, 1)
    rules, found, day = Rules.of([as_if]), [], first
    while day <= last:
        ids = falling_on(day, supplier, rules)[:MOST_PREVIEWED]
        invoices = list(Invoice.objects.filter(pk__in=ids).order_by("pk")) if ids else []
        found += reckon(
            invoices, day=day, begin=begin_of(day, supplier), rules=rules, unfounded=unfounded, anew=True
        )  # fmt: skip
        day += timedelta(days=1)
    return found


def _refuse_unfit(wish: Wish, starts_on: date, tomorrow: date) -> None:
    decimals(wish.currency)
    wanted = wish.fixed if wish.kind == FinanceChargeRule.Kind.FIXED else wish.percent
    charges = wish.kind not in (FinanceChargeRule.Kind.NONE, FinanceChargeRule.Kind.WIDER)
    faults = (
        (wish.kind not in FinanceChargeRule.Kind.values, "kind", "Choose what is charged."),
        (wish.kind == "wider" and not (wish.account or wish.legal_entity), "kind",
         "The rule for everybody has no wider one: choose “No late fee”."),
        (starts_on < tomorrow, "starts_on", f"A rule begins on {tomorrow} at the earliest: what was charged stays."),
        (not 0 <= wish.grace_days <= LONGEST_GRACE, "grace_days", f"Give 0 to {LONGEST_GRACE} days of grace."),
        (wish.every_days is not None and not 0 < wish.every_days <= LONGEST_PERIOD, "every_days",
         f"A period is a month, or 1 to {LONGEST_PERIOD} days."),
        (not 0 <= wish.due_days <= LONGEST_GRACE, "due_days", f"Give 0 to {LONGEST_GRACE} days to pay a late fee."),
        (charges and not wanted, "fixed" if wish.kind == "fixed" else "percent", "Say how much is charged."),
        (wish.percent is not None and not 0 < wish.percent <= MOST_PERCENT, "percent",
         f"A rate is more than 0 and at most {MOST_PERCENT} percent."),
        *((amount is not None and (amount.minor <= 0 or amount.currency != wish.currency), name,
           f"Give an amount of more than zero in {wish.currency}.")
          for name, amount in (("fixed", wish.fixed), ("minimum", wish.minimum), ("cap", wish.cap))),
        (wish.minimum is not None and wish.cap is not None and wish.minimum > wish.cap, "cap",
         "All late fees of an invoice cannot be less than the least of one."),
    )  # fmt: skip
    for is_wrong, field, sentence in faults:
        if is_wrong:
            raise Refusal(f"unfit_{field}", sentence, status=422, field=field)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor
