"""Transfers as a payer's bank takes them: a payment file in ISO 20022 (pain.001.001.09), or as a table.

Each transfer carries its creditor reference (ISO 11649), so that the payee knows the money again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree
from stdnum import iban, iso11649

from documents import sheet
from eipp.kernel.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_NAME = 70
Element = etree._Element


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer: to whom, into which account, how much, on which day; invoices: which it pays. reference: a creditor
    reference; or another text of the payer's own, for which `text` is written for people to read."""

    payee: str
    account: str
    bank: str
    amount: Money
    day: date
    reference: str
    invoices: Sequence[str] = ()
    text: str = ""


def table(transfers: Iterable[Transfer]) -> bytes:
    """As CSV, a row for each."""
    head = ["Payee", "Account", "Bank", "Reference", "Amount", "Currency", "Day", "Invoices"]
    rows: list[list[sheet.Cell]] = [
        [each.payee, each.account, each.bank, each.reference, each.amount, each.amount.currency, each.day,
         ", ".join(each.invoices)]
        for each in transfers
    ]  # fmt: skip
    return b"".join(sheet.csv(sheet.Table(head, rows, title="Transfers")))


def pain001(
    transfers: Sequence[Transfer], *, message: str, created: datetime, payer: str, account: str = "", bank: str = ""
) -> bytes:
    """As a customer credit transfer: one block for each payee, currency and day, with its number and control sum.

    account, bank: the payer's IBAN and BIC; left out, the payer's own software fills them in.
    """
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item] # lxml takes None for no prefix
    order = _into(root, "CstmrCdtTrfInitn")
    head = _into(order, "GrpHdr")
    _say(head, "MsgId", message[:35])
    _say(head, "CreDtTm", created.isoformat(timespec="seconds"))
    _totals(head, transfers)
    _say(_into(head, "InitgPty"), "Nm", payer[:LONGEST_NAME])
    blocks: dict[tuple[str, str, date], list[Transfer]] = defaultdict(list)
    for each in transfers:
        blocks[each.payee, each.amount.currency, each.day].append(each)
    for number, block in enumerate(blocks.values(), 1):
        _block(order, block, f"{message[:30]}-{number}", payer, account, bank)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _block(order: Element, block: Sequence[Transfer], name: str, payer: str, account: str, bank: str) -> None:
    first = block[0]
    info = _into(order, "PmtInf")
    _say(info, "PmtInfId", name)
    _say(info, "PmtMtd", "TRF")
    _totals(info, block)
    if first.amount.currency == "EUR":
        _say(_into(_into(info, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _say(_into(info, "ReqdExctnDt"), "Dt", first.day.isoformat())
    _say(_into(info, "Dbtr"), "Nm", payer[:LONGEST_NAME])
    _account(info, "DbtrAcct", account or "NOTPROVIDED")
    _agent(info, "DbtrAgt", bank)
    _say(info, "ChrgBr", "SLEV")
    for each in block:
        _transfer(info, each)


def _transfer(info: Element, each: Transfer) -> None:
    row = _into(info, "CdtTrfTxInf")
    _say(_into(row, "PmtId"), "EndToEndId", each.reference)
    _say(_into(row, "Amt"), "InstdAmt", each.amount.text).set("Ccy", each.amount.currency)
    if each.bank:
        _agent(row, "CdtrAgt", each.bank)
    _say(_into(row, "Cdtr"), "Nm", each.payee[:LONGEST_NAME])
    _account(row, "CdtrAcct", each.account)
    about = _into(row, "RmtInf")
    if not iso11649.is_valid(each.reference):
        _say(about, "Ustrd", each.text or each.reference)
        return
    known = _into(_into(about, "Strd"), "CdtrRefInf")
    _say(_into(_into(known, "Tp"), "CdOrPrtry"), "Cd", "SCOR")
    _say(known, "Ref", each.reference)


def _totals(parent: Element, transfers: Sequence[Transfer]) -> None:
    """How many there are, and what their figures add up to, whatever their currencies (as the standard wants it)."""
    _say(parent, "NbOfTxs", str(len(transfers)))
    _say(parent, "CtrlSum", f"{sum((Decimal(each.amount.text) for each in transfers), Decimal(0)):f}")


def _account(parent: Element, name: str, number: str) -> None:
    known = _into(_into(parent, name), "Id")
    plain = "".join(number.split()).upper()
    if iban.is_valid(plain):
        _say(known, "IBAN", plain)
    else:
        _say(_into(known, "Othr"), "Id", number[:34])


def _agent(parent: Element, name: str, bank: str) -> None:
    institution = _into(_into(parent, name), "FinInstnId")
    if bank.isdigit():
        _say(_into(institution, "ClrSysMmbId"), "MmbId", bank)
    elif bank:
        _say(institution, "BICFI", bank)
    else:
        _say(_into(institution, "Othr"), "Id", "NOTPROVIDED")


def _into(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _say(parent: Element, name: str, text: str) -> Element:
    child = _into(parent, name)
    child.text = text
    return child
