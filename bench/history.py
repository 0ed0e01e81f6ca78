"""A long history in little time: rows that were written through the doors once, again and again, in sets."""

from collections.abc import Iterable, Mapping, Sequence
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

ONE_OF_A_KIND = ("number", "number_folded", "external_id", "slug")

#: How each kind of an account's rows is found, in the order in which they lead to each other.
_KINDS: tuple[tuple[type[models.Model], str], ...] = (
    (Invoice, "account"), (InvoiceLine, "invoice__account"), (InvoiceTax, "invoice__account"),
    (CashReceipt, "account"), (Application, "invoice__account"), (Posting, "account"),
)  # fmt: skip
_BALANCES: tuple[tuple[type[models.Model], str], ...] = ((AccountBalance, "account"), (DueBalance, "account"))


def repeat(account: CustomerAccount, times: int) -> None:
    """The account's invoices, cash and postings again and again, until there are `times` as many of all; its balances
    follow."""
    with transaction.atomic():
        again(_rows(_KINDS, [account]), times)
        for model, place in _BALANCES:
            _multiply(model._base_manager.filter(**{place: account}), times)
    ready.analysed()


def repeat_accounts(
    accounts: Sequence[CustomerAccount], times: int, *, before: Iterable[Sequence[Any]] = (),
    after: Iterable[Sequence[Any]] = (),
) -> None:  # fmt: skip
    """The accounts themselves again and again, each with its invoices and balances. before: rows to which the accounts
    lead, such as their buyers; after: rows that lead to these."""
    with transaction.atomic():
        again([*before, accounts, *_rows((*_KINDS, *_BALANCES), accounts), *after], times)
    ready.analysed()


def again(kinds: Sequence[Sequence[Any]], times: int) -> None:
    """Each row so many times over; what they are to each other, their copies are to each other."""
    for number in range(1, times):
        ids: dict[UUID, UUID] = {}
        for kind in kinds:
            rows.insert([_copy(row, number, ids) for row in kind])


def refuse_wrong() -> None:
    """What was made so is a ledger like any other."""
    found = [str(difference) for difference in verify.differences()]
    assert not found, found[:5]


def _rows(kinds: Iterable[tuple[type[models.Model], str]], accounts: Sequence[CustomerAccount]) -> list[list[Any]]:
    return [list(model._base_manager.filter(**{f"{place}__in": accounts})) for model, place in kinds]


def _copy(row: Any, number: int, ids: dict[UUID, UUID]) -> Any:
    """A row like this one, under a new id and number, beside the new ones of what it belongs to."""
    new: Any = object.__new__(type(row))
    new.__dict__.update(row.__dict__)
    new.pk = ids[row.pk] = uuid7()
    for field in row._meta.concrete_fields:
        if field.is_relation:
            new.__dict__[field.attname] = ids.get(row.__dict__[field.attname], row.__dict__[field.attname])
        elif field.attname in ONE_OF_A_KIND and row.__dict__[field.attname]:
            new.__dict__[field.attname] = f"{row.__dict__[field.attname]}-{number}"
    return new


def _multiply(balances: models.QuerySet[Any], times: int) -> None:
    fields = balances.model._meta.concrete_fields
    kept = [field.name for field in fields if field.name.endswith(("_minor", "_count"))]
    changes: Mapping[str, Any] = {name: F(name) * times for name in kept if name != "last_payment_minor"}
    balances.update(**changes)
