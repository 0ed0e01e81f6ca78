"""The entries of a camt message and the transactions within them."""

import re
from decimal import Decimal

from documents.bank.elements import all_of, one, text, texts
from documents.bank.fault import UnreadableStatement
from documents.bank.statement import BankEntry, BankTransaction
from documents.einvoice.fields import Element, line_number

_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?")
_REMITTANCE = "RmtInf/Strd"


def entry_of(found: Element) -> BankEntry:
    """Raises UnreadableStatement naming the line where the amount or its direction is missing."""
    amount, currency = amount_of(found)
    details = [*all_of(found, "NtryDtls/TxDtls"), *all_of(found, "TxDtls")]
    return BankEntry(
        amount=amount, currency=currency, booked=text(found, "BookgDt/Dt", "BookgDt/DtTm"),
        value=text(found, "ValDt/Dt", "ValDt/DtTm"), status=text(found, "Sts/Cd", "Sts/Prtry", "Sts") or "BOOK",
        reversal=text(found, "RvslInd"), bank_id=text(found, "AcctSvcrRef"), text=text(found, "AddtlNtryInf"),
        code=text(found, "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd"), line=line_number(found),
        transactions=tuple(_transaction(part, is_credit=amount >= 0) for part in details),
    )  # fmt: skip


def amount_of(found: Element) -> tuple[Decimal, str | None]:
    """A signed amount with its currency: `Amt` and `CdtDbtInd` of an entry or a balance."""
    element = one(found, "Amt")
    if element is None:
        raise UnreadableStatement("no_amount", "An amount (Amt) is missing.", line=line_number(found), field="Amt")
    value = _figure(element)
    sign = text(found, "CdtDbtInd")
    if sign not in ("CRDT", "DBIT"):
        raise UnreadableStatement(
            "no_direction", "It is not said whether money came or went: CdtDbtInd must be CRDT or DBIT.",
            line=line_number(found), field="CdtDbtInd",
        )  # fmt: skip
    return (value if sign == "CRDT" else value.copy_negate()), element.get("Ccy")


def _figure(element: Element) -> Decimal:
    written = (element.text or "").strip(" \t\r\n+")
    if not _AMOUNT.fullmatch(written):
        raise UnreadableStatement(
            "invalid_amount", f"{written[:40]!r} is no amount.", line=line_number(element), field="Amt"
        )
    return Decimal(written)


def _transaction(part: Element, *, is_credit: bool) -> BankTransaction:
    amount = one(part, "Amt", "AmtDtls/TxAmt/Amt")
    other = "Dbtr" if is_credit else "Cdtr"
    return BankTransaction(
        amount=None if amount is None else _figure(amount), currency=None if amount is None else amount.get("Ccy"),
        end_to_end=text(part, "Refs/EndToEndId"), bank_id=text(part, "Refs/AcctSvcrRef", "Refs/TxId"),
        references=texts(part, f"{_REMITTANCE}/CdtrRefInf/Ref"), unstructured=texts(part, "RmtInf/Ustrd"),
        documents=texts(part, f"{_REMITTANCE}/RfrdDocInf/Nb"), debtor=_name(part, "Dbtr"),
        counterparty=_name(part, other), counterparty_account=_account(part, other),
        return_reason=text(part, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
    )  # fmt: skip


def _name(part: Element, role: str) -> str | None:
    return text(part, f"RltdPties/{role}/Nm", f"RltdPties/{role}/Pty/Nm")


def _account(part: Element, role: str) -> str | None:
    return text(part, f"RltdPties/{role}Acct/Id/IBAN", f"RltdPties/{role}Acct/Id/Othr/Id")
