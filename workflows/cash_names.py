"""What an entry names: references of payments, numbers of invoices, words of advices; looked up for a whole batch."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Lower, Replace, Upper

from eipp.accounts.models import CustomerAccount
from eipp.gateways.creditor_reference import is_structured, normalised
from eipp.ledger.document import fold
from eipp.ledger.models import Invoice
from workflows.announced_payment import AnnouncedPayment
from workflows.bank_statement import BankEntry
from workflows.payment import Payment
from workflows.remittance_advice import RemittanceAdvice

_CUT = re.compile(r"[\s,;|&]+")
_STRUCTURED = re.compile(r"(?=(RF[0-9]{2}[A-Z0-9]{1,21}))")
_AROUND = " \t.,:;!?'\"()[]<>"
MOST_WORDS = 60


def words_of(entry: BankEntry) -> list[str]:
    """Everything that may be a number or a reference, once each: whole references, and the words of the text."""
    said = [entry.end_to_end, *entry.references]
    for word in _CUT.split(entry.text):
        said += [word, *(word.split("/") if "/" in word else ()), *(word.split("+") if "+" in word else ())]
    words = (word.strip(_AROUND) for word in said)
    return list(dict.fromkeys(word for word in words if any(sign.isdigit() for sign in word) and len(word) > 2))[
        :MOST_WORDS
    ]


def references_of(entry: BankEntry) -> set[str]:
    """What may be a payment's reference: each whole one, and every creditor reference within the text."""
    plain = {normalised(word) for word in (entry.end_to_end, *entry.references) if word}
    for match in _STRUCTURED.finditer(normalised(entry.text)):
        plain |= {match[1][:end] for end in range(5, len(match[1]) + 1) if is_structured(match[1][:end])}
    return {reference for reference in plain | {normalised(word) for word in words_of(entry)} if len(reference) > 3}


