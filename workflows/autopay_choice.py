"""What an autopay order would pay on a day: what falls due, is free, fits its conditions and may be released.

For a set of orders in a constant number of statements; only buyers with rules, and accounts with credit, cost more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q

from eipp.accounts.customer_account import DEEPEST, CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.ledger import discount, posting
from eipp.ledger.instalment import due_by
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from workflows.approval import ApprovalRun, active_runs, rules_of
from workflows.autopay import PLATFORM, Autopay
from workflows.payment import Payment, PaymentShare
from workflows.planned import actor_who
from workflows.release import own_method_refusal, release_refusal

MOST_INVOICES = 500

Shares = list[tuple[Invoice, Money]]


@dataclass(slots=True)
class Turn:
    """One order's turn on a day: what it would pay on `run_on`."""

    order: Autopay
    run_on: date
    horizon: date | None
    shares: Shares = field(default_factory=list)


def choose(turns: Sequence[Turn]) -> None:
    """What falls due, is free and fits the order's conditions, the oldest first; the accounts are locked from here."""
    by_account: dict[tuple[UUID | None, UUID, str], Turn] = {
        (turn.order.account_id, *_payee(turn.order)): turn for turn in turns if turn.order.account_id
    }
    by_buyer: dict[tuple[UUID | None, UUID, str], Turn] = {
        (turn.order.buyer_id, *_payee(turn.order)): turn for turn in turns if turn.order.account_id is None
    }
    parents = _accounts(turns)
    rows = Invoice.objects.filter(account__in=parents, open_minor__gt=F("held_minor"), withdrawn_at=None)
    latest = max((turn.horizon for turn in turns if turn.horizon), default=None)
    soon = Q(due_date__lte=latest)
    if any(turn.order.timing == Autopay.Timing.DISCOUNT for turn in turns):
        soon |= Q(discount_ends_on__isnull=False)
    posting.lock_accounts(set(rows.filter(soon).order_by().values_list("account", flat=True)))
    tried = _tried(turns)
    for invoice in rows.filter(soon).order_by("due_date", "pk"):
        payee = (invoice.legal_entity_id, invoice.currency)
        turn, above = by_account.get((invoice.account_id, *payee)), parents.get(invoice.account_id)
        while turn is None and above:  # the order that is nearest in the tree
            turn, above = by_account.get((above, *payee)), parents.get(above)
        turn = turn or by_buyer.get((invoice.buyer_id, *payee))
        if turn is None or (turn.order.pk, invoice.pk) in tried or len(turn.shares) == MOST_INVOICES:
            continue
        if amount := _amount(turn, invoice):
            turn.shares.append((invoice, amount))


def _payee(order: Autopay) -> tuple[UUID, str]:
    return order.legal_entity_id, order.currency


def _accounts(turns: Sequence[Turn]) -> dict[UUID, UUID | None]:
    """The accounts that the orders pay for, each with the one above it: one query."""
    own = {turn.order.account_id for turn in turns if turn.order.account_id}
    whole = {turn.order.buyer_id for turn in turns if turn.order.account_id is None}
    below = Q(buyer__in=whole)
    for level in range(DEEPEST):
        below |= Q(**{f"{'parent__' * level}pk__in": own})
    return dict(CustomerAccount.objects.filter(below).values_list("pk", "parent"))


def _amount(turn: Turn, invoice: Invoice) -> Money | None:
    """What is to be paid of an invoice on the day; None when it is not its turn, or dearer than the order may pay."""
    order = turn.order
    offer = discount.offer(invoice, on=turn.run_on)
    if offer and order.saved_method.kind != "card" and invoice.discount_terms.get("counts") != "sent":
        offer = None  # a debit arrives too late for it
    last_chance = order.timing == Autopay.Timing.DISCOUNT and offer is not None and offer.until <= turn.run_on
    assert turn.horizon
    if invoice.due_date > turn.horizon and not last_chance:
        return None
    amount = offer.to_pay if offer else due_by(invoice, turn.horizon) if invoice.due_plan else invoice.free
    return None if order.invoice_cap is not None and amount > order.invoice_cap else amount


def _tried(turns: Sequence[Turn]) -> set[tuple[UUID, UUID]]:
    tried = Q(**{"payment__state__in": ("failed", "returned", "charged_back")}) | Q(
        payment__state="cancelled", payment__failure__in=("plan_skipped", "plan_dropped")
    )
    rows = PaymentShare.objects.filter(tried, payment__autopay__in=[turn.order.pk for turn in turns])
    return set(rows.values_list("payment__autopay", "invoice"))


