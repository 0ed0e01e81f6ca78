"""Deposit: money against an order or a quote before the invoice; used for the invoice that names the same order.

By itself where there is no doubt: one deposit of the account for that order, and one open invoice that names it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction as database
from django.db.models import QuerySet

from eipp.accounts.roles import require
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.document import fold
from eipp.ledger.models import CashReceipt, Invoice

RIGHT = "cash.apply"


@database.atomic
def keep_for_order(actor: Actor, receipt: CashReceipt, order: str, *, now: datetime | None = None) -> CashReceipt:
    """Keep what is left of a receipt for an order, which is used for its invoice when that is there already.

    Events: `cash_receipt.kept_for`; `application.made`. Refused (422) without an order, (409) where nothing is left.
    """
    require(actor, RIGHT)
    if not order.strip():
        raise Refusal("order_missing", "Say for which order or quote it is.", status=422, field="order")
    kept = posting.set_order(actor, receipt, order, now=now)
    use_what_is_certain(actor, open_for(actor, kept), now=now)
    kept.refresh_from_db()
    return kept


@database.atomic
def free(actor: Actor, receipt: CashReceipt, *, now: datetime | None = None) -> CashReceipt:
    """The order does not come, or needs less: the money is free on the account. Event: `cash_receipt.freed`."""
    require(actor, RIGHT)
    return posting.set_order(actor, receipt, "", now=now)


def deposits_for(actor: Actor, invoice: Invoice) -> QuerySet[CashReceipt]:
    """Deposits of the invoice's account for the order that it names, of which something is left."""
    rows: QuerySet[CashReceipt] = CashReceipt.objects.visible_to(actor)
    if not invoice.order_reference:
        return rows.none()
    return rows.filter(
        account=invoice.account_id, legal_entity=invoice.legal_entity_id, currency=invoice.currency,
        order_folded=fold(invoice.order_reference), unapplied_minor__gt=0, reversed_at=None,
    ).order_by("received_on", "pk")  # fmt: skip


def open_for(actor: Actor, receipt: CashReceipt) -> list[Invoice]:
    """Open invoices of the account that name a deposit's order."""
    if not receipt.order_reference:
        return []
    rows = Invoice.objects.visible_to(actor).filter(
        account=receipt.account_id, legal_entity=receipt.legal_entity_id, currency=receipt.currency, open_minor__gt=0
    )
    named = rows.exclude(order_reference="").order_by("due_date", "pk")
    return [row for row in named if fold(row.order_reference) == receipt.order_folded]


def use_what_is_certain(actor: Actor, invoices: Sequence[Invoice], *, now: datetime | None = None) -> None:
    """Use deposits for these invoices, each where it is the only deposit for its order and they the only invoice.

    At most one query where no account has a deposit. Events: `application.made`.
    """
    named = [row for row in invoices if row.order_reference and row.open_minor and row.may_have_deposits]
    if not named:
        return
    keys = {fold(row.order_reference) for row in named}
    rows = CashReceipt.objects.filter(
        account__in={row.account_id for row in named}, order_folded__in=keys, unapplied_minor__gt=0, reversed_at=None
    )
    found: dict[tuple[object, ...], list[CashReceipt]] = defaultdict(list)
    for deposit in rows.order_by("pk"):
        place = (deposit.account_id, deposit.legal_entity_id, deposit.currency, deposit.order_folded)
        found[place].append(deposit)
    for invoice in named:
        place = (invoice.account_id, invoice.legal_entity_id, invoice.currency, fold(invoice.order_reference))
        deposits = found.get(place, [])
        if len(deposits) != 1 or len(open_for(Actor.system("deposits"), deposits[0])) != 1:
            continue
        invoice.refresh_from_db()
        amount = min(invoice.free, deposits[0].unapplied)
        if amount:
            posting.apply_receipt(actor, deposits[0], [(invoice, amount)], now=now)
