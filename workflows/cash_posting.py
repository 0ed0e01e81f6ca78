"""Cash posting: what the platform does with a statement by itself, batch by batch; killed, it goes on where it was."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction as database
from django.db.models import Count

from eipp.kernel import clock, events, rows
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from workflows.bank_intake import judge_followers
from workflows.bank_statement import BankEntry, BankStatement
from workflows.bank_transfer import settle_transfer
from workflows.cash_application import deposit_of
from workflows.cash_matching import Match, matches
from workflows.deduction import take
from workflows.payment import PaymentShare
from workflows.refund_talk import settle_payout

BATCH = 200  # entries in one transaction: short locks, and few enough for SQLite
TRIES = 5
PLATFORM = Actor.system("cash application")
_KEPT = ("known_as", "looked_at", "outcome", "because", "account", "receipt", "payment_id")


def to_be_applied() -> list[UUID]:
    """The statements that wait, in the order in which their days were."""
    waiting = BankStatement.objects.to_be_applied().order_by("ends_on", "sequence", "received_at")
    return list(waiting.values_list("pk", flat=True)[:100])


def apply_statement(statement_id: UUID, *, now: datetime | None = None) -> None:
    """Look at every entry of a statement that nobody has looked at yet. Event, at the end: `bank_statement.applied`."""
    moment = now or clock.now()
    while _batch(statement_id, moment):
        pass


def _batch(statement_id: UUID, now: datetime) -> bool:
    """One batch; False when the statement is done. Who was faster on an invoice wins, and the batch is matched anew."""
    for _ in range(TRIES):
        try:
            with database.atomic():
                return _look_at_next(statement_id, now)
        except Refusal as error:
            cause = error
    raise cause


def _look_at_next(statement_id: UUID, now: datetime) -> bool:
    waiting: Any = BankStatement.objects.to_be_applied().select_for_update(of=("self",))
    statement: BankStatement | None = waiting.select_related("legal_entity").filter(pk=statement_id).first()
    if statement is None:
        return False
    entries = list(statement.entries.filter(looked_at=None).order_by("position")[:BATCH])
    if not entries:
        _done(statement, now)
        return False
    for entry in entries:
        entry.statement = statement
    _note_what_was_counted(statement, entries)
    fresh = [entry for entry in entries if entry.known_as_id is None]
    found = matches(fresh)
    _lock(found.values())
    _post(fresh, found, now)
    for entry in fresh:
        _settle(entry, found[entry.pk], now)
        entry.because = found[entry.pk].because
        entry.outcome = found[entry.pk].outcome
    for entry in entries:
        entry.looked_at = now
    rows.update(entries, _KEPT)
    return True


def _note_what_was_counted(statement: BankStatement, entries: Sequence[BankEntry]) -> None:
    """The same booking in an earlier statement or notification of this account: counted once."""
    ids = {entry.entry_id for entry in entries} - {""}
    if not ids:
        return
    earlier = BankEntry.objects.filter(
        supplier=statement.supplier_id, entry_id__in=ids, statement__bank_account=statement.bank_account,
        looked_at__isnull=False, known_as=None,
    ).exclude(statement=statement)  # fmt: skip
    known = {_booking(row): row for row in earlier}
    for entry in entries:
        if entry.entry_id and (before := known.get(_booking(entry))):
            entry.known_as, entry.outcome, entry.because = before, "known", {"code": "known"}


def _booking(entry: BankEntry) -> tuple[Any, ...]:
    return entry.entry_id, entry.booked_on, entry.entry_minor, entry.currency


def _lock(found: Iterable[Match]) -> None:
    """Every account of the batch at once, in one order: what follows locks nothing that others hold."""
    accounts: set[UUID] = set()
    payments = set()
    for match in found:
        accounts |= {invoice.account_id for invoice, _ in match.shares}
        if match.account:
            accounts.add(match.account.pk)
        if match.receipt:
            accounts.add(match.receipt.account_id)
        if match.payment:
            payments.add(match.payment.pk)
        if match.refund:
            accounts |= set(match.refund.account_ids())
    if payments:
        shares = PaymentShare.objects.filter(payment__in=payments)
        accounts |= set(shares.values_list("invoice__account_id", flat=True))
    posting.lock_accounts(accounts)


def _post(entries: Sequence[BankEntry], found: dict[UUID, Match], now: datetime) -> None:
    """Everything that is a customer's, whether applied or left on the account, as one set."""
    chosen = [entry for entry in entries if found[entry.pk].outcome in ("applied", "account")]
    deposits = []
    for entry in chosen:
        match = found[entry.pk]
        assert match.account
        entry.account = match.account
        deposits.append(deposit_of(entry, match.account, match.shares))
    for entry, receipt in zip(chosen, posting.post_deposits(PLATFORM, deposits, now=now), strict=True):
        entry.receipt = receipt
        for invoice, amount, said in found[entry.pk].kept_back:
            if free := min(amount, Invoice.objects.get(pk=invoice.pk).free):
                take(PLATFORM, invoice, free, said=said, receipt=receipt, now=now)


def _settle(entry: BankEntry, match: Match, now: datetime) -> None:
    """What is a workflow's own: a payment by transfer arrives, or comes back; a receipt is taken back."""
    if match.payment and match.outcome == "payment":
        receipts = settle_transfer(
            PLATFORM, match.payment, amount=entry.amount, received_on=entry.value_on, external_id=entry.external_id,
            means=f"transfer from {entry.counterparty}"[:60] if entry.counterparty else "", now=now,
        )  # fmt: skip
        entry.payment_id, entry.account_id = match.payment.pk, receipts[0].account_id
    elif match.payment:
        match.payment.come_back(PLATFORM, now=now, failure=entry.return_reason or "returned")
        entry.payment_id = match.payment.pk
    elif match.refund:
        settle_payout(PLATFORM, match.refund, now=now)
    elif match.receipt:
        reason = entry.return_reason or "returned by the bank"
        posting.reverse_receipt(PLATFORM, match.receipt, reason=reason, now=now)
        entry.receipt, entry.account = match.receipt, match.account


def _done(statement: BankStatement, now: datetime) -> None:
    statement.applied_at = now
    statement.save(update_fields=["applied_at"])
    counted = statement.entries.values("outcome").annotate(count=Count("pk"))
    data = {row["outcome"]: row["count"] for row in counted.order_by("outcome")}
    events.record("bank_statement.applied", statement, PLATFORM, data={"number": str(statement), "entries": data},
                  occurred_at=now)  # fmt: skip
    judge_followers(statement)
