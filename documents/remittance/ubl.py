"""UBL RemittanceAdvice 2.0 to 2.4: a line pays debit less credit of the documents that it references."""

from decimal import Decimal
from typing import Any

from documents.remittance.fields import amount, day, every, text
from documents.remittance_advice import RemittanceAdvice, RemittanceLine

_DOCUMENTS = (
    "InvoiceDocumentReference", "SelfBilledInvoiceDocumentReference", "CreditNoteDocumentReference",
    "SelfBilledCreditNoteDocumentReference", "DebitNoteDocumentReference", "ReminderDocumentReference",
    "AdditionalDocumentReference",
)  # fmt: skip


def read(root: Any) -> RemittanceAdvice:
    """The advice; its payer is the customer, its payee the payee or else the supplier."""
    total, currency = amount(root, "TotalPaymentAmount")
    remarks = [] if total is not None else ["The total of the payment (TotalPaymentAmount) is missing."]
    lines = [line for found in every(root, "RemittanceAdviceLine") for line in _lines(found, remarks)]
    return RemittanceAdvice(
        notation="ubl", payer=_name(root, "AccountingCustomerParty/Party"),
        payee=_name(root, "PayeeParty") or _name(root, "AccountingSupplierParty/Party"),
        reference=text(root, "PaymentOrderReference", "ID"),
        paid_on=day(root, "PaymentMeans/PaymentDueDate", "IssueDate"), amount=total,
        currency=currency or text(root, "DocumentCurrencyCode", longest=3), lines=lines, remarks=remarks,
    )  # fmt: skip


def _lines(found: Any, remarks: list[str]) -> list[RemittanceLine]:
    """One for each document; where a line names several, it does not say how much is for which."""
    where = f"line {text(found, 'ID') or '?'}"
    numbers = [text(reference, f"{kind}/ID", longest=100) for reference in every(found, "BillingReference")
               for kind in _DOCUMENTS if text(reference, f"{kind}/ID")]  # fmt: skip
    numbers += [text(reference, "ID", longest=100) for reference in every(found, "DocumentReference")]
    paid, currency = _paid(found)
    if paid is None:
        remarks.append(f"{where.capitalize()} names no amount.")
    if len(numbers) > 1:
        remarks.append(f"{where.capitalize()} pays {len(numbers)} documents together.")
    one = paid if len(numbers) <= 1 else None
    return [RemittanceLine(where=where, number=number, amount=one, currency=currency) for number in numbers or [""]]


def _paid(found: Any) -> tuple[Decimal | None, str]:
    debit, currency = amount(found, "DebitLineAmount")
    credit, other = amount(found, "CreditLineAmount")
    if debit is not None or credit is not None:
        return (debit or Decimal(0)) - (credit or Decimal(0)), currency or other
    return amount(found, "BalanceAmount")


def _name(root: Any, party: str) -> str:
    return text(root, f"{party}/PartyName/Name", f"{party}/PartyLegalEntity/RegistrationName")
