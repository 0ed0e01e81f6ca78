"""ISO 20022: the remittance parts of pain.001, camt.054 and remt.001, of any version."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from documents.figures import tidy
from documents.remittance.fields import amount, day, every, text
from documents.remittance_advice import RemittanceAdvice, RemittanceLine

MOST_PAYMENTS = 2_000
_LIKE_A_NUMBER = re.compile(r"(?=[^\s]*\d{3})[A-Za-z0-9][A-Za-z0-9/_.-]{2,34}")


def read(root: Any) -> list[RemittanceAdvice]:
    """An advice for each payment; none where the document is of another kind."""
    found: list[RemittanceAdvice] = []
    for each in (*_transfers(root), *_notified(root), *_advised(root)):
        found.append(each)
        if len(found) == MOST_PAYMENTS:
            remark = f"The file tells of more than {MOST_PAYMENTS:,} payments; the rest was not read."
            return [*found[:-1], msgspec.structs.replace(each, remarks=[*each.remarks, remark])]
    return found


def _transfers(root: Any) -> Iterator[RemittanceAdvice]:
    for batch in every(root, "CstmrCdtTrfInitn/PmtInf"):
        on = day(batch, "ReqdExctnDt", "ReqdExctnDt/Dt", "ReqdExctnDt/DtTm")
        for order in every(batch, "CdtTrfTxInf"):
            paid, currency = amount(order, "Amt/InstdAmt")
            if paid is None:
                paid, currency = amount(order, "Amt/EqvtAmt/Amt")
            yield _advice(
                "pain.001", order, paid, currency, payer=_name(batch, "Dbtr"), payee=_name(order, "Cdtr"), paid_on=on,
                reference=text(order, "PmtId/EndToEndId", "PmtId/InstrId"),
            )  # fmt: skip


def _notified(root: Any) -> Iterator[RemittanceAdvice]:
    for note in every(root, "BkToCstmrDbtCdtNtfctn/Ntfctn"):
        for entry in every(note, "Ntry"):
            if text(entry, "RvslInd") == "true":
                continue
            on = day(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt")
            for single in every(entry, "NtryDtls/TxDtls"):
                yield _booked(note, entry, single, on)


def _booked(note: Any, entry: Any, single: Any, on: Any) -> RemittanceAdvice:
    paid, currency = amount(single, "Amt")
    for path in ("AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        if paid is None:
            paid, currency = amount(single, path)
    found = _advice(
        "camt.054", single, paid, currency, payer=_name(single, "RltdPties/Dbtr"), paid_on=on,
        payee=_name(single, "RltdPties/Cdtr") or text(note, "Acct/Ownr/Nm"),
        reference=text(single, "Refs/EndToEndId", "Refs/AcctSvcrRef", "Refs/InstrId"),
    )  # fmt: skip
    if code := text(single, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"):
        remark = f"This is a payment that came back ({code}): it pays nothing."
        return msgspec.structs.replace(found, lines=[], remarks=[remark])
    return found


def _advised(root: Any) -> Iterator[RemittanceAdvice]:
    for advice in every(root, "RmtAdvc/RmtInf"):
        paid, currency = amount(advice, "OrgnlPmtInf/Amt/InstdAmt")
        yield _advice(
            "remt.001", advice, paid, currency, payer=_name(advice, "OrgnlPmtInf/Dbtr"),
            payee=_name(advice, "OrgnlPmtInf/Cdtr"), at="",
            reference=text(advice, "OrgnlPmtInf/Refs/EndToEndId", "OrgnlPmtInf/Refs/TxId", "RmtId"),
            paid_on=day(advice, "OrgnlPmtInf/ReqdExctnDt", "OrgnlPmtInf/ReqdExctnDt/Dt", "OrgnlPmtInf/IntrBkSttlmDt"),
        )  # fmt: skip


def _advice(
    notation: str, element: Any, paid: Decimal | None, currency: str, *, at: str = "RmtInf/", **facts: Any
) -> RemittanceAdvice:
    remarks: list[str] = []
    lines = [line for part in every(element, f"{at}Strd") for line in _structured(part, currency, remarks)]
    free = [tidy(part.text or "", 140) for part in every(element, f"{at}Ustrd")]
    if not lines and free:
        lines = _from_free_text(free, remarks)
    if len(lines) == 1 and lines[0].amount is None and paid is not None:
        lines = [msgspec.structs.replace(lines[0], amount=paid, currency=currency)]
    if paid is None:
        remarks.append("The payment's amount is missing.")
    return RemittanceAdvice(notation=notation, amount=paid, currency=currency, lines=lines, remarks=remarks, **facts)


def _structured(part: Any, currency: str, remarks: list[str]) -> list[RemittanceLine]:
    """One for each document; where one amount stands for several, it does not say how much is for which."""
    numbers = [text(document, "Nb", longest=100) for document in every(part, "RfrdDocInf")]
    numbers = [number for number in numbers if number] or [text(part, "CdtrRefInf/Ref", longest=100)]
    if not numbers[0]:
        return []
    sums = {name: amount(part, f"RfrdDocAmt/{name}") for name in ("RmtdAmt", "DuePyblAmt", "DscntApldAmt")}
    if sums["DscntApldAmt"][0] is None:
        sums["DscntApldAmt"] = amount(part, "RfrdDocAmt/DscntApldAmt/Amt")
    deduction, reason = _deducted(part)
    if len(numbers) > 1:
        remarks.append(f"{', '.join(numbers[:5])} are paid together.")
        return [RemittanceLine(where="payment", number=number) for number in numbers]
    paid, own = sums["RmtdAmt"]
    return [
        RemittanceLine(
            where="payment", number=numbers[0], amount=paid, gross=sums["DuePyblAmt"][0],
            discount=sums["DscntApldAmt"][0] or None, deduction=deduction or None, reason=reason,
            currency=own or currency,
        )
    ]  # fmt: skip


def _deducted(part: Any) -> tuple[Decimal, str]:
    """What the adjustments take away in all (a debit adds to what is due, anything else takes away), and why."""
    kept_back, reasons = Decimal(0), []
    for each in every(part, "RfrdDocAmt/AdjstmntAmtAndRsn"):
        figure = amount(each, "Amt")[0] or Decimal(0)
        kept_back += -figure if text(each, "CdtDbtInd") == "DBIT" else figure
        reasons.append(text(each, "AddtlInf", "Rsn"))
    return kept_back, ", ".join(filter(None, reasons))[:200]


def _from_free_text(free: list[str], remarks: list[str]) -> list[RemittanceLine]:
    """What in free text looks like a document's number; the text itself is kept as a remark."""
    whole = " ".join(free)[:500]
    remarks.append(f"Free text: {whole[:300]}")
    numbers = list(dict.fromkeys(_LIKE_A_NUMBER.findall(whole)))[:50]
    return [RemittanceLine(where="free text", number=number.rstrip(".,-/")) for number in numbers]


def _name(element: Any, party: str) -> str:
    return text(element, f"{party}/Nm", f"{party}/Pty/Nm")
