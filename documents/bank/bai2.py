"""BAI2, the cash management file of American banks: records of commas, continued by 88, ended by a slash."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from documents.bank.bai2_funds import Detail, Summary, detail_of, summaries_of
from documents.bank.fault import UnreadableStatement
from documents.bank.statement import BankEntry, BankStatement, BankTransaction, said
from eipp.kernel.money import decimals
from eipp.kernel.refusal import Refusal

_BALANCES = {"010": "OPBD", "015": "CLBD", "040": "OPAV", "045": "CLAV"}
_PARENTS = {"01": "", "02": "01", "03": "02", "16": "03", "49": "03", "98": "02", "99": "01"}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass
class Record:
    """A logical record: its fields without the type; physical: how many lines it took."""

    kind: str
    body: str
    line: int
    physical: int = 1
    open_text: bool = False

    @property
    def fields(self) -> list[str]:
        return [part.strip() for part in self.body.split(",")]


@dataclass
class _Account:
    head: Record
    group: list[str]
    summaries: list[Summary]
    details: list[tuple[Detail, int]] = field(default_factory=list)
    physical: int = 0
    control: list[str] = field(default_factory=list)


def looks_like(text: str) -> bool:
    return bool(re.match(r"\s*01,[^\n]*,", text))


def read(text: str) -> list[BankStatement]:
    """The accounts of a file, one statement each. Raises UnreadableStatement naming the line."""
    accounts: list[_Account] = []
    group: list[str] = []
    trailer: list[str] = []
    for record in _records(text):
        match record.kind:
            case "02":
                group = record.fields
            case "03":
                accounts.append(_opened(record, group))
            case "16":
                _in_account(accounts, record).details.append((detail_of(record.body, record.line), record.line))
                accounts[-1].physical += record.physical
            case "49":
                account = _in_account(accounts, record)
                account.control, account.physical = record.fields, account.physical + record.physical
            case "99":
                trailer = record.fields
    if not accounts:
        raise UnreadableStatement("no_statement", "The file holds no account (record 03).", message="bai2")
    return [_statement(account, trailer) for account in accounts]


def _records(text: str) -> Iterator[Record]:
    """Continuations joined to what they continue."""
    current: Record | None = None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line:
            continue
        kind, comma, rest = line.partition(",")
        if kind == "88" and current is not None:
            current = _continued(current, rest)
            continue
        if not comma or kind not in _PARENTS:
            raise UnreadableStatement("unknown_record", f"{line[:20]!r} is no record of BAI2.", line=number)
        if current is not None:
            yield current
        current = Record(kind, _closed(rest), number, open_text=not rest.endswith("/"))
    if current is not None:
        yield current


def _continued(current: Record, rest: str) -> Record:
    """A text goes on behind a blank, fields behind a comma."""
    joint = " " if current.kind == "16" and current.open_text else ","
    return replace(
        current, body=current.body + joint + _closed(rest), physical=current.physical + 1,
        open_text=not rest.endswith("/"),
    )  # fmt: skip


def _closed(rest: str) -> str:
    return rest.removesuffix("/").rstrip(" ")


def _opened(record: Record, group: list[str]) -> _Account:
    if not group:
        raise UnreadableStatement("no_group", "An account (03) stands outside a group (02).", line=record.line)
    return _Account(record, group, summaries_of(record.fields[2:], record.line), physical=record.physical)


def _in_account(accounts: Sequence[_Account], record: Record) -> _Account:
    if not accounts or accounts[-1].control:
        raise UnreadableStatement("no_account", f"A record {record.kind} stands outside an account (03).",
                                  line=record.line)  # fmt: skip
    return accounts[-1]


def _statement(account: _Account, trailer: list[str]) -> BankStatement:
    head, group = account.head.fields, account.group
    stated = _at(head, 1) or None
    currency = stated or _at(group, 5) or "USD"
    places, day = _places(currency), _day(_at(group, 3), account.head.line)
    entries = tuple(_entry(detail, line, currency, places, day) for detail, line in account.details)
    balances = {
        _BALANCES[row.code]: Decimal(row.amount).scaleb(-places)
        for row in account.summaries if row.code in _BALANCES and row.amount is not None
    }  # fmt: skip
    return BankStatement(
        message="bai2", id=None, account=said(_at(head, 0)) or None, currency=currency, starts=day, ends=day,
        balances=balances, entries=entries, warnings=tuple(_warnings(account)),
        facts={
            "stated_currency": stated or "", "control_total": _at(account.control, 0),
            "records": _at(account.control, 1), "trailer": ",".join(trailer),
        },
    )  # fmt: skip


def _entry(detail: Detail, line: int, currency: str, places: int, day: str | None) -> BankEntry:
    """Types 400-699 and 960-999 are debits, informative ones (700-) no money, the others credits."""
    code = int(detail.code)
    sign = -1 if 400 <= code <= 699 or code >= 960 else 1
    amount = Decimal(sign * detail.amount).scaleb(-places)
    paid = BankTransaction(
        amount=abs(amount), currency=currency, end_to_end=detail.customer_reference or None,
        bank_id=detail.bank_reference or None, unstructured=(detail.text,) if detail.text else (),
    )  # fmt: skip
    return BankEntry(
        amount=amount, currency=currency, booked=day, value=_day(detail.value_day, line) or day, line=line,
        status="BOOK" if code < 700 or code >= 920 else "INFO", bank_id=detail.bank_reference or None,
        code=detail.code, transactions=(paid,),
    )  # fmt: skip


def _warnings(account: _Account) -> Iterator[str]:
    """The bank's control figures against what is there; none where the account was not closed by record 49."""
    name = _at(account.head.fields, 0)
    if not account.control:
        yield f"Account {name} is not closed by a control record (49): the file may have been cut."
        return
    total = sum(row.amount or 0 for row in account.summaries) + sum(detail.amount for detail, _ in account.details)
    stated, records = _at(account.control, 0), _at(account.control, 1)
    if _WHOLE.fullmatch(stated) and int(stated) != total:
        yield f"The bank's control total of account {name} is {int(stated)}, but its records add up to {total}."
    if _WHOLE.fullmatch(records) and int(records) != account.physical:
        yield f"The bank counts {int(records)} records of account {name}, but there are {account.physical}."


def _places(currency: str) -> int:
    try:
        return decimals(currency)
    except Refusal:
        return 2


def _day(written: str, line: int) -> str | None:
    """`060317` as an ISO date; years below 80 are of this century."""
    if not written:
        return None
    try:
        short = int(written[:2])
        return date((2000 if short < 80 else 1900) + short, int(written[2:4]), int(written[4:6])).isoformat()
    except ValueError:
        raise UnreadableStatement("invalid_date", f"{written[:20]!r} is no date (YYMMDD).", line=line) from None


def _at(fields: Sequence[str], index: int) -> str:
    return fields[index] if index < len(fields) else ""