def release(turns: Sequence[Turn]) -> None:
    """Leave out what the buyer's rules do not let go; buyers without rules cost nothing more."""
    invoices = [invoice for turn in turns for invoice, _ in turn.shares]
    ruled = {rule.buyer_id for rule in rules_of({turn.order.buyer_id for turn in turns})}
    runs = active_runs(invoices)
    strict = [turn for turn in turns if turn.order.only_approved]
    wanted = [invoice.pk for turn in strict for invoice, _ in turn.shares]
    approved = set(
        ApprovalRun.objects.filter(invoice__in=wanted, state="approved", content_hash=F("invoice__content_hash"))
        .values_list("invoice", flat=True)
    )  # fmt: skip
    for turn in turns:
        if turn.order.only_approved:
            turn.shares = [share for share in turn.shares if share[0].pk in approved]
        if turn.order.buyer_id in ruled or any(invoice.pk in runs for invoice, _ in turn.shares):
            _release_one(turn)


def _release_one(turn: Turn) -> None:
    actor = actor_who(turn.order.set_by, turn.order.buyer_id)
    if release_refusal(actor, turn.shares):
        turn.shares = [share for share in turn.shares if release_refusal(actor, [share]) is None]
    if turn.shares and (release_refusal(actor, turn.shares) or _own(actor, turn)):
        turn.shares = []


def _own(actor: Actor, turn: Turn) -> bool:
    amount = total((amount for _, amount in turn.shares), turn.order.currency)
    return own_method_refusal(actor, turn.order.saved_method, amount) is not None


def net(turns: Sequence[Turn], now: datetime) -> None:
    """The accounts' own credit notes and unapplied cash go first, the oldest first; what is left is paid."""
    accounts = {invoice.account_id for turn in turns for invoice, _ in turn.shares}
    credit: dict[UUID, list[CreditNote | CashReceipt]] = defaultdict(list)
    for note in CreditNote.objects.filter(account__in=accounts, open_minor__gt=0).order_by("issue_date", "pk"):
        credit[note.account_id].append(note)
    for receipt in CashReceipt.objects.filter(account__in=accounts, unapplied_minor__gt=0).order_by(
        "received_on", "pk"
    ):
        credit[receipt.account_id].append(receipt)
    for turn in turns if credit else ():
        left = []
        for invoice, amount in turn.shares:
            for source in credit[invoice.account_id]:
                amount -= _use(source, invoice, amount, now)
            left.append((invoice, amount))
        turn.shares = [(invoice, amount) for invoice, amount in left if amount]


def _use(source: CreditNote | CashReceipt, invoice: Invoice, amount: Money, now: datetime) -> Money:
    usable = source.open if isinstance(source, CreditNote) else source.unapplied
    if usable.currency != amount.currency or source.legal_entity_id != invoice.legal_entity_id:
        return amount * 0
    part = min(usable, amount)
    if part and isinstance(source, CreditNote):
        posting.apply_credit(PLATFORM, source, [(invoice, part)], now=now)
    elif part and isinstance(source, CashReceipt):
        posting.apply_receipt(PLATFORM, source, [(invoice, part)], now=now)
    return part


def cap(turns: Sequence[Turn]) -> None:
    """Whole invoices, the oldest first, as far as the caps of one payment and of the month reach."""
    spent: dict[tuple[UUID, int, int], int] = defaultdict(int)
    capped = [turn for turn in turns if turn.order.month_cap_minor is not None]
    first = min((turn.run_on.replace(day=1) for turn in capped), default=None)
    rows = Payment.objects.filter(autopay__in=[turn.order.pk for turn in capped], planned_for__gte=first or date.max)
    rows = rows.exclude(state__in=("failed", "cancelled", "returned", "charged_back"))
    for order_id, day, minor in rows.values_list("autopay", "planned_for", "amount_minor"):
        assert order_id and day  # what autopay planned has both
        spent[order_id, day.year, day.month] += minor
    for turn in turns:
        order = turn.order
        limits = [] if order.cap_minor is None else [order.cap_minor]
        if order.month_cap_minor is not None:
            limits.append(order.month_cap_minor - spent[order.pk, turn.run_on.year, turn.run_on.month])
        turn.shares = _within(turn.shares, min(limits)) if limits else turn.shares


def _within(shares: Iterable[tuple[Invoice, Money]], minor: int) -> Shares:
    kept = []
    for invoice, amount in shares:
        if amount.minor <= minor:
            kept.append((invoice, amount))
            minor -= amount.minor
    return kept
