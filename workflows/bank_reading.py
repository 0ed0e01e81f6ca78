"""Bank reading: a neutral statement as rows; a batch entry becomes one row for each of its transactions."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from documents.bank import statement as neutral
from documents.bank.statement import said
from eipp.kernel.money import decimals
from eipp.kernel.refusal import Refusal
from workflows.bank_statement import BankEntry, BankStatement, plain_account

LONGEST_TEXT = 2000


class Finer(Exception):
    """An amount has more decimals than its currency."""


def content_hash(read: neutral.BankStatement) -> str:
    """Of what the statement says, wherever it stands in its file."""
    entries = tuple(msgspec.structs.replace(entry, line=None) for entry in read.entries)
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(read, entries=entries))).hexdigest()


def fill(row: BankStatement, read: neutral.BankStatement) -> list[BankEntry]:
    """Write what was read into the row, with every fault that the file itself has; returns its entries, unsaved."""
    row.notation, row.number = read.message, (read.id or "")[:60]
    sequence = read.sequence or ""
    row.sequence = int(sequence) if sequence.isdecimal() and len(sequence) < 16 else None
    row.stated_account = (read.account or "")[:60]
    row.bank_account, row.currency = plain_account(row.stated_account), (read.currency or "")[:3].upper()
    row.starts_on, row.ends_on = read.starts_on, read.ends_on
    row.faults = [{"code": "control_totals", "message": warning} for warning in read.warnings]
    try:
        return _filled(row, read)
    except Finer as error:
        row.faults.append({"code": "finer_than_currency", "message": str(error)})
    except Refusal as refusal:
        row.faults.append({"code": "unknown_currency", "message": refusal.sentence})
    return []


def _filled(row: BankStatement, read: neutral.BankStatement) -> list[BankEntry]:
    if not row.currency:
        raise Refusal("unknown_currency", "The file does not say its currency: choose it when you load it.")
    day = row.ends_on or row.received_at.date()
    entries = [part for entry in read.booked for part in _parts(entry, row, day)]
    for position, entry in enumerate(entries):
        entry.position = position
    if foreign := {entry.currency for entry in entries} - {row.currency}:
        sentence = f"The account is kept in {row.currency}, but entries are in {', '.join(sorted(foreign))}."
        row.faults.append({"code": "other_currency", "message": sentence})
    row.opening_minor = None if read.opening is None else minor(read.opening, row.currency)
    row.closing_minor = None if read.closing is None else minor(read.closing, row.currency)
    row.came_minor = sum(entry.amount_minor for entry in entries if entry.amount_minor > 0)
    row.went_minor = sum(entry.amount_minor for entry in entries if entry.amount_minor < 0)
    row.entry_count = len(entries)
    return entries


def minor(amount: Decimal, currency: str) -> int:
    """Exactly, or Finer is raised; an unknown currency is refused."""
    scaled = amount.scaleb(decimals(currency))
    if scaled != scaled.to_integral_value():
        raise Finer(f"{amount:f} has more decimals than {currency} has ({decimals(currency)}).")
    if abs(scaled) > 10**15:
        raise Finer(f"{amount:f} {currency} is more than we reckon with.")
    return int(scaled)


def _parts(entry: neutral.BankEntry, row: BankStatement, day: date) -> Iterator[BankEntry]:
    """Its transactions, where their amounts give the entry's; otherwise the entry as one."""
    currency = (entry.currency or row.currency).upper()
    whole = minor(entry.amount, currency)
    transactions = entry.transactions
    if len(transactions) > 1 and _give(transactions, entry, currency):
        for one in transactions:
            share = minor(one.amount or Decimal(0), currency)
            if share:
                yield _row(entry, [one], row, day, currency, whole, -share if whole < 0 else share)
    elif whole:
        yield _row(entry, transactions, row, day, currency, whole, whole)


def _give(transactions: Sequence[neutral.BankTransaction], entry: neutral.BankEntry, currency: str) -> bool:
    if any(one.amount is None or (one.currency or currency) != currency for one in transactions):
        return False
    return sum((one.amount or Decimal(0) for one in transactions), Decimal(0)) == abs(entry.amount)


def _row(
    entry: neutral.BankEntry, transactions: Sequence[neutral.BankTransaction], row: BankStatement, day: date,
    currency: str, whole: int, amount: int,
) -> BankEntry:  # fmt: skip
    booked = entry.booked_on or day
    one = transactions[0] if len(transactions) == 1 else None
    unstructured = [text for each in transactions for text in each.unstructured]
    text = " ".join(unstructured) or (entry.text or "")
    references = [reference for each in transactions for reference in (*each.references, *each.documents)]
    return BankEntry(
        supplier_id=row.supplier_id, statement=row, booked_on=booked, value_on=entry.value_on or booked,
        amount_minor=amount, currency=currency, is_reversal=entry.is_reversal, entry_minor=whole,
        return_reason=next((each.return_reason for each in transactions if each.return_reason), "")[:40],
        entry_id=said(entry.bank_id)[:100], bank_id=said((one and one.bank_id) or entry.bank_id)[:100],
        end_to_end=said(one.end_to_end if one else "")[:100],
        references=[reference[:140] for reference in references[:50]], text=text[:LONGEST_TEXT],
        counterparty=((one and one.counterparty) or "")[:200],
        counterparty_account=plain_account((one and one.counterparty_account) or "")[:60],
    )  # fmt: skip


def unread(row: BankStatement, refusal: Refusal, now: datetime) -> None:
    """What could not be read is kept all the same, with the reason."""
    row.notation, row.received_at = "", now
    row.faults = [{"code": "unreadable", "message": refusal.sentence}]
