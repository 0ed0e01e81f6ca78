"""Dispute a part, approve and pay the rest: one step for the buyer, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction as database

from documents.file import StoredFile
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.ledger.posting import lock_accounts
from workflows import approval, intent
from workflows.dispute import Dispute, open_dispute
from workflows.payment import Payment


@dataclass(frozen=True, slots=True)
class Objection:
    """What is in question: so many units of some lines, or an amount with tax, for a reason of `dispute.REASONS`."""

    reason: str
    comment: str = ""
    lines: Sequence[tuple[InvoiceLine, Decimal]] = ()
    amount: Money | None = None
    files: Sequence[StoredFile] = ()


def dispute_and_pay_the_rest(
    actor: Actor,
    invoice: Invoice,
    objection: Objection,
    *,
    gateway: str,
    attempt: UUID,
    method: str = "card",
    now: datetime | None = None,
) -> tuple[Dispute, Payment]:
    """Open the dispute, approve what is not in question and enter its payment, in one transaction.

    Refused as a whole where the buyer's rules ask for a second person (`second_person_needed`), where nothing is left
    to pay (`nothing_left`), and for whatever each of the three is refused. The hosted page is opened after the commit
    (`gateway_talk.open_checkout`).
    """
    moment = now or clock.now()
    with database.atomic():
        dispute = open_dispute(
            actor, invoice, reason=objection.reason, comment=objection.comment, lines=objection.lines,
            amount=objection.amount, files=objection.files, attempt=attempt,
            now=moment,
        )  # fmt: skip
        if earlier := Payment.objects.filter(buyer=actor.organisation_id, attempt=attempt).first():
            return dispute, earlier
        invoice.refresh_from_db()
        if not invoice.free:
            raise Refusal("nothing_left", f"Nothing of invoice {invoice.number} is left to pay.")
        rest = [(invoice, invoice.free)]
        return dispute, approve_and_pay(actor, rest, gateway=gateway, method=method, attempt=attempt, now=moment)


def approve_and_pay(
    actor: Actor,
    shares: Sequence[tuple[Invoice, Money]],
    *,
    gateway: str,
    attempt: UUID,
    method: str = "card",
    now: datetime | None = None,
    **order: Any,
) -> Payment:
    """Approve those of the invoices that wait for it, where the actor may, and enter the payment; all or nothing.

    order: what else `intent.enter` takes.
    """
    moment = now or clock.now()
    with database.atomic():
        lock_accounts({invoice.account_id for invoice, _ in shares})
        for run in _waiting(actor, shares):
            approval.decide(actor, run, verdict="approve", now=moment)
        return intent.enter(actor, shares, gateway=gateway, method=method, attempt=attempt, now=moment, **order)


def _waiting(actor: Actor, shares: Sequence[tuple[Invoice, Money]]) -> list[approval.ApprovalRun]:
    """What this actor's word is still asked for; who has given it already leaves it to the others."""
    if actor.id is None or not actor.may("approval.decide"):
        return []
    invoices = [invoice for invoice, _ in shares]
    runs = approval.ApprovalRun.objects.visible_to(actor).filter(invoice__in=invoices, state="waiting")
    return list(runs.exclude(decisions__decided_by=actor.id).select_related("invoice").order_by("pk"))