class Named:
    """What the entries of one batch name, by entry: eight queries at most, whatever their number."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self.words = {entry.pk: words_of(entry) for entry in entries}
        self.references = {entry.pk: references_of(entry) for entry in entries}
        suppliers = {entry.supplier_id for entry in entries}
        every = {word for words in self.words.values() for word in words}
        references = set().union(*self.references.values()) if entries else set()
        self.announced = _by(_announced(suppliers, references), lambda row: [row.reference])
        self.payments = _by(_payments(suppliers, references), lambda row: [row.reference, normalised(row.number)])
        self.invoices = _by(_invoices(suppliers, every), lambda row: [row.number_folded, _plain(row.payment_reference)])
        self.advices = _by(_advices(suppliers, every), lambda row: [fold(row.reference), fold(row.number)])

    def payments_of(self, entry: BankEntry) -> list[Payment]:
        return _found(self.payments, self.references[entry.pk], entry)

    def announced_of(self, entry: BankEntry) -> list[AnnouncedPayment]:
        return _found(self.announced, self.references[entry.pk], entry)

    def invoices_of(self, entry: BankEntry, *, closed: bool = False) -> list[Invoice]:
        """Each open (or closed) invoice that is named beyond doubt: a number that two of them have names neither."""
        words = self.words[entry.pk]
        found: dict[UUID, Invoice] = {}
        for key in [*map(fold, words), *map(_plain, words)]:
            rows = [row for row in self.invoices.get(key, ()) if _fits(row, entry) and row.is_closed == closed]
            if len(rows) == 1:
                found[rows[0].pk] = rows[0]
        return list(found.values())

    def advices_of(self, entry: BankEntry) -> list[RemittanceAdvice]:
        found: list[RemittanceAdvice] = _found(self.advices, map(fold, self.words[entry.pk]), entry)
        return found


def _found(table: dict[str, list[Any]], keys: Iterable[str], entry: BankEntry) -> list[Any]:
    return list({row.pk: row for key in keys for row in table.get(key, ()) if _fits(row, entry)}.values())


def _fits(row: Any, entry: BankEntry) -> bool:
    payee = getattr(row, "legal_entity_id", None) or row.account.legal_entity_id
    return bool(row.currency == entry.currency and payee == entry.statement.legal_entity_id)


def _payments(suppliers: set[UUID], references: set[str]) -> Iterable[Payment]:
    rows = Payment.objects.filter(supplier__in=suppliers).exclude(method="card")
    return rows.filter(Q(reference__in=references)).select_related("supplier") if references else []


def _announced(suppliers: set[UUID], references: set[str]) -> Iterable[AnnouncedPayment]:
    rows = AnnouncedPayment.objects.filter(supplier__in=suppliers, state__in=("announced", "expired"))
    return rows.filter(reference__in=references).prefetch_related("shares__invoice__account") if references else []


def _invoices(suppliers: set[UUID], words: set[str]) -> Iterable[Invoice]:
    """By number (an index), closed ones too; open ones also by payment reference."""
    if not words:
        return []
    rows = Invoice.objects.filter(supplier__in=suppliers).select_related("account")
    compact = Upper(Replace("payment_reference", Value(" "), Value("")))
    by_reference = rows.alias(compact=compact).filter(
        Q(compact__in={_plain(word) for word in words}), ~Q(payment_reference=""), open_minor__gt=0
    )
    by_number = rows.filter(number_folded__in={fold(word) for word in words})
    return {row.pk: row for found in (by_number, by_reference) for row in found}.values()


def _advices(suppliers: set[UUID], words: set[str]) -> Iterable[RemittanceAdvice]:
    if not words:
        return []
    rows = RemittanceAdvice.objects.filter(supplier__in=suppliers, verdict="read").select_related("account")
    rows = rows.alias(folded=Lower("reference")).filter(
        Q(folded__in={word.lower() for word in words}) | Q(number__in={word.upper() for word in words})
    )
    found = list(rows.prefetch_related("lines__invoice"))
    numbers = [row.number for row in found]
    used = BankEntry.objects.filter(supplier__in=suppliers, because__code="advice", because__advice__in=numbers)
    spent = set(used.values_list("supplier_id", "because__advice")) if numbers else set()
    return [row for row in found if (row.supplier_id, row.number) not in spent]


def _plain(reference: str) -> str:
    """A payment reference as it is compared: without blanks, in capitals."""
    return "".join(reference.split()).upper()


def _by(rows: Iterable[Any], names: Any) -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for name in dict.fromkeys(names(row)):
            if name:
                table[name].append(row)
    return table


class Payers:
    """Which customer account an entry comes from, by what is known of its bank account and by its name."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        suppliers = {entry.supplier_id for entry in entries}
        banks = {entry.counterparty_account for entry in entries} - {""}
        names = {fold(entry.counterparty) for entry in entries} - {""}
        self._by_bank: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
        if banks:
            known = BankEntry.objects.filter(supplier__in=suppliers, counterparty_account__in=banks, amount_minor__gt=0)
            known = known.filter(account__isnull=False, receipt__reversed_at=None)
            for supplier, bank, account in known.values_list("supplier_id", "counterparty_account", "account_id"):
                self._by_bank[supplier, bank].add(account)
        rows = CustomerAccount.objects.filter(supplier__in=suppliers).select_related("supplier", "legal_entity")
        wanted = {account for accounts in self._by_bank.values() for account in accounts}
        lowered = rows.alias(lowered=Lower("name")).filter(Q(lowered__in={name.lower() for name in names})
                                                           | Q(pk__in=wanted))  # fmt: skip
        self._accounts = {row.pk: row for row in lowered}
        self._by_name = _by(self._accounts.values(), lambda row: [fold(row.name)])

    def of(self, entry: BankEntry) -> tuple[CustomerAccount | None, str]:
        """The account and how it is known: `bank_account` or `name`; None where it is not certain."""
        known = self._by_bank.get((entry.supplier_id, entry.counterparty_account), set())
        if len(known) == 1:
            return self._accounts.get(next(iter(known))), "bank_account"
        if known:
            return None, ""
        same = [row for row in self._by_name.get(fold(entry.counterparty), ())
                if row.supplier_id == entry.supplier_id]  # fmt: skip
        fitting = [row for row in same if row.legal_entity_id == entry.statement.legal_entity_id]
        roots = [row for row in fitting if row.parent_id is None]
        chosen = fitting if len(fitting) == 1 else roots if len(roots) == 1 else []
        return (chosen[0], "name") if chosen else (None, "")
