"""Answering: what AR credits, within what its person may decide; above that it waits for a second person.

The faces call these; a transition itself refuses what is above the limit, and the buyer agrees to what was offered
within it.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction as database

from eipp.accounts.models import CustomerAccount
from eipp.accounts.roles import require as require_right
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit, posting
from eipp.ledger.models import CreditNote, Invoice
from workflows import authority, crediting
from workflows.authority import AuthorityRequest
from workflows.credit_request import CreditRequest, give
from workflows.dispute import Dispute

RIGHT = "credit.give"


@database.atomic
def accept(
    actor: Actor,
    dispute: Dispute,
    *,
    amount: Money | None = None,
    quantities: Mapping[UUID, Decimal] | None = None,
    now: datetime | None = None,
) -> AuthorityRequest | None:
    """Accept all, an amount, or so many units of each line of a dispute: done (None), or waiting for a second person.

    Refused as `Dispute.accept` is. Events: `dispute.accepted` and what follows, or `authority.asked`.
    """
    moment = now or clock.now()
    _may(dispute, actor, "accept")
    worth = crediting.draft_of(dispute, amount, quantities, moment).payable
    said: dict[str, Any] = {"amount": amount.text} if amount else {}
    if quantities is not None:
        said = {"quantities": {str(key): f"{units:f}" for key, units in quantities.items()}}
    asked = authority.require(
        actor, "credit", worth, about=dispute, deed="dispute.accept", payload=said,
        reason=dispute.get_reason_display(), now=moment,
    )  # fmt: skip
    if asked is None:
        dispute.accept(actor, now=moment, amount=amount, quantities=quantities and dict(quantities))
    return asked


@database.atomic
def propose(actor: Actor, dispute: Dispute, *, amount: Money, now: datetime | None = None) -> AuthorityRequest | None:
    """Offer a credit: done (None), or waiting for a second person before the buyer sees it."""
    moment = now or clock.now()
    _may(dispute, actor, "propose")
    crediting.within(dispute, amount)
    asked = authority.require(
        actor, "credit", amount, about=dispute, deed="dispute.propose", reason=dispute.get_reason_display(), now=moment
    )
    if asked is None:
        dispute.propose(actor, now=moment, amount=amount)
    return asked


@database.atomic
def give_credit(
    actor: Actor,
    matter: Invoice | CustomerAccount,
    amount: Money,
    *,
    reason: str,
    now: datetime | None = None,
    granted: AuthorityRequest | None = None,
) -> CreditNote | CreditRequest | AuthorityRequest:
    """AR's own credit, without a dispute: an amount, tax included, of an invoice, or for an account alone.

    What the invoice has no room for is credit on the account. Given here, asked of the ERP, or waiting for a second
    person. Refusals: `reason_missing`, `wrong_currency`, `amount_not_positive`, `more_than_invoice` (422).
    """
    require_right(actor, RIGHT)
    moment = now or clock.now()
    if not reason.strip():
        raise Refusal("reason_missing", "Say what the credit is for: the customer reads it.", status=422,
                      field="reason")  # fmt: skip
    if amount.currency != matter.currency:
        raise Refusal("wrong_currency", f"{matter.number} is kept in {matter.currency}.", status=422, field="amount")
    facts: dict[str, Any] = {
        "issue_date": clock.today(matter.supplier.time_zone, at=moment), "reason": reason.strip()[:1000],
    }  # fmt: skip
    invoice = matter if isinstance(matter, Invoice) else None
    if isinstance(matter, Invoice):
        posting.lock_invoices([matter])
        _refuse_more_than_left(matter, amount)
        draft = credit.credit_amount(matter, amount, **facts)
    else:
        draft = credit.credit_account(matter, amount, **facts)
    asked = authority.require(
        actor, "credit", amount, about=matter, payload={"reason": facts["reason"]}, reason=facts["reason"],
        granted=granted, now=moment,
    )  # fmt: skip
    return asked or give(actor, draft, apply_to=invoice, origin="credit", now=moment)


def _refuse_more_than_left(invoice: Invoice, amount: Money) -> None:
    left = credit.left_to_credit(invoice)
    if not 0 < amount.minor <= left.minor:
        raise Refusal("more_than_invoice", f"Of invoice {invoice.number}, between 0 and {left} can be credited.",
                      status=422, field="amount")  # fmt: skip


def _may(dispute: Dispute, actor: Actor, move: str) -> None:
    """Who may not, or not now, does not ask somebody else either."""
    posting.lock_accounts(dispute.account_ids())
    dispute.refresh_from_db()
    if refusal := dispute.refusal(actor, move):
        raise refusal
