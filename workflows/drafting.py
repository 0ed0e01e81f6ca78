"""From the neutral document to the ledger's draft: every fact copied, every amount exact in its currency."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from documents.einvoice.document import Document
from documents.einvoice.parts import AllowanceCharge, Figure, Line
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.money import Money, decimals
from eipp.kernel.refusal import Refusal
from eipp.ledger.draft import AllowanceChargeDraft, CreditNoteDraft, DueDraft, InvoiceDraft, LineDraft, TaxDraft


def said(document: Document) -> dict[str, Any]:
    """What a document says, as it is kept."""
    return document.without_contents().to_dict()


def hash_of(said: dict[str, Any]) -> str:
    """What a document says, as one hash: the same content is the same hash, however its bytes were laid out."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def draft(
    document: Document,
    *,
    said: dict[str, Any],
    account: CustomerAccount,
    legal_entity: LegalEntity,
    external_id: str,
    **facts: Any,
) -> InvoiceDraft | CreditNoteDraft:
    """The draft of an invoice or credit note. Raises Refusal (422) where an amount does not fit its currency."""
    common = _head(document, said) | _sums(document) | facts
    common["seller"] = common["seller"] or _entity_facts(legal_entity)
    common["buyer_party"] = common["buyer_party"] or _account_facts(account)
    common |= {"account": account, "legal_entity": legal_entity, "external_id": external_id}
    if document.is_credit_note:
        return CreditNoteDraft(**common, reason=_notes(document)[:200])
    return InvoiceDraft(**common, due_date=_day(document.due_date), dues=_dues(document))


def _head(document: Document, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": document.number or "", "issue_date": _day(document.issue_date), "currency": document.currency,
        "type_code": document.type_code or ("381" if document.is_credit_note else "380"),
        "order_reference": document.order_reference or "", "buyer_reference": document.buyer_reference or "",
        "note": _notes(document), "payment_reference": document.payment_id or "",
        "payment_terms": "\n".join(terms.note for terms in document.payment_terms if terms.note),
        "seller": said.get("seller", {}), "buyer_party": said.get("buyer", {}), "delivery": said.get("delivery", {}),
        "payment_means": said.get("payment_means", []), "references": _references(said),
    }  # fmt: skip


def _dues(document: Document) -> list[DueDraft]:
    """Several due dates, where the terms name the amount of each."""
    parts = [terms for terms in document.payment_terms if terms.amount]
    if len(parts) < 2:
        return []
    first = _day(document.due_date)
    days = [(_day(terms.due_date) or first, terms) for terms in parts]
    currency = document.currency or ""
    return [
        DueDraft(on=day, amount=_money(terms.amount, currency), is_retention=terms.retention)
        for day, terms in days if day
    ]  # fmt: skip


def _entity_facts(entity: LegalEntity) -> dict[str, Any]:
    """Who sells, where the document does not say: copied, so that it stays what it was when the invoice came."""
    facts = {"name": entity.name, "vat_id": entity.vat_id, "legal_id": entity.legal_id, "address": entity.address}
    return {name: fact for name, fact in facts.items() if fact}


def _account_facts(account: CustomerAccount) -> dict[str, Any]:
    facts = {"name": account.name, "address": account.address}
    return {name: fact for name, fact in facts.items() if fact}


def _references(said: dict[str, Any]) -> dict[str, Any]:
    names = (
        "project_reference", "contract_reference", "sales_order_reference", "receiving_reference",
        "despatch_reference", "preceding_invoices", "period", "payee", "accounting_reference",
    )  # fmt: skip
    return {name: said[name] for name in names if name in said}


