"""Viewing: the buyer opens an invoice for the first time, which its presentment remembers."""

from datetime import datetime

from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows.presentment import Presentment


def mark_viewed(actor: Actor, invoice: Invoice, *, now: datetime | None = None) -> None:
    """Note the buyer's first look; looking again, or at the same moment as a colleague, changes nothing."""
    if actor.side != "buyer":
        return
    presentment = Presentment.objects.filter(invoice=invoice, state__in=("presented", "bounced")).first()
    if presentment and presentment.refusal(actor, "view") is None:
        try:
            presentment.view(actor, now=now)
        except Refusal:  # a colleague opened it a moment before
            return
