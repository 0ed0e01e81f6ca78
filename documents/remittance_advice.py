"""Remittance advice: what a payer says a payment is for, in the one neutral form that every notation is read into."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from documents.child import read_in_child


class RemittanceLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is paid of one document. `where` names its place in the file ("row 7") for people.

    number: the document's number as written; others: further texts of that place that may be it, where a page does not
    say which is; amount: what is paid, less than zero for a credit that is taken, None where the file does not say;
    gross: the document's amount; discount and deduction: what the payer kept back, reason: and why.
    """

    where: str
    number: str = ""
    others: list[str] = []
    amount: Decimal | None = None
    gross: Decimal | None = None
    discount: Decimal | None = None
    deduction: Decimal | None = None
    reason: str = ""
    currency: str = ""


class RemittanceAdvice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One payment with its lines. `remarks` are sentences about what in the file was not understood or does not fit.

    notation: csv, xlsx, pdf, x12-820, ubl, pain.001, camt.054, remt.001; currency: empty where the file names none.
    """

    notation: str
    payer: str = ""
    payee: str = ""
    reference: str = ""
    paid_on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    lines: list[RemittanceLine] = []
    remarks: list[str] = []

    @property
    def sum(self) -> Decimal:
        """What the lines add up to."""
        return sum((line.amount for line in self.lines if line.amount is not None), Decimal(0))


def read(content: bytes) -> list[RemittanceAdvice]:
    """The payments that a file tells of, read in a child process. Refusal with a sentence for what is no advice."""
    return taken(read_in_child("documents.remittance.reading.read", content))


def taken(answer: Any) -> list[RemittanceAdvice]:
    """The child's plain values in their form again."""
    return msgspec.convert(answer, type=list[RemittanceAdvice])


def with_sum_remark(advice: RemittanceAdvice) -> RemittanceAdvice:
    """The advice, with a sentence where its lines do not add up to the payment it names."""
    told = [line.amount is not None for line in advice.lines]
    if advice.amount is None or not told or not all(told) or advice.sum == advice.amount:
        return advice
    sentence = f"The lines add up to {advice.sum:f}, the payment is {advice.amount:f}."
    return msgspec.structs.replace(advice, remarks=[*advice.remarks, sentence])
