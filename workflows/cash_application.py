"""Cash application: every amount that came becomes a cash receipt, in sets; and what AR decides about the rest.

The platform posts what is exact and unique, leaves what is certainly a customer's on its account, and lets the rest
wait. Locks have one order: customer accounts, invoices, then the entry or receipt.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction as database

from eipp.accounts.models import CustomerAccount
from eipp.accounts.roles import require
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Application, CashReceipt, Invoice
from workflows.bank_statement import BankEntry, LeftOnAccount

RIGHT = "cash.apply"
Shares = Sequence[tuple[Invoice, Money]]


@database.atomic
def apply(actor: Actor, receipt: CashReceipt, shares: Shares, *, now: datetime | None = None) -> list[Application]:
    """Apply what is left of a receipt to invoices. Events: `application.made`.

    Refused (409): `more_than_open`, `more_than_left`, `already_reversed`; (422): `nothing_chosen`, `other_buyer` and
    what else does not fit.
    """
    require(actor, RIGHT)
    if not shares:
        raise Refusal("nothing_chosen", "Choose at least one invoice and an amount.", status=422, field="invoices")
    row = _receipt(actor, receipt, accounts=[invoice.account_id for invoice, _ in shares])
    made = posting.apply_receipt(actor, row, shares, now=now)
    LeftOnAccount.objects.filter(receipt=row).delete()
    BankEntry.objects.filter(receipt=row, outcome="account").update(outcome="applied")
    return made


@database.atomic
def undo(actor: Actor, receipt: CashReceipt, applications: Sequence[Application], *,
         now: datetime | None = None) -> list[Application]:  # fmt: skip
    """Undo applications of a receipt: its money is unapplied again. Events: `application.reversed`.

    Refused (409): `already_reversed`.
    """
    require(actor, RIGHT)
    row = _receipt(actor, receipt, accounts=[each.invoice.account_id for each in applications])
    own = [each for each in applications if each.receipt_id == row.pk and each.reverses_id is None]
    if not own:
        raise Refusal("nothing_chosen", "Choose what is to be undone.", status=422, field="application")
    undone = posting.reverse_applications(actor, own, now=now)
    BankEntry.objects.filter(receipt=row, outcome="applied").update(outcome="account")
    return undone


@database.atomic
def leave_on_account(actor: Actor, receipt: CashReceipt, *, note: str = "", now: datetime | None = None) -> None:
    """What is unapplied stays with the customer for now, and waits for nobody. Event: `cash_receipt.left`."""
    require(actor, RIGHT)
    row = _receipt(actor, receipt)
    if not row.unapplied_minor:
        raise Refusal("nothing_left", "Nothing of this receipt is left on the account.")
    facts = {"note": note.strip()[:1000], "left_by": actor.id, "left_at": now or clock.now()}
    LeftOnAccount.objects.update_or_create(receipt=row, defaults={"supplier_id": row.supplier_id, **facts})
    data = {"amount": row.unapplied.text, "currency": row.currency, "reason": facts["note"]}
    events.record("cash_receipt.left", row, actor, data=data, internal=True)


@database.atomic
def take_up(actor: Actor, receipt: CashReceipt) -> None:
    """What was left on the account waits to be applied again."""
    require(actor, RIGHT)
    LeftOnAccount.objects.filter(receipt=_receipt(actor, receipt)).delete()


@database.atomic
def assign(actor: Actor, entry: BankEntry, account: CustomerAccount, shares: Shares = (), *,
           now: datetime | None = None) -> CashReceipt:  # fmt: skip
    """Say whose money it is: it is posted on the account, and applied to the shares. Event: `bank_entry.assigned`.

    Refused (409): `already_dealt_with`, `more_than_open`; (422): `not_received`, `other_payee`.
    """
    require(actor, RIGHT)
    if account.supplier_id != entry.supplier_id:
        raise CustomerAccount.DoesNotExist
    posting.lock_invoices([invoice for invoice, _ in shares], accounts=[account.pk])
    row = _waiting(actor, entry)
    if row.outcome != "waiting":
        raise Refusal("not_received", "Money that went back is no receipt: choose the one it takes back.", status=422)
    payee = row.statement.legal_entity
    if payee and account.legal_entity_id != payee.pk:
        raise Refusal("other_payee", f"{account.name} owes another company than the one that was paid.", status=422)
    deposit = deposit_of(row, account, shares)
    receipt = posting.post_deposits(actor, [deposit], now=now)[0]
    row.receipt, row.account, row.outcome = receipt, account, "applied" if shares else "account"
    _decide(actor, row, now or clock.now())
    data = {"amount": row.amount.text, "currency": row.currency, "account": account.number}
    events.record("bank_entry.assigned", row, actor, concerns=[receipt], data=data)
    return receipt


@database.atomic
def note(actor: Actor, entry: BankEntry, *, text: str, now: datetime | None = None) -> BankEntry:
    """It is no customer's payment: interest, a tax refund, an own transfer. Event: `bank_entry.noted`."""
    require(actor, RIGHT)
    row = _waiting(actor, entry)
    if not text.strip():
        raise Refusal("reason_missing", "Say in a few words what it is.", status=422, field="note")
    row.outcome, row.note = "noted", text.strip()[:1000]
    _decide(actor, row, now or clock.now())
    data = {"amount": row.amount.text, "currency": row.currency, "reason": row.note}
    events.record("bank_entry.noted", row, actor, data=data)
    return row


