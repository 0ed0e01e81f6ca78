"""ISO 20022: camt.053 (statement), camt.054 (notification), camt.052 (report), every version of them."""

import re
from decimal import Decimal

from lxml import etree

from documents.bank.camt_entry import amount_of, entry_of
from documents.bank.elements import all_of, one, text
from documents.bank.fault import UnreadableStatement
from documents.bank.statement import BankStatement
from documents.einvoice import safe_xml
from documents.einvoice.fault import Unreadable
from documents.einvoice.fields import Element, line_number

_BODIES = ("BkToCstmrStmt/Stmt", "BkToCstmrDbtCdtNtfctn/Ntfctn", "BkToCstmrAcctRpt/Rpt")
_NAME = re.compile(r"camt\.05[234]\.\d{3}\.\d{2}")
MOST_ENTRIES = 100_000


def read(content: bytes) -> list[BankStatement]:
    """The statements of a message. Raises UnreadableStatement."""
    root = _parsed(content)
    message = _message(root)
    found = [part for path in _BODIES for part in all_of(root, path)]
    if not found:
        raise UnreadableStatement(
            "no_statement", "The message holds no statement, only its head: ask the bank for it again.",
            line=line_number(root), field="Stmt", message=message,
        )  # fmt: skip
    return [_statement(part, message) for part in found]


def _parsed(content: bytes) -> Element:
    try:
        return safe_xml.parse(content)
    except Unreadable as error:
        raise _in_our_words(error) from None


def _in_our_words(error: Unreadable) -> UnreadableStatement:
    if error.code == "doctype":
        sentence = "The file carries a DOCTYPE; bank statements have none, and we do not open them."
        return UnreadableStatement("doctype", sentence, line=error.line)
    if error.code == "too_many_elements":
        return UnreadableStatement(error.code, "The file has more elements than we read.", status=413)
    return UnreadableStatement(error.code, error.sentence, status=error.status)


def _message(root: Element) -> str:
    space = etree.QName(root).namespace or ""
    if named := _NAME.search(space):
        return named[0]
    if one(root, *(path.split("/")[0] for path in _BODIES)) is None:
        raise UnreadableStatement(
            "not_a_statement", f"{etree.QName(root).localname} is no bank statement that we read: send camt.053 or "
            "camt.054.", line=line_number(root), status=415,
        )  # fmt: skip
    return "camt"


def _statement(part: Element, message: str) -> BankStatement:
    entries = tuple(entry_of(found) for found in all_of(part, "Ntry"))
    if len(entries) > MOST_ENTRIES:
        raise UnreadableStatement("too_many_entries", f"A statement has at most {MOST_ENTRIES} entries.", status=413)
    balances, currency = _balances(part)
    return BankStatement(
        message=message, id=text(part, "Id"), account=text(part, "Acct/Id/IBAN", "Acct/Id/Othr/Id"),
        currency=text(part, "Acct/Ccy") or currency or next((entry.currency for entry in entries), None),
        sequence=text(part, "LglSeqNb", "ElctrncSeqNb"), starts=text(part, "FrToDt/FrDtTm", "FrToDt/FrDt"),
        ends=text(part, "FrToDt/ToDtTm", "FrToDt/ToDt"), balances=balances, entries=entries,
    )  # fmt: skip


def _balances(part: Element) -> tuple[dict[str, Decimal], str | None]:
    """By code, the last of each; and the currency of the opening one."""
    found: dict[str, Decimal] = {}
    currency = None
    for balance in all_of(part, "Bal"):
        code = text(balance, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
        if code:
            found[code], stated = amount_of(balance)
            currency = currency or stated
    return found, currency
