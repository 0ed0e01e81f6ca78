"""A bank's CSV: the head is found by its words, the separator by the head; what stands above it is read too."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from documents.bank import numbers
from documents.bank.columns import column_of
from documents.bank.fault import UnreadableStatement
from documents.bank.statement import BankEntry, BankStatement, BankTransaction, said

_HEAD_WITHIN = 40  # lines
_MOST_ROWS = 100_000
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_CAME, _WENT = frozenset("c cr crdt credit h haben + in".split()), frozenset("d dr dbit debit s soll - out".split())


class Hints(msgspec.Struct, frozen=True):
    """What a file does not say itself. columns: a head of the file -> the neutral name (see `columns.WORDS`)."""

    account: str = ""
    currency: str = ""
    columns: dict[str, str] = {}


class _Row(msgspec.Struct, frozen=True):
    """Cells by neutral name (several texts are joined), and the line in the file."""

    cells: dict[str, str]
    line: int


def read(text: str, hints: Hints | None = None) -> list[BankStatement]:
    """One statement for each own account that the rows name. Raises UnreadableStatement naming line and column."""
    hints = hints or Hints()
    separator, at, names, currency = _head(text, hints)
    lines = text.splitlines(keepends=True)
    above = _above(lines[: at - 1], separator)
    rows = list(_rows("".join(lines[at:]), separator, names, at))
    if not rows:
        raise UnreadableStatement("no_entries", "Below its head the file has no rows.", line=at, message="csv")
    accounts = list(dict.fromkeys(row.cells.get("account", "") for row in rows))
    facts = {"currency": hints.currency or currency or above.get("currency", ""), **above}
    return [_statement([row for row in rows if row.cells.get("account", "") == one], one, facts, hints)
            for one in accounts]  # fmt: skip


def _head(text: str, hints: Hints) -> tuple[str, int, list[str], str]:
    """Separator, line, neutral names by position, and the currency that a head names."""
    for number, line in enumerate(text.splitlines()[:_HEAD_WITHIN], 1):
        for separator in ";\t,":
            heads = _cells(line, separator, number)
            found = [(hints.columns.get(head.strip()) or column_of(head)[0]) for head in heads]
            if "booked" in found and {"amount", "credit", "debit"} & set(found):
                named = next((word for head in heads if (word := column_of(head)[1])), "")
                return separator, number, _distinct(found), named
    raise UnreadableStatement(
        "no_head", "No line names a date and an amount: the file needs a head such as “Date;Amount;Text”.",
        line=1, status=415, message="csv",
    )  # fmt: skip


def _distinct(found: Sequence[str]) -> list[str]:
    """A column that occurs twice counts once, save texts."""
    seen: set[str] = set()
    names = []
    for name in found:
        names.append("" if name in seen and name != "text" else name)
        seen.add(name)
    return names


def _above(lines: Sequence[str], separator: str) -> dict[str, str]:
    """Account, balances and the like from the lines before the head: `IBAN;DE89...`, `Anfangssaldo;1.000,00`."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in _cells(line, separator, number) if cell.strip()]
        if len(cells) == 1 and ":" in cells[0]:
            cells = [part.strip() for part in cells[0].split(":", 1)]
        if len(cells) < 2:
            continue
        name = column_of(cells[0])[0]
        if name in ("counterparty_account", "account"):
            found.setdefault("account", cells[1].split("/")[-1].strip())
        elif name in ("opening", "closing", "currency", "sequence"):
            found.setdefault(name, cells[1])
    return found


def _rows(text: str, separator: str, names: Sequence[str], above: int) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    before = 0
    try:
        for cells in reader:
            line, before = above + before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            row = _Row(_named(cells, names), line)
            if line - above > _MOST_ROWS:
                raise UnreadableStatement("too_many_entries", f"A statement has at most {_MOST_ROWS} rows.", status=413)
            if row.cells.get("booked"):
                yield row
            elif row.cells.get("amount"):
                raise UnreadableStatement("no_date", "The row has an amount and no date.", line=line, field="date")
    except csv.Error as error:
        raise _no_csv(error, above + reader.line_num) from None


def _no_csv(error: csv.Error, line: int) -> UnreadableStatement:
    return UnreadableStatement("not_csv", f"The row cannot be read: {error}.", line=line)


