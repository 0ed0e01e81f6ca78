"""Reckoning finance charges: what is to be charged for a set of invoices on one day, with the balances of that day.

What counts is what stood at the beginning of the day (the supplier's), so that a day reckoned late gives what it would
have given in time. Disputed money waits, unless its dispute has ended as unfounded.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, Sum

from eipp.ledger.finance_charge import FinanceCharge
from eipp.ledger.finance_charge_rule import FinanceChargeRule, Rules
from eipp.ledger.hold import Hold
from eipp.ledger.instalment import first_due
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.statement_figures import effect

#: Of these ids of disputes, those that ended as unfounded: known to whoever knows disputes.
Unfounded = Callable[[Collection[UUID]], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One charge to be posted; amounts in minor units of the invoice's currency."""

    invoice: Invoice
    rule: FinanceChargeRule
    charged_for: date
    begins_on: date
    ends_on: date
    base: int
    amount: int
    cause: str = ""


@dataclass(slots=True)
class Before:
    """What was charged for one invoice so far: in all, for the day itself, whether the charge itself is among it, and
    the documents of earlier periods."""

    amount: int = 0
    on_day: int = 0
    base_on_day: int = 0
    is_charged: bool = False
    earlier: dict[UUID, int] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)


def reckon(
    invoices: Sequence[Invoice],
    *,
    day: date,
    begin: datetime,
    rules: Rules,
    unfounded: Unfounded,
    dispute_id: UUID | None = None,
    anew: bool = False,
) -> list[Reckoned]:
    """What is to be charged for the day, which begins at `begin`; of what was charged already, nothing.

    dispute_id: only what this dispute kept back is made up for; anew: as though nothing had been charged ever. The rows
    are to be locked where anything is posted. Four queries, however many.
    """
    falling = [(row, rule, number) for row in invoices if (rule := _rule(rules, row)) is not None
               and (number := rule.number(first_due(row), day)) is not None]  # fmt: skip
    if not falling:
        return []
    before = defaultdict(Before) if anew else _before([row for row, _, _ in falling], day)
    compounded = {pk: amount for row, rule, _ in falling if rule.compounding for pk, amount in
                  before[row.pk].earlier.items()}  # fmt: skip
    left = _left([row for row, _, _ in falling], compounded, day)
    waiting = _waiting([*(row.pk for row, _, _ in falling), *compounded], begin, unfounded, dispute_id)
    cause = str(dispute_id or "")
    found = []
    for invoice, rule, number in falling:
        known = before[invoice.pk]
        if cause in known.causes or (dispute_id and not rule.waits_for_disputes):
            continue
        begins, ends = rule.span(first_due(invoice), number)
        fallen = fallen_due(invoice, left[invoice.pk], day, rule.grace_days)
        earlier = known.earlier if rule.compounding and any(minor for _, minor in fallen) else {}
        kept_back = waiting if rule.waits_for_disputes else {}
        parts = [(rule.part_begins(first_due(invoice), number, due), minor)
                 for due, minor in _less(fallen, kept_back.get(invoice.pk, 0))]  # fmt: skip
        parts += [(begins, max(0, left[pk] - kept_back.get(pk, 0))) for pk in earlier]
        base = sum(minor for _, minor in parts)
        base_days = sum(minor * ((ends - since).days + 1) for since, minor in parts)
        begins = min((since for since, minor in parts if minor), default=begins)
        amount = rule.amount(base, base_days=base_days, charged=known.amount - known.on_day) - known.on_day
        if amount > 0:
            base -= known.base_on_day
            found.append(Reckoned(invoice, rule, day, begins, ends, base, amount, cause))
    return found


def _rule(rules: Rules, invoice: Invoice) -> FinanceChargeRule | None:
    return rules.of_account(invoice.account_id, invoice.legal_entity_id, invoice.currency)


def past_due(invoice: Invoice, left: int, day: date, grace_days: int) -> int:
    """What of the open amount is past due with its grace over: of an invoice with several due dates only what fell due,
    what was settled counting against the earliest first."""
    return sum(minor for _, minor in fallen_due(invoice, left, day, grace_days))


def fallen_due(invoice: Invoice, left: int, day: date, grace_days: int) -> list[tuple[date, int]]:
    """The same by due date, the earliest first."""
    if not invoice.due_plan:
        return [(invoice.due_date, max(0, left))]
    last = day - timedelta(days=grace_days + 1)
    plan = [(date.fromisoformat(row["on"]), int(row["minor"])) for row in invoice.due_plan]
    return _less([(on, minor) for on, minor in plan if on <= last], invoice.payable_minor - left)


def _less(parts: Iterable[tuple[date, int]], minor: int) -> list[tuple[date, int]]:
    """The parts without so much, taken from the earliest first."""
    found = []
    for on, amount in parts:
        taken = min(amount, minor)
        minor -= taken
        found.append((on, amount - taken))
    return found


def _before(invoices: Iterable[Invoice], day: date) -> dict[UUID, Before]:
    found: dict[UUID, Before] = defaultdict(Before)
    for row in FinanceCharge.objects.filter(invoice__in=[invoice.pk for invoice in invoices]):
        known = found[row.invoice_id]
        known.amount += row.amount_minor
        if row.charged_for == day:
            known.on_day += row.amount_minor
            known.base_on_day += row.base_minor
            known.causes.add(row.cause)
        elif row.charged_for < day:
            known.earlier[row.document_id] = row.amount_minor
    return found


def _left(invoices: Sequence[Invoice], charges: Mapping[UUID, int], day: date) -> dict[UUID, int]:
    """What was open of each at the beginning of the day. A charge counts from the day that it is for, however late it
    was posted: its amount, less what was paid or credited before the day."""
    ids = [*(invoice.pk for invoice in invoices), *charges]
    moved = Posting.objects.filter(
        Q(source=LedgerAccount.RECEIVABLE) | Q(target=LedgerAccount.RECEIVABLE), invoice__in=ids
    )
    among = effect(among=(LedgerAccount.RECEIVABLE,))
    since = moved.filter(Q(invoice__in=list(charges), posting_date__lt=day) | Q(posting_date__gte=day))
    left = {invoice.pk: invoice.open_minor for invoice in invoices} | dict(charges)
    for pk, kind, on, total in since.order_by().values_list("invoice", "kind", "posting_date").annotate(sum=Sum(among)):
        if pk not in charges:
            left[pk] -= int(total)
        elif kind != Invoice.Kind.FINANCE_CHARGE and on < day:
            left[pk] += int(total)
    return left


def _waiting(
    documents: Collection[UUID], begin: datetime, unfounded: Unfounded, dispute_id: UUID | None
) -> dict[UUID, int]:
    """What was disputed of each at the beginning of the day, by disputes that are not known as unfounded."""
    standing = Q(placed_at__lt=begin) & (Q(released_at=None) | Q(released_at__gte=begin))
    holds = list(Hold.objects.filter(standing, invoice__in=documents, kind=Hold.Kind.DISPUTED))
    disputes = {hold.reason_id for hold in holds if hold.reason_kind == "dispute"}
    void: set[UUID | None] = {dispute_id, *(unfounded(disputes) if disputes else ())}
    waiting: dict[UUID, int] = defaultdict(int)
    for hold in holds:
        if hold.reason_id not in void:
            waiting[hold.invoice_id] += hold.amount_minor
    return waiting
