"""A long history in little time: what was posted to an account through the ledger's doors, so many times over."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F

from bench import ready
from eipp.accounts.models import CustomerAccount
from eipp.kernel import rows
from eipp.kernel.record import uuid7
from eipp.ledger import verify
from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.application import Application
from eipp.ledger.invoice import InvoiceLine, InvoiceTax
from eipp.ledger.journal import Posting
from eipp.ledger.models import CashReceipt, Invoice

#: How each kind of row is found from its account, in the order in which they lead to each other.
_KINDS: tuple[tuple[type[models.Model], str], ...] = (
    (Invoice, "account"), (InvoiceLine, "invoice__account"), (InvoiceTax, "invoice__account"),
    (CashReceipt, "account"), (Application, "invoice__account"), (Posting, "account"),
)  # fmt: skip


def repeat(account: CustomerAccount, times: int) -> None:
    """The account's invoices, cash and postings again and again, until there are `times` as many of all; its balances
    follow, and the ledger's own checks find nothing to say."""
    once = [list(model._base_manager.filter(**{place: account})) for model, place in _KINDS]
    with transaction.atomic():
        for number in range(1, times):
            ids: dict[UUID, UUID] = {}
            for kind in once:
                rows.insert([_again(row, number, ids) for row in kind])
        _multiply(AccountBalance.objects.filter(account=account), times)
        _multiply(DueBalance.objects.filter(account=account), times)
    ready.analysed()


def refuse_wrong() -> None:
    """What was made so is a ledger like any other."""
    found = [str(difference) for difference in verify.differences()]
    assert not found, found[:5]


def _again(row: Any, number: int, ids: dict[UUID, UUID]) -> Any:
    """A row like this one, under a new id and number, beside the new ones of what it belongs to."""
    new = type(row).__new__(type(row))
    new.__dict__.update(row.__dict__)
    new.pk = ids[row.pk] = uuid7()
    for name in _keys(row):
        setattr(new, name, ids.get(getattr(row, name), getattr(row, name)))
    for name in ("number", "number_folded", "external_id"):
        if isinstance(row, (Invoice, CashReceipt)) and row.__dict__.get(name):
            setattr(new, name, f"{getattr(row, name)}-{number}")
    return new


def _keys(row: models.Model) -> Iterator[str]:
    return (field.attname for field in row._meta.concrete_fields if field.is_relation)


def _multiply(balances: models.QuerySet[Any], times: int) -> None:
    fields = balances.model._meta.concrete_fields
    kept = [field.name for field in fields if field.name.endswith(("_minor", "_count"))]
    changes: Mapping[str, Any] = {name: F(name) * times for name in kept if name != "last_payment_minor"}
    balances.update(**changes)