def _cells(line: str, separator: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        raise _no_csv(error, number) from None


def _named(cells: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell.strip():
            found[name] = f"{found[name]} {cell.strip()}" if name in found else cell.strip()
    return found


def _statement(rows: Sequence[_Row], account: str, facts: Mapping[str, str], hints: Hints) -> BankStatement:
    money = ("amount", "credit", "debit", "balance")
    written = [row.cells[name] for row in rows for name in money if name in row.cells]
    sign = numbers.decimal_sign([*written, *(facts.get(name, "") for name in ("opening", "closing"))])
    if not sign and facts["currency"] in ("JPY", "KRW"):
        sign = numbers.WHOLE
    first = numbers.day_first(row.cells["booked"] for row in rows)
    entries = tuple(_entry(row, sign, first, facts["currency"]) for row in rows)
    balances = {
        code: numbers.figure(facts[name], sign, 1, name)
        for name, code in (("opening", "OPBD"), ("closing", "CLBD")) if facts.get(name)
    }  # fmt: skip
    warnings: tuple[str, ...] = ()
    if all("balance" in row.cells for row in rows):
        running = [numbers.figure(row.cells["balance"], sign, row.line, "balance") for row in rows]
        ends, warnings = _from_running(running, entries, rows)
        balances = {**ends, **balances}
    return BankStatement(
        message="csv", account=account or facts.get("account") or hints.account or None,
        currency=facts["currency"] or next((entry.currency for entry in entries if entry.currency), None),
        sequence=facts.get("sequence"), balances=balances, entries=entries, warnings=warnings,
    )  # fmt: skip


def _entry(row: _Row, sign: str, first: bool | None, currency: str) -> BankEntry:
    cells = row.cells
    amount = _amount(row, sign)
    paid = BankTransaction(
        amount=abs(amount), currency=cells.get("currency") or currency or None, end_to_end=cells.get("end_to_end"),
        bank_id=cells.get("bank_id"), references=tuple(filter(None, (said(cells.get("reference")),))),
        unstructured=tuple(filter(None, (cells.get("text"),))), counterparty=cells.get("counterparty"),
        debtor=cells.get("counterparty") if amount >= 0 else None,
        counterparty_account=cells.get("counterparty_account"), return_reason=cells.get("return"),
    )  # fmt: skip
    return BankEntry(
        amount=amount, currency=paid.currency, booked=numbers.day(cells["booked"], first, row.line, "date"),
        value=numbers.day(cells["value"], first, row.line, "value date") if cells.get("value") else None,
        bank_id=cells.get("bank_id"), line=row.line, transactions=(paid,),
    )  # fmt: skip


def _amount(row: _Row, sign: str) -> Decimal:
    cells = row.cells
    if cells.get("amount"):
        amount = numbers.figure(cells["amount"], sign, row.line, "amount")
        word = cells.get("sign", "").casefold().strip(".")
        if word and word not in _CAME | _WENT:
            raise UnreadableStatement("no_direction", f"{word[:20]!r} is neither credit nor debit.", line=row.line,
                                      field="debit/credit")  # fmt: skip
        return -abs(amount) if word in _WENT else abs(amount) if word else amount
    came, went = cells.get("credit"), cells.get("debit")
    if not came and not went:
        raise UnreadableStatement("no_amount", "The row has no amount.", line=row.line, field="amount")
    total = numbers.figure(came, sign, row.line, "credit") if came else Decimal(0)
    return total - abs(numbers.figure(went, sign, row.line, "debit")) if went else total


def _from_running(
    running: Sequence[Decimal], entries: Sequence[BankEntry], rows: Sequence[_Row]
) -> tuple[dict[str, Decimal], tuple[str, ...]]:
    """Opening and closing from the balance after each row, whichever way the rows are ordered."""
    pairs = range(1, len(running))
    if all(running[at] == running[at - 1] + entries[at].amount for at in pairs):
        return {"OPBD": running[0] - entries[0].amount, "CLBD": running[-1]}, ()
    if all(running[at - 1] == running[at] + entries[at - 1].amount for at in pairs):
        return {"OPBD": running[-1] - entries[-1].amount, "CLBD": running[0]}, ()
    broken = next(at for at in pairs if running[at] != running[at - 1] + entries[at].amount)
    return {}, (f"The balance in line {rows[broken].line} does not follow from the one before.",)
