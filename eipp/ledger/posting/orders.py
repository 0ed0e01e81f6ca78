"""Deposits for orders: money that came before the invoice, kept apart from what is free on the account."""

from datetime import datetime

from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.document import fold
from eipp.ledger.posting.applications import show
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_accounts

LONGEST = 200


def set_order(actor: Actor, receipt: CashReceipt, order: str, *, now: datetime | None = None) -> CashReceipt:
    """What is left of a receipt is a deposit for this order or quote from now on; with no order it is free again.

    Event: `cash_receipt.kept_for` or `cash_receipt.freed`. Raises Refusal (409, `nothing_left`, `already_reversed`).
    """
    accounts = lock_accounts([receipt.account_id])
    fresh = CashReceipt.objects.select_for_update(of=("self",), no_key=True).get(pk=receipt.pk)
    if fresh.reversed_at or not fresh.unapplied_minor:
        raise Refusal("nothing_left", f"Nothing of the receipt over {fresh.amount} is left to keep for an order.")
    before, order = fresh.order_reference, order.strip()[:LONGEST]
    if before == order:
        return receipt
    book = Book(accounts, now=now or clock.now())
    book.take_up(())  # what is kept for orders changes beside what is there already
    book.keep_for_orders(fresh, fresh.unapplied_minor * (bool(order) - bool(before)))
    fresh.order_reference, fresh.order_folded = order, fold(order)
    fresh.save(update_fields=["order_reference", "order_folded"])
    book.write()
    told = {"amount": fresh.unapplied.text, "currency": fresh.currency, "order": order or before}
    if order:
        events.record("cash_receipt.kept_for", fresh, actor, data=told, occurred_at=book.now)
    else:
        events.record("cash_receipt.freed", fresh, actor, data=told, occurred_at=book.now)
    show([(receipt, fresh)])
    return fresh
