"""Deduction: a payer kept a part of an invoice back and said why. It is held as disputed, and answered as a dispute:
credited (accepted), billed back (declined) or written off within one's authority."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import models
from django.db import transaction as database

from eipp.accounts.roles import require
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import Scope
from eipp.ledger.models import CashReceipt, Invoice
from workflows import authority
from workflows.authority import AuthorityRequest
from workflows.cash_application import apply
from workflows.claim_check import reason_of
from workflows.dispute import Dispute, open_dispute

RIGHT = "cash.apply"
Shares = Sequence[tuple[Invoice, Money]]


class Deduction(Entity):
    """dispute: in which it is answered; receipt: the money that was short; said: the payer's reason as it came."""

    dispute = models.OneToOneField(Dispute, models.PROTECT, related_name="deduction")
    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="deductions", null=True)
    said = models.CharField(max_length=200, blank=True)
    scope = Scope(buyer="dispute__buyer_id", supplier="dispute__supplier_id", account="dispute__account_id")

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.said}"


@database.atomic
def take(
    actor: Actor,
    invoice: Invoice,
    amount: Money | None = None,
    *,
    reason: str = "",
    said: str = "",
    receipt: CashReceipt | None = None,
    now: datetime | None = None,
) -> Dispute:
    """AR (or the platform, from a remittance advice) notes what the payer kept back, all that is free where no amount
    is given. reason: a key of `dispute.REASONS`, found from `said` where it is empty. Events: `dispute.opened`,
    `deduction.taken`.

    Refusals: 403; and those of `open_dispute`.
    """
    require(actor, RIGHT)
    moment = now or clock.now()
    # It is the payer's objection that AR writes down: the same door as theirs, under the name of who wrote it down.
    on_their_behalf = replace(actor, rights=actor.rights | {"dispute.open"})
    reason = reason or reason_of(said) or "other"
    dispute = open_dispute(on_their_behalf, invoice, reason=reason, comment=said, amount=amount, now=moment)
    Deduction.objects.create(dispute=dispute, receipt=receipt, said=said.strip()[:200])
    told = dispute._told() | {"reason": reason}
    events.record("deduction.taken", dispute, actor, concerns=dispute.concerns(), data=told, occurred_at=moment)
    return dispute


@database.atomic
def apply_short(
    actor: Actor, receipt: CashReceipt, shares: Shares, *, reason: str, said: str = "", now: datetime | None = None
) -> list[Dispute]:
    """Apply a receipt to invoices, and take what it leaves free of each as a deduction for this reason."""
    apply(actor, receipt, shares, now=now)
    fresh = Invoice.objects.in_bulk([invoice.pk for invoice, _ in shares])
    short = [row for row in fresh.values() if row.free]
    return [take(actor, row, reason=reason, said=said, receipt=receipt, now=now) for row in short]


@database.atomic
def write_off(actor: Actor, dispute: Dispute, *, now: datetime | None = None) -> AuthorityRequest | None:
    """Not worth arguing: done (None), or waiting for a second person."""
    moment = now or clock.now()
    if refusal := dispute.refusal(actor, "write_off"):
        raise refusal
    asked = authority.require(actor, "write_off", dispute.amount, about=dispute, deed="dispute.write_off", now=moment)
    if asked is None:
        dispute.write_off(actor, now=moment)
    return asked