@database.atomic
def reopen(actor: Actor, entry: BankEntry, *, reason: str = "", now: datetime | None = None) -> BankEntry:
    """It was noted or assigned by mistake: what was posted is taken back, and it waits again.

    Event: `bank_entry.reopened`. Refused (409): `not_reopened`, where a payment of ours was settled by it.
    """
    require(actor, RIGHT)
    if entry.receipt_id:
        receipt = CashReceipt.objects.get(pk=entry.receipt_id)
        posting.lock_accounts([receipt.account_id])
    row = _locked(actor, entry)
    if row.outcome not in ("noted", "account", "applied"):
        raise Refusal("not_reopened", "This entry is not one that can be taken up again. Reload to see where it went.")
    if row.receipt and row.receipt.reversed_at is None:
        posting.reverse_receipt(actor, row.receipt, reason=reason.strip()[:500] or "assigned by mistake", now=now)
        row.reopened += 1
    row.outcome, row.receipt, row.account, row.note = "waiting" if row.amount_minor > 0 else "return", None, None, ""
    _decide(actor, row, now or clock.now())
    data = {"amount": row.amount.text, "currency": row.currency, "reason": reason.strip()[:500]}
    events.record("bank_entry.reopened", row, actor, data=data)
    return row


@database.atomic
def take_back(actor: Actor, entry: BankEntry, receipt: CashReceipt, *, now: datetime | None = None) -> BankEntry:
    """Money that went back takes this receipt with it: its invoices are open again. Event: `bank_entry.taken_back`.

    Refused (409): `already_reversed`, `already_dealt_with`; (422): `other_amount`.
    """
    require(actor, RIGHT)
    known = CashReceipt.objects.visible_to(actor).get(pk=receipt.pk)
    standing = known.applications.filter(reverses=None, reversed_by=None).select_related("invoice")
    posting.lock_invoices([each.invoice for each in standing], accounts=[known.account_id])
    row = _waiting(actor, entry)
    if known.amount != -row.amount or row.outcome != "return":
        raise Refusal("other_amount", f"{-row.amount} went back, the receipt is over {known.amount}.", status=422)
    reason = row.return_reason or "returned by the bank"
    posting.reverse_receipt(actor, known, reason=reason, now=now)
    row.outcome, row.receipt, row.account_id = "returned", known, known.account_id
    _decide(actor, row, now or clock.now())
    data = {"amount": known.amount.text, "currency": row.currency, "reason": reason}
    events.record("bank_entry.taken_back", row, actor, concerns=[known], data=data)
    return row


def deposit_of(entry: BankEntry, account: CustomerAccount, shares: Shares) -> posting.Deposit:
    """What is posted for an entry, once: the receipt carries the entry's id, and how often it was taken back."""
    return posting.Deposit(
        account=account, amount=entry.amount, received_on=entry.value_on, kind="transfer",
        reference=reference_of(entry), external_id=entry.external_id, legal_entity=entry.statement.legal_entity,
        shares=shares,
    )  # fmt: skip


def reference_of(entry: BankEntry) -> str:
    """What people recognise the money by: its reference, else its text."""
    return (" ".join(entry.references) or entry.text or entry.end_to_end or entry.counterparty)[:200]


def _receipt(actor: Actor, receipt: CashReceipt, *, accounts: Sequence[UUID] = ()) -> CashReceipt:
    """The receipt as it is now that its account is locked."""
    posting.lock_accounts({receipt.account_id, *accounts})
    row: CashReceipt = CashReceipt.objects.visible_to(actor).get(pk=receipt.pk)
    if row.reversed_at:
        raise Refusal("already_reversed", f"The receipt over {row.amount} was taken back: nothing of it is left.")
    return row


def _waiting(actor: Actor, entry: BankEntry) -> BankEntry:
    row = _locked(actor, entry)
    if not row.waits:
        raise Refusal("already_dealt_with", "Somebody has dealt with this entry already. Reload to see where it went.")
    return row


def _locked(actor: Actor, entry: BankEntry) -> BankEntry:
    rows: Any = BankEntry.objects.visible_to(actor).select_for_update(of=("self",))
    row: BankEntry = rows.select_related("statement__legal_entity", "receipt", "supplier").get(pk=entry.pk)
    return row


def _decide(actor: Actor, row: BankEntry, now: datetime) -> None:
    row.decided_at, row.decided_by = now, actor.id
    row.save(update_fields=["outcome", "receipt", "account", "note", "reopened", "decided_at", "decided_by"])