def _sums(document: Document) -> dict[str, Any]:
    currency = document.currency or ""
    parts = [(item, False) for item in document.allowances] + [(item, True) for item in document.charges]
    line_total = document.line_total or document.total_without_tax  # profiles without lines state no sum of them
    return {
        "line_total": _money(line_total, currency), "tax_exclusive": _money(document.total_without_tax, currency),
        "tax": _money(document.tax, currency), "tax_inclusive": _money(document.total_with_tax, currency),
        "payable": _money(document.payable, currency), "prepaid": _prepaid(document, currency),
        "allowance_total": _money(document.allowance_total, currency), "rounding": _money(document.rounding, currency),
        "charge_total": _money(document.charge_total, currency),
        "lines": [_line(line, currency) for line in _all_lines(document.lines)],
        "allowances_charges": [_allowance_charge(item, is_charge, currency) for item, is_charge in parts],
        "taxes": [_tax(row, currency) for row in document.tax_breakdown],
    }  # fmt: skip


def _prepaid(document: Document, currency: str) -> Money:
    """What was paid before; profiles that have no field for it say it by an amount to pay below the total."""
    if document.prepaid is not None:
        return _money(document.prepaid, currency)
    total, rounding = _money(document.total_with_tax, currency), _money(document.rounding, currency)
    return total + rounding - _money(document.payable, currency)


def _line(line: Line, currency: str) -> LineDraft:
    parts = [(item, False) for item in line.allowances] + [(item, True) for item in line.charges]
    return LineDraft(
        line_number=line.id or "", item_name=line.name or "", description=line.description or "",
        quantity=_decimal(line.quantity, "1"), unit=line.unit or "", unit_price=_decimal(line.price, "0"),
        base_quantity=line.base_quantity.value if line.base_quantity else None, net=_money(line.net, currency),
        seller_item_id=line.seller_item_id or "", buyer_item_id=line.buyer_item_id or "",
        standard_item_id=line.standard_item_id.value if line.standard_item_id else "",
        tax_category=(line.tax and line.tax.code) or "", tax_rate=line.tax.rate.value if line.tax and line.tax.rate
        else None, order_line_reference=line.order_line or "", note=line.note or "",
        allowances_charges=[_allowance_charge(item, is_charge, currency) for item, is_charge in parts],
    )  # fmt: skip


def _all_lines(lines: Iterable[Line]) -> Iterable[Line]:
    """The lines that count: one that is detailed by others in its place stands for them."""
    return [line for line in lines if line.parent is None]


def _allowance_charge(item: AllowanceCharge, is_charge: bool, currency: str) -> AllowanceChargeDraft:
    return AllowanceChargeDraft(
        is_charge=is_charge, amount=_money(item.amount, currency),
        base=Money.of(item.base.value, currency) if item.base and item.base.value is not None else None,
        percent=item.percent.value if item.percent else None, reason=item.reason or "",
        reason_code=item.reason_code or "", tax_category=(item.tax and item.tax.code) or "",
        tax_rate=item.tax.rate.value if item.tax and item.tax.rate else None,
    )  # fmt: skip


def _tax(row: Any, currency: str) -> TaxDraft:
    return TaxDraft(
        category=row.category.code or "", taxable=_money(row.taxable, currency), tax=_money(row.tax, currency),
        rate=row.category.rate.value if row.category.rate else None,
        exemption_reason=row.category.exemption_reason or "", exemption_code=row.category.exemption_code or "",
    )  # fmt: skip


def _money(figure: Figure | None, currency: str) -> Money:
    value = figure.value if figure is not None else Decimal(0)
    if value is None:
        raise Refusal("invalid_amount", f"{str(figure)[:40]!r} is not an amount.", status=422)
    if value != round(value, decimals(currency)):
        raise Refusal("invalid_amount", f"{figure} has more decimals than {currency} knows.", status=422)
    return Money.of(value, currency)


def _decimal(figure: Figure | None, otherwise: str) -> Decimal:
    return (figure.value if figure is not None else None) or Decimal(otherwise)


def _day(text: str | None) -> date | None:
    """Dates in UBL may carry a zone: the calendar day is what was meant."""
    return date.fromisoformat(text[:10]) if text else None


def _notes(document: Document) -> str:
    return "\n".join(note.text for note in document.notes)
