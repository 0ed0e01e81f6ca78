"""A reading in few words, as `manage.py einvoice` prints it: one flat record of texts, the same for every syntax."""

from typing import Any

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from documents.einvoice.fields import tidy
from documents.einvoice.parts import Attachment, Line, Party, TaxSubtotal
from documents.einvoice.reading import ZUGFERD_1, Reading
from documents.einvoice.sums import total_of, value

# Faults our own checks add beyond the rules of the standard.
_OURS = ("EIPP-", "XSD")


def summary(reading: Reading, faults: list[Fault]) -> dict[str, Any]:
    """What the document says and the verdict on it. Numbers and dates as the document writes them."""
    return {
        "container": reading.container,
        **({"embedded": reading.embedded} if reading.embedded else {}),
        "syntax": reading.syntax,
        **_header(reading.document),
        **_money(reading.document),
        "lines": [_line(line) for line in reading.document.lines],
        "attachments": [_attachment(item) for item in reading.document.attachments if item.base64_chars],
        "checks": _checks(reading.document),
        **_verdict(reading, faults),
    }


def _header(document: Document) -> dict[str, Any]:
    means = document.payment_means
    return {
        "customization": document.customization,
        "type_code": document.type_code,
        "is_credit_note": document.is_credit_note,
        "number": document.number,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        "currency": document.currency,
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "buyer_reference": document.buyer_reference,
        "order_reference": document.order_reference,
        "preceding_invoices": [reference.number for reference in document.preceding_invoices],
        "payment_terms": next((tidy(terms.note) for terms in document.payment_terms if terms.note), None),
        "payment_means": next((part.code for part in means if part.code), None),
        "payment_id": document.payment_id,
        "iban": document.account,
    }


def _money(document: Document) -> dict[str, Any]:
    return {
        "line_count": len(document.lines),
        "sub_line_count": sum(_sub_lines(line) for line in document.lines),
        "line_total": document.line_total,
        "allowance_total": document.allowance_total,
        "charge_total": document.charge_total,
        "total_without_tax": document.total_without_tax,
        "tax": document.tax,
        "tax_in_accounting_currency": document.tax_in_accounting_currency,
        "total_with_tax": document.total_with_tax,
        "prepaid": document.prepaid,
        "rounding": document.rounding,
        "payable": document.payable,
        "tax_breakdown": [_subtotal(row) for row in document.tax_breakdown],
    }


def _sub_lines(line: Line) -> int:
    return (line.parent is not None) + sum(1 + _sub_lines(inner) for inner in line.lines)


def _party(party: Party) -> dict[str, Any]:
    return {
        "name": party.name,
        "trading_name": party.trading_name,
        "vat_id": party.vat_id,
        "legal_id": party.legal_id,
        "endpoint": party.endpoint,
        "endpoint_scheme": party.endpoint_scheme,
        "country": party.country,
    }


def _subtotal(row: TaxSubtotal) -> dict[str, Any]:
    return {"category": row.category.code, "rate": row.category.rate, "taxable": row.taxable, "tax": row.tax}


def _line(line: Line) -> dict[str, Any]:
    return {"id": line.id, "quantity": line.quantity, "net": line.net, "price": line.price, "name": line.name}


def _attachment(item: Attachment) -> dict[str, Any]:
    return {"name": item.name, "mime": item.mime, "base64_chars": item.base64_chars}


def _checks(document: Document) -> list[str]:
    """The plain sums, unrounded, of what is there: what a reader would add up with a pencil."""
    lines, without, with_tax = (
        value(f) for f in (document.line_total, document.total_without_tax, document.total_with_tax)
    )
    tax, payable = value(document.tax), value(document.payable)
    computed = {
        "BR-CO-10 lines": (lines, total_of(line.net for line in document.lines)) if document.lines else None,
        "BR-CO-13 without tax": (
            without,
            lines - total_of([document.allowance_total]) + total_of([document.charge_total]),
        )
        if lines is not None
        else None,
        "BR-CO-14 tax": (tax, total_of(row.tax for row in document.tax_breakdown)) if document.tax_breakdown else None,
        "BR-CO-15 with tax": (with_tax, without + (tax or 0)) if without is not None else None,
        "BR-CO-16 payable": (payable, with_tax - total_of([document.prepaid]) + total_of([document.rounding]))
        if with_tax is not None
        else None,
    }
    return [name for name, sides in computed.items() if sides and sides[0] is not None and sides[0] != sides[1]]


def _verdict(reading: Reading, faults: list[Fault]) -> dict[str, Any]:
    standard = list(dict.fromkeys(fault.rule for fault in faults if not fault.rule.startswith(_OURS)))
    known = reading.syntax != ZUGFERD_1
    return {
        "xsd_valid": not any(fault.rule == "XSD" for fault in faults),
        "en16931": ("invalid" if standard else "valid") if known else None,
        "en16931_fatal": standard if known else [],
        "valid": not faults,
        "errors": [{"rule": fault.rule, "message": fault.message, "path": fault.path} for fault in faults],
    }
