"""X12 820, payment order and remittance advice: RMR names the documents, ADX what was adjusted."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from documents import figures
from documents.remittance_advice import RemittanceAdvice, RemittanceLine
from documents.x12 import Segment, TransactionSet, transaction_sets
from eipp.kernel.refusal import Refusal

#: Data element 426, the adjustment reasons that are met most.
REASONS = {
    "01": "Pricing error", "03": "Extension error", "04": "Item not accepted: damaged",
    "05": "Item not accepted: quality", "06": "Quantity contested", "07": "Incorrect product",
    "11": "Returns: damaged", "12": "Returns: quality", "55": "Tax deducted", "59": "Item not received",
    "72": "Authorised return", "75": "Total order not received", "81": "Credit as agreed",
    "CM": "Covered by credit memo", "CS": "Adjustment", "L1": "Cash discount",
}  # fmt: skip
_CREDIT = frozenset({"CM", "CR"})  # RMR01 of credit memos


def read(text: str) -> list[RemittanceAdvice]:
    """An advice for each 820 of the interchange. Refusal 422 where there is none."""
    sets = [each for each in transaction_sets(text) if each.code == "820"]
    if not sets:
        raise Refusal("not_a_remittance", "The X12 file holds no 820 (remittance advice).", status=422)
    return [_advice(each) for each in sets]


def _advice(found: TransactionSet) -> RemittanceAdvice:
    first = {segment.name: segment for segment in reversed(found.segments)}
    names = {segment.get(1): segment.get(2) for segment in found.segments if segment.name == "N1"}
    paid, trace, currency = (first.get(name, Segment(name, ())) for name in ("BPR", "TRN", "CUR"))
    amount = figures.exact(paid.get(2))
    remarks = list(found.faults)
    if amount is None:
        remarks.append("The payment's amount (BPR02) is missing or is no amount.")
    if paid.get(3) == "D":
        remarks.append("The payment is a debit (BPR03): the payee draws it.")
    lines = list(_lines(found.segments, remarks))
    return RemittanceAdvice(
        notation="x12-820", payer=names.get("PR", ""), payee=names.get("PE", ""), reference=trace.get(2)[:140],
        paid_on=figures.day(_century(paid.get(16))), amount=amount, currency=currency.get(2)[:3].upper(), lines=lines,
        remarks=remarks,
    )  # fmt: skip


def _lines(segments: tuple[Segment, ...], remarks: list[str]) -> Iterator[RemittanceLine]:
    """Each RMR with the ADX behind it; an ADX that belongs to none is a line without a number."""
    current: RemittanceLine | None = None
    for place, segment in enumerate(segments, 1):
        if segment.name == "RMR":
            if current:
                yield current
            current = _line(place, segment, remarks)
        elif segment.name == "ADX":
            current, alone = _adjusted(current, place, segment, remarks)
            if alone:
                yield alone
        elif segment.name in ("ENT", "SE") and current:
            yield current
            current = None
    if current:
        yield current


def _line(place: int, segment: Segment, remarks: list[str]) -> RemittanceLine:
    amount, gross, discount = (figures.exact(segment.get(position)) for position in (4, 5, 6))
    if amount is None and segment.get(4):
        remarks.append(f"Segment {place}: {segment.get(4)[:30]} is no amount (RMR04).")
    if segment.get(1) in _CREDIT and amount is not None:
        amount = -abs(amount)
    return RemittanceLine(
        where=f"segment {place}", number=segment.get(2)[:100], amount=amount, gross=gross, discount=discount or None
    )


def _adjusted(
    current: RemittanceLine | None, place: int, segment: Segment, remarks: list[str]
) -> tuple[RemittanceLine | None, RemittanceLine | None]:
    amount = figures.exact(segment.get(1))
    reason = REASONS.get(segment.get(2), f"Code {segment.get(2)}" if segment.get(2) else "")
    if amount is None:
        remarks.append(f"Segment {place}: {segment.get(1)[:30] or 'nothing'} is no amount (ADX01).")
        return current, None
    if current is None:
        number = segment.get(4)[:100]
        return None, RemittanceLine(where=f"segment {place}", number=number, amount=amount, reason=reason)
    kept_back = (current.deduction or Decimal(0)) - amount
    reasons = ", ".join(filter(None, (current.reason, reason)))[:200]
    return msgspec.structs.replace(current, deduction=kept_back or None, reason=reasons), None


def _century(text: str) -> str:
    return f"20{text}" if len(text) == 6 else text
