"""Asking for a refund: what it is taken from, that it is no more than came, and whether a second person is needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction as database
from django.db.models import Sum

from eipp.accounts.roles import require
from eipp.gateways import gateway as gateways
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Application, CashReceipt, CreditNote, Invoice
from eipp.ledger.posting import lock_accounts
from workflows import authority
from workflows.payment import Payment
from workflows.refund import RIGHT, Refund, RefundPart
from workflows.refund_payee import account_for

Shares = Sequence[tuple[Invoice, Money]]


def request(
    actor: Actor,
    matter: Payment | CashReceipt,
    amount: Money,
    *,
    reason: str,
    reopen: Shares | None = None,
    credit_note: CreditNote | None = None,
    by_bank: bool = False,
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> Refund:
    """Give back so much of a payment, or of a receipt that came otherwise; within the actor's limit it is submitted at
    once, above it a second person is asked. Hand a submitted one to `refund_talk.send` after the commit.

    It is taken from what no invoice has taken; then from `reopen` (so much off each invoice, which is open again), or,
    where that is None, off the invoices that are due last. credit_note: its open amount pays the invoices instead, so
    that the payer gets the credit as money. by_bank: to the payer's bank details, since the way it came failed.
    attempt: the same once more is the same refund. Events: `refund.requested`, then `refund.submitted` or
    `authority.asked`.

    Refusals: 403; 409 `not_settled`, `more_than_received`, `goes_back_as_it_came`, `no_bank_details`,
    `bank_details_wait`; 422 `amount_not_positive`, `reason_missing`, `choose_where`.
    """
    require(actor, RIGHT)
    moment = now or clock.now()
    if not reason.strip():
        raise Refusal("reason_missing", "Say why, so that the payer can follow.", status=422, field="reason")
    with database.atomic():
        lock_accounts(_accounts(matter, reopen or (), credit_note))
        if attempt and (before := Refund.objects.filter(supplier=matter.supplier_id, attempt=attempt).first()):
            return _same(before, matter, amount)
        receipts = receipts_of(matter)
        _check(matter, receipts, amount)
        sender = _checked_sender(matter, amount.currency, by_bank)
        parts = _Plan(receipts, amount.currency).parts(amount, reopen, credit_note)
        refund = _create(actor, matter, amount, reason.strip()[:1000], parts, sender, attempt, moment)
        asked = authority.require(
            actor, "refund", amount, about=refund, deed="refund", reason=refund.reason, now=moment
        )
        if asked is None:
            refund.submit(actor, now=moment)
    return refund


def receipts_of(matter: Payment | CashReceipt) -> list[CashReceipt]:
    """The money that came and was not taken back."""
    rows = CashReceipt.objects.filter(reversed_at=None).select_related("account")
    if isinstance(matter, CashReceipt):
        return list(rows.filter(pk=matter.pk))
    return list(rows.filter(payment_id=matter.pk).order_by("pk"))


def refundable(matter: Payment | CashReceipt) -> Money:
    """What may still go back: what came, less what went back, is on its way back or waits for a second person."""
    receipts = receipts_of(matter)
    left = sum(row.amount_minor - row.set_aside_minor - row.given_back_minor for row in receipts)
    waits = RefundPart.objects.filter(receipt__in=receipts, refund__state="requested")
    asked = waits.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return Money(left - int(asked), receipts[0].currency if receipts else matter.currency)


def paid_invoices(matter: Payment | CashReceipt) -> list[tuple[Invoice, Money]]:
    """The invoices that its money pays at present, those that are due last first."""
    plan = _Plan(receipts_of(matter), matter.currency)
    sums: dict[UUID, tuple[Invoice, Money]] = {}
    for stand in plan.stands:
        known = sums.get(stand.invoice.pk)
        sums[stand.invoice.pk] = (stand.invoice, known[1] + stand.left if known else stand.left)
    return list(sums.values())


def open_credit(matter: Payment | CashReceipt) -> list[CreditNote]:
    """The credit notes of which something could be paid out with this money."""
    accounts = {receipt.account_id for receipt in receipts_of(matter)}
    rows = CreditNote.objects.filter(account__in=accounts, legal_entity=matter.legal_entity_id, open_minor__gt=0)
    return list(rows.filter(currency=matter.currency).order_by("issue_date", "pk"))


@dataclass
class _Stand:
    """What of a receipt stands on an invoice and is not planned to be taken off yet."""

    receipt: CashReceipt
    invoice: Invoice
    left: Money


@dataclass
class _Part:
    receipt: CashReceipt
    amount: Money
    invoice: Invoice | None = None
    credit_note: CreditNote | None = None


@dataclass
class _Plan:
    """From what a refund is taken."""

    receipts: list[CashReceipt]
    currency: str
    made: list[_Part] = field(default_factory=list)
    stands: list[_Stand] = field(init=False)

    def __post_init__(self) -> None:
        rows = Application.objects.filter(receipt__in=self.receipts, reverses=None, reversed_by=None)
        by_id = {receipt.pk: receipt for receipt in self.receipts}
        self.stands = [
            _Stand(by_id[row.receipt_id], row.invoice, row.amount)
            for row in rows.select_related("invoice").order_by("-invoice__due_date", "-invoice_id", "pk")
            if row.receipt_id
        ]

    def parts(self, amount: Money, reopen: Shares | None, credit_note: CreditNote | None) -> list[_Part]:
        left = amount
        if credit_note:
            left -= self._take_off(min(credit_note.open, left), credit_note=credit_note)
        for invoice, share in reopen or ():
            if self._take_off(share, only=invoice) < share:
                raise Refusal("not_applied_there", f"Less than {share} of this money stands on {invoice.number}.",
                              field=f"reopen.{invoice.number}")  # fmt: skip
            left -= share
        if left.minor < 0:
            raise Refusal("choose_where", f"The invoices' parts are more than {amount} together.", status=422)
        left -= self._take_unapplied(left)
        if left and reopen is None:
            left -= self._take_off(left)
        if left:
            raise Refusal("choose_where", f"Say which invoices are open again for the remaining {left}.", status=422,
                          field="reopen")  # fmt: skip
        return self.made

    def _take_unapplied(self, wanted: Money) -> Money:
        taken = Money.zero(self.currency)
        for receipt in self.receipts:
            if part := min(receipt.unapplied, wanted - taken):
                self.made.append(_Part(receipt, part))
                taken += part
        return taken

    def _take_off(self, wanted: Money, *, only: Invoice | None = None, credit_note: CreditNote | None = None) -> Money:
        taken = Money.zero(self.currency)
        for stand in self.stands:
            part = min(stand.left, wanted - taken)
            if part and only in (None, stand.invoice):
                stand.left -= part
                taken += part
                self.made.append(_Part(stand.receipt, part, stand.invoice, credit_note))
        return taken


def _accounts(matter: Payment | CashReceipt, reopen: Shares, credit_note: CreditNote | None) -> set[UUID]:
    """Every account whose rows the refund will touch, so that all are locked at once and in order."""
    receipts = receipts_of(matter)
    standing = Application.objects.filter(receipt__in=receipts, reverses=None, reversed_by=None)
    accounts = {receipt.account_id for receipt in receipts} | {invoice.account_id for invoice, _ in reopen}
    accounts |= set(standing.values_list("invoice__account_id", flat=True))
    return accounts | ({credit_note.account_id} if credit_note else set())


def _check(matter: Payment | CashReceipt, receipts: Sequence[CashReceipt], amount: Money) -> None:
    if isinstance(matter, Payment):
        state = Payment.objects.only("state").get(pk=matter.pk).state
        if state != "settled":
            raise Refusal("not_settled", f"Payment {matter.number} is {state.replace('_', ' ')}: only money that came "
                                         "and stayed can go back.")  # fmt: skip
    if not receipts:
        raise Refusal("not_settled", "This money was taken back: nothing of it is left.")
    if amount.currency != receipts[0].currency or amount.minor <= 0:
        raise Refusal("amount_not_positive", f"Give back more than zero {receipts[0].currency}.", status=422,
                      field="amount")  # fmt: skip
    left = refundable(matter)
    if amount > left:
        raise Refusal("more_than_received", f"At most {left} of this payment can go back: {amount} is too much.",
                      field="amount")  # fmt: skip


def _same(refund: Refund, matter: Payment | CashReceipt, amount: Money) -> Refund:
    own = refund.payment_id == matter.pk or refund.parts.filter(receipt=matter.pk).exists()
    if not own or refund.amount != amount:
        raise Refusal("other_refund", "This was sent before with another amount: begin again.", status=422)
    return refund


def _create(actor: Actor, matter: Payment | CashReceipt, amount: Money, reason: str, parts: Sequence[_Part],
            sender: str, attempt: UUID | None, now: datetime) -> Refund:  # fmt: skip
    payment = matter if isinstance(matter, Payment) else _payment_of(matter)
    accounts = {part.receipt.account_id for part in parts}
    (number,) = numbering.take(f"refund:{matter.supplier_id}")
    refund = Refund.objects.create(
        state="requested", state_since=now, supplier_id=matter.supplier_id, buyer_id=matter.buyer_id,
        account_id=accounts.pop() if len(accounts) == 1 else None, legal_entity_id=matter.legal_entity_id,
        payment=payment, number=f"R-{number:06d}", currency=amount.currency, amount_minor=amount.minor,
        gateway=sender, reason=reason, attempt=attempt, asked_by=actor.id, asked_at=now,
    )  # fmt: skip
    assert total((part.amount for part in parts), amount.currency) == amount
    RefundPart.objects.bulk_create(
        [RefundPart(refund=refund, receipt=part.receipt, invoice=part.invoice, credit_note=part.credit_note,
                    currency=amount.currency, amount_minor=part.amount.minor) for part in parts]
    )  # fmt: skip
    events.record("refund.requested", refund, actor, concerns=refund.concerns(), after="requested",
                  data=refund.told(), internal=True, occurred_at=now)  # fmt: skip
    return refund


def _payment_of(receipt: CashReceipt) -> Payment | None:
    return Payment.objects.filter(pk=receipt.payment_id).first() if receipt.payment_id else None


def _checked_sender(matter: Payment | CashReceipt, currency: str, by_bank: bool) -> str:
    """Who sends it back: a provider by its name; empty where AR does, for which there is an account to send it to."""
    sender = sender_of(matter)
    if sender and by_bank and not may_go_by_bank(matter):
        raise Refusal("goes_back_as_it_came", "This goes back the way it came; by bank only after that has failed.",
                      field="by_bank")  # fmt: skip
    if sender and not by_bank:
        return sender
    account_for(matter.buyer, currency)
    return ""


def may_go_by_bank(matter: Payment | CashReceipt) -> bool:
    """Whether a refund of it the way it came has failed, so that one by bank is left."""
    payment = matter if isinstance(matter, Payment) else _payment_of(matter)
    return bool(payment and Refund.objects.filter(payment=payment, state="failed").exclude(gateway="").exists())


def sender_of(matter: Payment | CashReceipt) -> str:
    """The provider that will send it back; empty where AR does."""
    return _sender(matter if isinstance(matter, Payment) else _payment_of(matter))


def _sender(payment: Payment | None) -> str:
    """The provider that took the money, where it can send it back; nobody: AR does."""
    if payment is None:
        return ""
    provider = gateways.of(payment.gateway, payment.legal_entity)
    return payment.gateway if "refund" in provider.can else ""
