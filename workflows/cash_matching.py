"""Cash matching: what each movement of a bank statement is, and why. Nothing is posted here.

Only what is exact and unique is meant to be posted by itself; of the rest, who paid may still be certain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from eipp.accounts.models import CustomerAccount
from eipp.gateways.creditor_reference import normalised
from eipp.kernel.money import Money, total
from eipp.ledger.models import CashReceipt, Invoice
from workflows.announced_payment import AnnouncedPayment
from workflows.bank_statement import BankEntry
from workflows.cash_names import Named, Payers, references_of
from workflows.payment import Payment
from workflows.refund import Refund
from workflows.remittance_advice import RemittanceAdvice

SETTLED = ("settled", "returned", "charged_back")

Shares = list[tuple[Invoice, Money]]


@dataclass
class Match:
    """What to do with an entry. outcome: one of `bank_statement.OUTCOMES`; because: a code with its facts, for people.

    payment: settled by it, or given back; receipt: taken back by it; refund: the payout that it is; account and shares:
    what is posted; kept_back: what the payer says to have deducted of which invoice, and why.
    """

    outcome: str
    because: dict[str, Any] = field(default_factory=dict)
    account: CustomerAccount | None = None
    shares: Shares = field(default_factory=list)
    payment: Payment | None = None
    receipt: CashReceipt | None = None
    refund: Refund | None = None
    kept_back: list[tuple[Invoice, Money, str]] = field(default_factory=list)


def matches(entries: Sequence[BankEntry]) -> dict[UUID, Match]:
    """By entry: a constant number of queries for any number of entries. `statement` is at hand on each."""
    came = [entry for entry in entries if entry.amount_minor > 0 and not entry.return_reason and not entry.is_reversal]
    named, payers = Named(entries), Payers(came)
    left: dict[UUID, int] = {}
    settled: set[UUID] = set()
    backs = _Backs([entry for entry in entries if entry.amount_minor < 0])
    found = {}
    for entry in entries:
        if entry.amount_minor < 0:
            found[entry.pk] = backs.match(entry, named)
        elif entry.return_reason or entry.is_reversal:
            found[entry.pk] = Match("waiting", {"code": "own_money_back", "reason": entry.return_reason})
        else:
            found[entry.pk] = _came(entry, named, payers, left, settled)
    return found


def _came(entry: BankEntry, named: Named, payers: Payers, left: dict[UUID, int], settled: set[UUID]) -> Match:
    payments = named.payments_of(entry)
    if len(payments) == 1 and payments[0].method == "bank_transfer":
        payment = payments[0]
        if payment.state not in SETTLED and payment.pk not in settled:
            settled.add(payment.pk)
            return Match("payment", {"code": "payment", "number": payment.number}, payment=payment)
    invoices = named.invoices_of(entry)
    exact = _exactly(entry, [(one, _free(one, left)) for one in invoices], {"code": "invoice"})
    for announced in named.announced_of(entry) if exact is None else ():
        exact = exact or _by_announced(entry, announced, left)
    for advice in named.advices_of(entry) if exact is None else ():
        if advice.pk not in settled and (exact := _by_advice(entry, advice, left)):
            settled.add(advice.pk)
            break
    if exact:
        for invoice, amount in exact.shares:
            left[invoice.pk] = _free(invoice, left).minor - amount.minor
        return exact
    return _customer(entry, named, invoices, payments, payers)


def _exactly(entry: BankEntry, shares: Shares, because: dict[str, Any]) -> Match | None:
    """The invoices together are open by exactly what came, and are one buyer's."""
    if not shares or any(amount.minor <= 0 for _, amount in shares):
        return None
    if total((amount for _, amount in shares), entry.currency) != entry.amount or not _one_customer(shares):
        return None
    because |= {"numbers": [invoice.number for invoice, _ in shares][:10], "count": len(shares)}
    return Match("applied", because, account=shares[0][0].account, shares=shares)


def _by_announced(entry: BankEntry, announced: AnnouncedPayment, left: dict[UUID, int]) -> Match | None:
    """What the buyer announced under this reference, where it came to the cent and still fits."""
    shares = [(share.invoice, share.amount) for share in announced.shares.all()]
    if any(amount > _free(invoice, left) for invoice, amount in shares):
        return None
    return _exactly(entry, shares, {"code": "announced", "advice": announced.number})


def _by_advice(entry: BankEntry, advice: RemittanceAdvice, left: dict[UUID, int]) -> Match | None:
    lines = list(advice.lines.all())
    shares = [(line.invoice, line.amount) for line in lines if line.invoice and line.amount is not None]
    if len(shares) < len(lines) or any(amount.currency != entry.currency for _, amount in shares):
        return None
    if any(amount > _free(invoice, left) for invoice, amount in shares):
        return None
    match = _exactly(entry, shares, {"code": "advice", "advice": advice.number})
    if match:
        match.kept_back = [(line.invoice, line.deduction, line.reason) for line in lines
                           if line.invoice and line.deduction and line.deduction.minor > 0]  # fmt: skip
    return match


