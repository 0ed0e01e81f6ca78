"""Withdrawal: the supplier takes an invoice back, by a credit note here, or by asking the ERP that issues them."""

from datetime import datetime

from django.db import transaction as database

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit, posting
from workflows.credit_request import WITHDRAWAL, CreditRequest, give, is_asked_of_the_erp
from workflows.presentment import Presentment


@database.atomic
def withdraw(
    actor: Actor, presentment: Presentment, *, reason: str, now: datetime | None = None
) -> CreditRequest | None:
    """Withdraw it at once (None), or ask the ERP for the credit note that will: until then all of it is held.

    Events: `invoice.withdrawn`, or `credit_request.opened`. Refused as `Presentment.withdraw` is.
    """
    moment, invoice = now or clock.now(), presentment.invoice
    if invoice is None or not is_asked_of_the_erp(invoice.account, invoice.legal_entity):
        presentment.withdraw(actor, now=moment, reason=reason)
        return None
    if refusal := presentment.refusal(actor, "withdraw"):
        raise refusal
    if not reason.strip():
        raise Refusal("reason_missing", "Say why, so that the buyer can follow.", status=422, field="reason")
    (fresh,), _ = posting.lock_invoices([invoice])
    posting.refuse_unwithdrawable(fresh)
    draft = credit.credit_rest(
        fresh, issue_date=clock.today(fresh.supplier.time_zone, at=moment), reason=reason.strip()
    )  # fmt: skip
    given = give(actor, draft, apply_to=fresh, origin=WITHDRAWAL, now=moment)
    assert isinstance(given, CreditRequest)
    return given
