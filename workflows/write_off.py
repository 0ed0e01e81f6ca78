"""Write-off: AR gives up what is left of an invoice, within its authority; and takes that back."""

from datetime import datetime

from django.db import transaction as database

from eipp.accounts.roles import require as require_right
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from workflows import authority
from workflows.authority import AuthorityRequest

RIGHT = "write_off.make"


@database.atomic
def write_off(
    actor: Actor,
    invoice: Invoice,
    amount: Money,
    *,
    reason: str,
    now: datetime | None = None,
    granted: AuthorityRequest | None = None,
) -> AuthorityRequest | None:
    """Close so much of what nobody holds of an invoice: done (None), or waiting for a second person.

    Events: `invoice.written_off`, or `authority.asked`. Refusals: `reason_missing`, `wrong_currency`,
    `amount_not_positive` (422); `more_than_open` (409).
    """
    require_right(actor, RIGHT)
    moment, why = now or clock.now(), _reason(reason)
    posting.lock_invoices([invoice])
    invoice.refresh_from_db()
    posting.refuse_more_than_open([(invoice, amount)], over_planned=True)
    asked = authority.require(
        actor, "write_off", amount, about=invoice, payload={"reason": why}, reason=why, granted=granted, now=moment
    )
    if asked is None:
        posting.write_off(actor, invoice, amount, reason=why, now=moment)
    return asked


@database.atomic
def reverse(
    actor: Actor, invoice: Invoice, amount: Money | None = None, *, reason: str, now: datetime | None = None
) -> None:
    """Open what was written off again, all of it where no amount is given. Event: `invoice.write_off_reversed`.

    Refusals: `reason_missing` (422), `more_than_written_off` (409).
    """
    require_right(actor, RIGHT)
    posting.lock_invoices([invoice])
    invoice.refresh_from_db()
    if not invoice.written_off_minor:
        raise Refusal("more_than_written_off", f"Nothing of invoice {invoice.number} is written off.")
    posting.reverse_write_off(actor, invoice, amount or invoice.written_off, reason=_reason(reason), now=now)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal("reason_missing", "Say why, so that colleagues can follow.", status=422, field="reason")
    return text.strip()[:1000]
