"""Matching: which invoice or credit note of an account a written number means; none, where it is not certain."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from eipp.accounts.customer_account import DEEPEST
from eipp.accounts.models import CustomerAccount
from eipp.ledger.document import fold
from eipp.ledger.models import CreditNote, Invoice

Document = Invoice | CreditNote
#: Open invoices among which a number is looked for that is written otherwise.
MOST_OPEN = 50_000
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


class Finder:
    """Looks for the documents of an account and of those below it, for many numbers in a few queries."""

    def __init__(self, account: CustomerAccount, numbers: Iterable[str]) -> None:
        self.account = account
        self.accounts = family(account)
        wanted = {number for number in numbers if number}
        self._exact: dict[str, list[Document]] = defaultdict(list)
        self._loose: dict[str, list[Document]] = defaultdict(list)
        for document in self._written_so(wanted):
            self._exact[fold(document.number)].append(document)
        missing = {loosely(number) for number in wanted if fold(number) not in self._exact} - {""}
        for document in self._written_otherwise(missing):
            self._loose[loosely(document.number)].append(document)

    def find(self, number: str, others: Sequence[str] = ()) -> tuple[Document | None, str]:
        """What the number means, or the first of others that means a document; else a sentence why there is none."""
        first: str = ""
        for written in (number, *others):
            document, fault = self._one(written)
            if document:
                return document, ""
            first = first or fault
        return None, first

    def _one(self, number: str) -> tuple[Document | None, str]:
        found = self._exact.get(fold(number)) or self._loose.get(loosely(number), []) if number else []
        if len(found) > 1:
            found = [document for document in found if document.open_minor] or found
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, f"{len(found)} documents have the number {number}; say which is meant."
        if not number:
            return None, "No document's number is given."
        return None, f"No invoice or credit note has the number {number[:60]} in account {self.account.number}."

    def _written_so(self, numbers: set[str]) -> list[Document]:
        folded = {fold(number) for number in numbers}
        return [
            row
            for model in (Invoice, CreditNote)
            for part in _parts(sorted(folded))
            for row in model.objects.filter(account__in=self.accounts, number_folded__in=part)
        ]

    def _written_otherwise(self, wanted: set[str]) -> list[Document]:
        if not wanted:
            return []
        rows = Invoice.objects.filter(account__in=self.accounts, open_minor__gt=0).order_by("-issue_date")
        ids = [pk for pk, number in rows.values_list("pk", "number")[:MOST_OPEN] if loosely(number) in wanted]
        return [row for part in _parts(ids) for row in Invoice.objects.filter(pk__in=part)]


def family(account: CustomerAccount) -> list[UUID]:
    """The account and those below it, for which it pays: a query per level."""
    found, level = [account.pk], [account.pk]
    for _ in range(DEEPEST - 1):
        level = list(CustomerAccount.objects.filter(parent__in=level).values_list("pk", flat=True)) if level else []
        found += level
    return found


def loosely(number: str) -> str:
    """A number without what people leave out or add: signs between its parts, leading zeros, capital letters."""
    return re.sub(r"[\W_]+", "", _ZEROS.sub("", fold(number)))


def _parts(values: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    return (values[begin : begin + size] for begin in range(0, len(values), size))
