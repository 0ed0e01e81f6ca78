"""Cash proposals: what money that nobody applied yet may be for, the likeliest first, each with its reason."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import F, Q

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.ledger.document import fold
from eipp.ledger.models import CashReceipt, Invoice
from workflows.bank_statement import BankEntry
from workflows.cash_names import Named
from workflows.remittance_advice import RemittanceAdvice

MOST = 6
MOST_INVOICES = 200  # of one customer, among which sums are looked for
_FEW, _MOST_SUMS = 24, 20_000
ALIKE = 0.6


@dataclass(frozen=True)
class Proposal:
    """why: `named`, `advice`, `equal`, `all`, `oldest_equal`, `sum`, `oldest`, `alike`; what the shares leave of the
    amount stays on the account."""

    why: str
    account: CustomerAccount
    shares: tuple[tuple[Invoice, Money], ...]
    amount: Money
    advice: str = ""

    @property
    def left(self) -> Money:
        return self.amount - total((amount for _, amount in self.shares), self.amount.currency)

    @property
    def is_exact(self) -> bool:
        return bool(self.shares) and not self.left


def for_receipt(actor: Actor, receipt: CashReceipt) -> list[Proposal]:
    """For what is left of a receipt: its customer is certain."""
    entry = receipt.bank_entries.select_related("statement", "supplier").first()
    invoices = open_invoices(actor, receipt.account, legal_entity_id=receipt.legal_entity_id, currency=receipt.currency)
    named = _named(entry, invoices) if entry else []
    return _ranked(_of_customer(receipt.account, receipt.unapplied, invoices, named))


def for_entry(actor: Actor, entry: BankEntry) -> list[Proposal]:
    """For an entry whose customer is not certain: what it names, who owes exactly this, who is called alike."""
    if entry.amount_minor <= 0:
        return []
    payee, amount = entry.statement.legal_entity_id, entry.amount
    free = Invoice.objects.visible_to(actor).filter(legal_entity=payee, currency=entry.currency)
    free = free.filter(open_minor__gt=F("held_minor")).select_related("account")
    found = [_filled("named", one.account, amount, [one]) for one in Named([entry]).invoices_of(entry)]
    equal = free.filter(open_minor=F("held_minor") + entry.amount_minor).order_by("due_date")
    found += [_filled("equal", one.account, amount, [one]) for one in equal[:MOST]]
    for account in _alike(actor, entry):
        own = open_invoices(actor, account, legal_entity_id=payee, currency=entry.currency)
        found += [each for each in _of_customer(account, amount, own, []) if each.is_exact]
        found.append(Proposal("alike", account, (), amount))
    return _ranked(found)


def open_invoices(actor: Actor, account: CustomerAccount, *, legal_entity_id: Any, currency: str) -> list[Invoice]:
    """What can be paid with the money of an account: its own invoices and those of the same buyer, the oldest first."""
    same = Q(account=account) | (Q(buyer=account.buyer_id) if account.buyer_id else Q(pk=None))
    rows = Invoice.objects.visible_to(actor).filter(same, legal_entity=legal_entity_id, currency=currency)
    free = rows.filter(open_minor__gt=F("held_minor"), supplier=account.supplier_id).select_related("account")
    return list(free.order_by("due_date", "pk")[:MOST_INVOICES])


def _of_customer(
    account: CustomerAccount, amount: Money, invoices: Sequence[Invoice], named: Sequence[Invoice]
) -> Iterator[Proposal]:
    if named:
        yield _filled("named", account, amount, named)
    yield from _advised(account, amount, invoices)
    for one in invoices:
        if one.free == amount:
            yield _filled("equal", account, amount, [one])
    if chosen := _oldest_equal(amount, invoices):
        yield _filled("all" if len(chosen) == len(invoices) else "oldest_equal", account, amount, chosen)
    elif chosen := _some(amount, invoices[:_FEW]):
        yield _filled("sum", account, amount, chosen)
    if invoices:
        yield _filled("oldest", account, amount, invoices)


def _filled(why: str, account: CustomerAccount, amount: Money, invoices: Iterable[Invoice]) -> Proposal:
    """One invoice after the other, each as far as it is free and the money goes."""
    shares, left = [], amount
    for invoice in invoices:
        share = min(left, invoice.free)
        if share.minor > 0:
            shares.append((invoice, share))
            left -= share
    return Proposal(why, account, tuple(shares), amount)


def _named(entry: BankEntry, invoices: Sequence[Invoice]) -> list[Invoice]:
    own = {invoice.pk for invoice in invoices}
    return [invoice for invoice in Named([entry]).invoices_of(entry) if invoice.pk in own]


def _advised(account: CustomerAccount, amount: Money, invoices: Sequence[Invoice]) -> Iterator[Proposal]:
    """Advices of this customer over this amount whose invoices are free as they say."""
    own = {invoice.pk: invoice for invoice in invoices}
    same = Q(amount_minor=amount.minor) | Q(amount_minor=None, sum_minor=amount.minor)
    advices = RemittanceAdvice.objects.filter(same, account=account, verdict="read", currency=amount.currency)
    for advice in advices.prefetch_related("lines").order_by("-sent_at")[:MOST]:
        lines = [line for line in advice.lines.all() if line.invoice_id in own and line.amount]
        shares = [(own[line.invoice_id], line.amount) for line in lines if line.invoice_id and line.amount]
        fits = all(0 < share.minor <= invoice.free.minor for invoice, share in shares)
        if shares and fits and total((share for _, share in shares), amount.currency) <= amount:
            yield Proposal("advice", account, tuple(shares), amount, advice.number)


def _oldest_equal(amount: Money, invoices: Sequence[Invoice]) -> list[Invoice]:
    sum_, chosen = 0, []
    for invoice in invoices:
        sum_ += invoice.free.minor
        chosen.append(invoice)
        if sum_ >= amount.minor:
            return chosen if sum_ == amount.minor and len(chosen) > 1 else []
    return []


def _some(amount: Money, invoices: Sequence[Invoice]) -> list[Invoice]:
    """The first few of the oldest that give the amount exactly; none where two choices would."""
    sums: dict[int, tuple[Invoice, ...] | None] = {0: ()}
    for invoice in invoices:
        for before, chosen in list(sums.items()):
            after = before + invoice.free.minor
            if after <= amount.minor:
                sums[after] = None if after in sums or chosen is None else (*chosen, invoice)
        if len(sums) > _MOST_SUMS:
            return []
    return list(sums.get(amount.minor) or ())


def _alike(actor: Actor, entry: BankEntry) -> list[CustomerAccount]:
    """Accounts that are called about the same; of thousands, those that share the longest word."""
    name = fold(entry.counterparty)
    word = max(name.split(), key=len, default="")
    if len(word) < 3:
        return []
    rows = CustomerAccount.objects.visible_to(actor).filter(
        legal_entity=entry.statement.legal_entity_id, name__icontains=word
    )
    scored = [(SequenceMatcher(None, name, fold(row.name)).ratio(), row) for row in rows[:MOST_INVOICES]]
    scored.sort(key=lambda each: (-each[0], each[1].number))
    return [row for score, row in scored if score >= ALIKE or word in fold(row.name).split()][:3]


_RANK = ("named", "advice", "equal", "all", "oldest_equal", "sum", "alike", "oldest")


def _ranked(found: Iterable[Proposal]) -> list[Proposal]:
    """Exact ones first, then by reason; the same shares once."""
    ordered = sorted(found, key=lambda each: (not each.is_exact, _RANK.index(each.why)))
    once: dict[Any, Proposal] = {}
    for each in ordered:
        shares = tuple(sorted((invoice.pk, amount.minor) for invoice, amount in each.shares))
        once.setdefault((each.account.pk, shares), each)
    return list(once.values())[:MOST]
