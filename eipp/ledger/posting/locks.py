"""Locks in one order: customer accounts by id, then invoices by id. Whoever keeps to it never deadlocks."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from eipp.accounts.models import CustomerAccount
from eipp.ledger.invoice import Invoice


def lock_accounts(ids: Iterable[UUID]) -> dict[UUID, CustomerAccount]:
    """Lock the accounts until the transaction ends, each with its supplier and legal entity at hand."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the ledger is changed in the transaction of what changes it")
    rows = (
        CustomerAccount.objects.select_for_update(of=("self",), no_key=True)
        .select_related("supplier", "legal_entity")
        .filter(pk__in=set(ids))
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def lock_invoices(
    invoices: Sequence[Invoice], *, accounts: Iterable[UUID] = ()
) -> tuple[list[Invoice], dict[UUID, CustomerAccount]]:
    """Lock the invoices' accounts and `accounts`, then the invoices: fresh rows in the given order, accounts by id."""
    locked = lock_accounts({invoice.account_id for invoice in invoices} | set(accounts))
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True)
    fresh = {row.pk: row for row in rows.filter(pk__in={invoice.pk for invoice in invoices}).order_by("pk")}
    return [fresh[invoice.pk] for invoice in invoices], locked
