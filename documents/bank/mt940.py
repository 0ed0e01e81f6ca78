"""MT940, the older statement of SWIFT: `:61:` an entry, `:86:` what it says, also in the German way with `?20`."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from documents.bank.fault import UnreadableStatement
from documents.bank.statement import BankEntry, BankStatement, BankTransaction, said

_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,.]{1,16})")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<sign>R?[CD])[A-Z]?(?P<amount>\d[\d,.]{0,15})"
    r"(?P<code>[A-Z][A-Z0-9]{3})(?P<own>[^\n]*?)(//(?P<bank>[^\n]*))?(\n(?P<more>.*))?",
    re.DOTALL,
)
_SUBFIELD = re.compile(r"\?(\d{2})")
_KEYWORD = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")


def looks_like(text: str) -> bool:
    return bool(re.search(r"^:20:", text, re.MULTILINE) and re.search(r"^:25[A-Z]?:", text, re.MULTILINE))


def read(text: str) -> list[BankStatement]:
    """Raises UnreadableStatement naming the line and the tag."""
    statements: list[list[tuple[str, str, int]]] = []
    for tag, body, line in _fields(text):
        if tag == "20" or not statements:
            statements.append([])
        statements[-1].append((tag, body, line))
    found = [_statement(fields) for fields in statements if any(tag.startswith("60") for tag, _, _ in fields)]
    if not found:
        raise UnreadableStatement("no_statement", "The file holds no opening balance (:60F:).", message="mt940")
    return found


def _fields(text: str) -> Iterator[tuple[str, str, int]]:
    """Tag, body and line; what begins with no tag goes on the one before."""
    current: tuple[str, str, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() in ("-", "-}", "") or line.startswith(("{1:", "{2:")):
            continue
        if begun := _TAG.match(line):
            if current:
                yield current
            current = (begun[1], begun[2], number)
        elif current:
            current = (current[0], f"{current[1]}\n{line}", current[2])
        else:
            raise UnreadableStatement("no_tag", f"{line[:20]!r} stands before the first tag.", line=number)
    if current:
        yield current


def _statement(fields: list[tuple[str, str, int]]) -> BankStatement:
    told = {tag[:2]: (body.strip(), line) for tag, body, line in reversed(fields)}
    last = {tag[:2]: (body.strip(), line) for tag, body, line in fields}
    opening, currency, starts = _balance(*told["60"])
    balances = {"OPBD": opening}
    ends = None
    if "62" in last:
        balances["CLBD"], _, ends = _balance(*last["62"])
    number = told.get("28", ("", 0))[0]
    account = told.get("25", ("", 0))[0].splitlines()
    return BankStatement(
        message="mt940", id=told.get("20", ("", 0))[0] or None, account=account[0].strip() if account else None,
        currency=currency, sequence=number.split("/")[0].lstrip("0") or None, starts=starts, ends=ends,
        balances=balances, entries=tuple(_entries(fields, currency)),
    )  # fmt: skip


def _entries(fields: list[tuple[str, str, int]], currency: str) -> Iterator[BankEntry]:
    for index, (tag, body, line) in enumerate(fields):
        if tag == "61":
            follows = fields[index + 1] if index + 1 < len(fields) else ("", "", 0)
            yield _entry(body, line, currency, follows[1] if follows[0] == "86" else "")


def _entry(body: str, line: int, currency: str, information: str) -> BankEntry:
    found = _ENTRY.fullmatch(body)
    if not found:
        raise UnreadableStatement("invalid_entry", f"{body[:30]!r} is no entry.", line=line, field=":61:")
    value = _day(found["value"], line)
    amount = _figure(found["amount"], line)
    came = found["sign"] in ("C", "RD")
    parts = _parts(information)
    own = said(found["own"])
    paid = BankTransaction(
        amount=amount, currency=currency, end_to_end=parts.get("EREF") or parts.get("KREF") or own or None,
        bank_id=said(found["bank"]) or None, unstructured=tuple(filter(None, (parts.get("text"),))),
        debtor=parts.get("name") if came else None, counterparty=parts.get("name"),
        counterparty_account=parts.get("account"),
    )  # fmt: skip
    return BankEntry(
        amount=amount if came else -amount, currency=currency, booked=_booked(found["booked"], value), value=value,
        reversal="true" if found["sign"].startswith("R") else "false", bank_id=paid.bank_id, code=found["code"],
        text=(found["more"] or "").strip() or None, line=line, transactions=(paid,),
    )  # fmt: skip


def _parts(information: str) -> dict[str, str]:
    """What `:86:` says: free text, or subfields `?20`-`?29` (text), `?31` (account), `?32`-`?33` (name)."""
    flat = information.replace("\n", "")
    cut = _SUBFIELD.split(flat)
    if len(cut) < 3:
        return {"text": " ".join(information.split())}
    fields = list(zip(cut[1::2], cut[2::2], strict=True))
    text = "".join(body for code, body in fields if code[0] == "2" or code in ("60", "61", "62", "63"))
    named = {
        "name": "".join(body for code, body in fields if code in ("32", "33")).strip(),
        "account": next((body.strip() for code, body in fields if code == "31"), ""),
    }
    words = _KEYWORD.split(text)
    if len(words) < 3:
        return named | {"text": text.strip()}
    keyed = {key: body.strip() for key, body in zip(words[1::2], words[2::2], strict=True)}
    keyed = {key: said(body) if key in ("EREF", "KREF") else body for key, body in keyed.items()}
    return named | keyed | {"text": keyed.get("SVWZ", "") or words[0].strip()}


def _balance(body: str, line: int) -> tuple[Decimal, str, str]:
    found = _BALANCE.match(body)
    if not found:
        raise UnreadableStatement("invalid_balance", f"{body[:30]!r} is no balance.", line=line, field=":60:")
    amount = _figure(found[4], line)
    return (amount if found[1] == "C" else -amount), found[3], _day(found[2], line)


def _figure(written: str, line: int) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,13}([,.][0-9]{0,4})?", written):
        raise UnreadableStatement("invalid_amount", f"{written!r} is no amount.", line=line)
    return Decimal(written.replace(",", ".").rstrip("."))


def _day(written: str, line: int) -> str:
    try:
        short = int(written[:2])
        return date((2000 if short < 80 else 1900) + short, int(written[2:4]), int(written[4:])).isoformat()
    except ValueError:
        raise UnreadableStatement("invalid_date", f"{written!r} is no date (YYMMDD).", line=line) from None


def _booked(written: str | None, value: str) -> str:
    """Month and day of the entry, in the year that is nearest to the value date."""
    if not written:
        return value
    near = date.fromisoformat(value)
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            days.append(date(year, int(written[:2]), int(written[2:])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs((day - near).days)).isoformat() if days else value