def _customer(
    entry: BankEntry, named: Named, invoices: list[Invoice], payments: list[Payment], payers: Payers
) -> Match:
    """Nothing fits exactly: whose money it is may be certain all the same."""
    numbers = [invoice.number for invoice in invoices][:10]
    if invoices and _one_customer([(invoice, entry.amount) for invoice in invoices]):
        return Match("account", {"code": "named_other_amount", "numbers": numbers}, account=invoices[0].account)
    closed = named.invoices_of(entry, closed=True) if not invoices else []
    if closed and _one_customer([(invoice, entry.amount) for invoice in closed]):
        numbers = [invoice.number for invoice in closed][:10]
        return Match("account", {"code": "named_closed", "numbers": numbers}, account=closed[0].account)
    account, how = payers.of(entry)
    if account is None:
        return Match("waiting", {"code": "unknown_payer"})
    because: dict[str, Any] = {"code": how, "name": account.name}
    if payments and payments[0].state in SETTLED:
        because["settled"] = payments[0].number
    return Match("account", because, account=account)


def _one_customer(shares: Shares) -> bool:
    accounts = {invoice.account_id for invoice, _ in shares}
    buyers = {invoice.buyer_id for invoice, _ in shares}
    return len(accounts) == 1 or (len(buyers) == 1 and None not in buyers)


def _free(invoice: Invoice, left: dict[UUID, int]) -> Money:
    return Money(left.get(invoice.pk, invoice.free.minor), invoice.currency)


class _Backs:
    """Money that went out: a transfer or debit that came back, where what it takes back is exact; else as it is."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._earlier: dict[tuple[str, int], list[BankEntry]] = {}
        self._given: set[UUID] = set()
        self._payouts = _payouts(entries)
        wanted = {name for entry in entries for name in (entry.end_to_end, *entry.references) if name}
        if not wanted:
            return
        rows = BankEntry.objects.filter(
            supplier__in={entry.supplier_id for entry in entries}, amount_minor__gt=0, receipt__reversed_at=None,
            receipt__isnull=False,
        ).select_related("receipt", "statement")  # fmt: skip
        for column in ("end_to_end", "bank_id"):
            for row in rows.filter(**{f"{column}__in": wanted}):
                self._earlier.setdefault((getattr(row, column), row.amount_minor), []).append(row)

    def match(self, entry: BankEntry, named: Named) -> Match:
        amount, is_back = -entry.amount_minor, bool(entry.return_reason or entry.is_reversal)
        reason = {"reason": entry.return_reason}
        payments = [row for row in named.payments_of(entry) if row.state == "settled" and _received(row) == amount]
        if is_back and len(payments) == 1 and payments[0].pk not in self._given:
            self._given.add(payments[0].pk)
            return Match("returned", {"code": "payment_back", "number": payments[0].number, **reason},
                         payment=payments[0])  # fmt: skip
        found = {
            row.receipt_id: row for name in (entry.end_to_end, *entry.references)
            for row in self._earlier.get((name, amount), ())
            if row.statement.legal_entity_id == entry.statement.legal_entity_id and row.currency == entry.currency
        }  # fmt: skip
        fresh = [row for key, row in found.items() if key not in self._given]
        if is_back and len(fresh) == 1 and fresh[0].receipt:
            self._given.add(fresh[0].receipt.pk)
            return Match("returned", {"code": "receipt_back", **reason}, receipt=fresh[0].receipt,
                         account=fresh[0].account)  # fmt: skip
        if is_back:
            return Match("return", {"code": "unknown_back", **reason})
        named_refunds = {row.pk: row for name in references_of(entry) for row in self._payouts.get(name, ())}
        refunds = [row for row in named_refunds.values() if row.pk not in self._given and _is_payout_of(entry, row)]
        if len(refunds) == 1:
            self._given.add(refunds[0].pk)
            return Match("outgoing", {"code": "refund", "number": refunds[0].number}, refund=refunds[0])
        return Match("outgoing", {"code": "outgoing"})


def _payouts(entries: Sequence[BankEntry]) -> dict[str, list[Refund]]:
    """The refunds that AR sends by its bank, by their number as banks write it: one query."""
    if not entries:
        return {}
    rows = Refund.objects.filter(
        supplier__in={entry.supplier_id for entry in entries}, gateway="", state__in=("submitted", "pending"),
        amount_minor__in={-entry.amount_minor for entry in entries},
    )  # fmt: skip
    found: dict[str, list[Refund]] = {}
    for row in rows:
        found.setdefault(normalised(row.number), []).append(row)
    return found


def _is_payout_of(entry: BankEntry, refund: Refund) -> bool:
    own = refund.supplier_id == entry.supplier_id and refund.legal_entity_id == entry.statement.legal_entity_id
    return own and entry.amount == -refund.amount


def _received(payment: Payment) -> int:
    return payment.received_minor if payment.received_minor is not None else payment.amount_minor
