"""Dispute a part, approve and pay the rest: one step for the buyer, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction as database

from documents.file import StoredFile
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice, InvoiceLine
from workflows import approval, payment
from workflows.dispute import Dispute, open_dispute


@dataclass(frozen=True, slots=True)
class Objection:
    """What is in question: so many units of some lines, or an amount with tax, for a reason of `dispute.REASONS`."""

    reason: str
    comment: str = ""
    lines: Sequence[tuple[InvoiceLine, Decimal]] = ()
    amount: Money | None = None
    files: Sequence[StoredFile] = ()


def dispute_and_pay_the_rest(
    actor: Actor, invoice: Invoice, objection: Objection, *, gateway: str, attempt: UUID, now: datetime | None = None
) -> tuple[Dispute, payment.Payment]:
    """Open the dispute, approve what is not in question and enter its payment, in one transaction.

    Refused as a whole where the buyer's rules ask for a second person (`second_person_needed`), where nothing is left
    to pay (`nothing_left`), and for whatever each of the three is refused. The hosted page is opened after the commit
    (`gateway_talk.open_checkout`).
    """
    moment = now or clock.now()
    with database.atomic():
        dispute = open_dispute(
            actor, invoice, reason=objection.reason, comment=objection.comment, lines=objection.lines,
            amount=objection.amount, files=objection.files, now=moment,
        )  # fmt: skip
        return dispute, approve_and_pay(actor, invoice, gateway=gateway, attempt=attempt, now=moment)


def approve_and_pay(
    actor: Actor, invoice: Invoice, *, gateway: str, attempt: UUID, now: datetime | None = None
) -> payment.Payment:
    """Approve an invoice, if its rules still ask for that, and enter the payment of all that is free of it."""
    moment = now or clock.now()
    with database.atomic():
        run = approval.active_run(invoice)
        if run and run.state == "waiting":
            approval.decide(actor, run, verdict="approve", now=moment)
        invoice.refresh_from_db()
        if not invoice.free:
            raise Refusal("nothing_left", f"Nothing of invoice {invoice.number} is left to pay.")
        return payment.enter(actor, [(invoice, invoice.free)], gateway=gateway, attempt=attempt, now=moment)
