"""Pay together: several payments entered in one step, one for each payee and currency; all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction as database

from eipp.accounts.models import CustomerAccount
from eipp.gateways.gateway import Way
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.ledger.posting import lock_accounts
from workflows.pay_the_rest import approve_and_pay
from workflows.payment import Payment
from workflows.saved_method import SavedMethod

MOST = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """One of the payments: what it pays, and how. attempt: the client's key, each payment's own; price: the signed
    price that the payer has seen, where paying this way costs something."""

    shares: Sequence[tuple[Invoice, Money]]
    way: Way
    attempt: UUID
    saved: SavedMethod | None = None
    on_account: dict[CustomerAccount, Money] = field(default_factory=dict)
    price: str = ""
    planned_for: date | None = None


def pay_together(actor: Actor, asks: Sequence[Ask], *, now: datetime | None = None) -> list[Payment]:
    """Approve what waits for it, where the actor may, and enter all the payments; then `paying.begin` for each.

    The accounts of all are locked at once, in one order. Refused as a whole for whatever one of them is refused.
    """
    if not 0 < len(asks) <= MOST:
        raise Refusal("no_invoices", "Choose at least one invoice to pay.", status=422, field="invoices")
    moment = now or clock.now()
    with database.atomic():
        lock_accounts(
            {invoice.account_id for ask in asks for invoice, _ in ask.shares}
            | {account.pk for ask in asks for account in ask.on_account}
        )
        return [
            approve_and_pay(
                actor, ask.shares, gateway=ask.way.gateway, method=ask.way.method, attempt=ask.attempt,
                saved=ask.saved, on_account=ask.on_account, price=ask.price, planned_for=ask.planned_for,
                now=moment,
            )
            for ask in asks
        ]  # fmt: skip
