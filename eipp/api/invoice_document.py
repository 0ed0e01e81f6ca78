"""From an invoice written as JSON to the neutral document that every channel ends in."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from documents.einvoice.document import Document
from documents.einvoice.parts import (
    Address,
    AllowanceCharge,
    Figure,
    Line,
    Note,
    Party,
    PaymentTerms,
    Reference,
    TaxCategory,
    TaxSubtotal,
    TaxTotal,
)
from eipp.accounts.models import LegalEntity
from eipp.api import shapes
from eipp.api.invoice_sums import Sums, TaxRow, category_of, rate_of, reckon
from eipp.api.invoice_writing import NewInvoice, WrittenAllowance, WrittenBuyer, WrittenDiscount, WrittenLine
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.refusal import Refusal
from eipp.ledger.discount import skonto

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})  # UNTDID 1001


Entities = dict[str, LegalEntity]  # the supplier's bodies by their codes


def entities_named(actor: Actor, written: Iterable[NewInvoice]) -> Entities:
    """The legal entities that invoices name by their codes: one query, or none where none is named."""
    codes = {new.legal_entity for new in written} - {""}
    rows = LegalEntity.objects.visible_to(actor).filter(code__in=codes) if codes else ()
    return {row.code: row for row in rows}


def document_of(new: NewInvoice, entities: Entities) -> tuple[Document, Sums]:
    """The document with its sums; raises Refusal 422 with every fault that was found."""
    try:
        decimals(new.currency)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, status=422, field="currency") from None
    _check_dates(new)
    if not new.account and new.buyer is None:
        raise Refusal("buyer_missing", "Say whose invoice it is: give account, or buyer.", status=422, field="account")
    sums = reckon(new)
    return _document(new, sums, _seller(new.legal_entity, entities)), sums


def _check_dates(new: NewInvoice) -> None:
    shapes.day(new.issue_date, "issue_date")
    if new.due_date is None:
        return
    shapes.day(new.due_date, "due_date")
    if new.due_date < new.issue_date:
        raise Refusal("due_before_issue", "The due date lies before the issue date.", status=422, field="due_date")


def _seller(code: str, entities: Entities) -> Party:
    """The marks by which the supplier's own body is recognised; nothing where the account's body is meant."""
    if not code:
        return Party()
    entity = entities.get(code)
    if entity is None:
        raise Refusal("unknown_legal_entity", "You have no legal entity of this code.", status=422,
                      field="legal_entity")  # fmt: skip
    return Party(
        name=entity.name, vat_id=entity.vat_id or None, endpoint=entity.endpoint or None,
        endpoint_scheme=entity.endpoint_scheme or None,
    )  # fmt: skip


def _document(new: NewInvoice, sums: Sums, seller: Party) -> Document:
    totals: dict[str, Any] = {name: _figure(amount) for name, amount in sums.totals.items() if name != "tax"}
    return Document(
        number=new.number, type_code=new.type_code, is_credit_note=new.type_code in CREDIT_NOTES,
        issue_date=new.issue_date.isoformat(), due_date=new.due_date.isoformat() if new.due_date else None,
        currency=new.currency, order_reference=new.order_reference or None,
        buyer_reference=new.buyer_reference or None, payment_id=new.payment_reference or None,
        preceding_invoices=(Reference(number=new.preceding_invoice),) if new.preceding_invoice else (),
        notes=(Note(text=new.note),) if new.note else (),
        payment_terms=_terms(new),
        seller=seller, buyer=_buyer(new.buyer),
        payee=Party(name=new.payee.name, legal_id=new.payee.legal_id or None) if new.payee else None,
        allowances=_allowances(new.allowances, new.currency, "allowances"),
        charges=_allowances(new.charges, new.currency, "charges"),
        tax_totals=(
            TaxTotal(amount=_figure(sums.totals["tax"]), currency=new.currency,
                     breakdown=tuple(_subtotal(row) for row in sums.taxes)),
        ),
        lines=tuple(
            _line(line, net, new.currency, f"lines[{index}]")
            for index, (line, net) in enumerate(zip(new.lines, sums.nets, strict=True))
        ),
        **totals,
    )  # fmt: skip


def _terms(new: NewInvoice) -> tuple[PaymentTerms, ...]:
    """The terms with the discount's steps as e-invoices write them, so that every channel carries them."""
    steps = [_step(one, new, f"discounts[{index}]") for index, one in enumerate(new.discounts)]
    text = "\n".join(filter(None, [new.payment_terms.strip() if steps else new.payment_terms, *steps]))
    parts = (PaymentTerms(note=f"{text}\n" if steps else text),) if text else ()
    return (*parts, *_dues(new))


def _dues(new: NewInvoice) -> Iterable[PaymentTerms]:
    for index, due in enumerate(new.instalments):
        place = f"instalments[{index}]"
        day = shapes.day(due.due_date, f"{place}.due_date").isoformat()
        amount = _figure(shapes.amount(due.amount, new.currency, f"{place}.amount"))
        yield PaymentTerms(due_date=day, amount=amount, retention=due.retention)


def _step(one: WrittenDiscount, new: NewInvoice, place: str) -> str:
    days = one.days
    if one.until is not None and days is None:
        days = (shapes.day(one.until, f"{place}.until") - new.issue_date).days
    elif one.until is not None:
        days = None
    if days is None or not Decimal(one.percent):
        raise Refusal(
            "discount_unclear", "Say by how many days or until which day, and more than zero percent.", status=422,
            field=place,
        )  # fmt: skip
    if not 0 <= days <= 999:
        raise Refusal("discount_before_issue", "The discount ends before the issue date, or years after it.",
                      status=422, field=f"{place}.until")  # fmt: skip
    base = shapes.amount(one.base_amount, new.currency, f"{place}.base_amount") if one.base_amount else None
    line = skonto([(Decimal(one.percent), days)]).rstrip("\n")
    return f"{line}BASISBETRAG={base.text}#" if base else line


def _buyer(written: WrittenBuyer | None) -> Party:
    if written is None:
        return Party()
    where = written.address
    address = Address(**{name: getattr(where, name) or None for name in where.__struct_fields__}) if where else None
    return Party(
        name=written.name or None, vat_id=written.vat_id or None, legal_id=written.legal_id or None,
        legal_scheme=written.legal_scheme or None, endpoint=written.endpoint.id if written.endpoint else None,
        endpoint_scheme=(written.endpoint.scheme or None) if written.endpoint else None, address=address,
    )  # fmt: skip


def _line(line: WrittenLine, net: Money, currency: str, place: str) -> Line:
    return Line(
        id=line.number, name=line.name, description=line.description or None, note=line.note or None,
        quantity=Figure(line.quantity), unit=line.unit or None, net=_figure(net), price=Figure(line.unit_price),
        base_quantity=Figure(line.base_quantity) if line.base_quantity else None, tax=_tax(line, place),
        allowances=_allowances(line.allowances, currency, f"{place}.allowances"),
        charges=_allowances(line.charges, currency, f"{place}.charges"),
        order_line=line.order_line_reference or None, seller_item_id=line.seller_item_id or None,
        buyer_item_id=line.buyer_item_id or None,
    )  # fmt: skip


def _allowances(written: Sequence[WrittenAllowance], currency: str, place: str) -> tuple[AllowanceCharge, ...]:
    return tuple(
        AllowanceCharge(
            amount=_figure(shapes.amount(one.amount, currency, f"{place}[{index}].amount")),
            base=None if one.base_amount is None
            else _figure(shapes.amount(one.base_amount, currency, f"{place}[{index}].base_amount")),
            percent=None if one.percent is None
            else Figure(f"{shapes.number(one.percent, f'{place}[{index}].percent'):f}"),
            reason=one.reason or None, reason_code=one.reason_code or None, tax=_tax(one, f"{place}[{index}]"),
        )
        for index, one in enumerate(written)
    )  # fmt: skip


def _tax(part: Any, place: str) -> TaxCategory:
    rate = rate_of(part.tax_rate, place)
    return TaxCategory(code=category_of(part.tax_category, rate), rate=None if rate is None else Figure(f"{rate:f}"))


def _subtotal(row: TaxRow) -> TaxSubtotal:
    written = row.written
    category = TaxCategory(
        code=row.category, rate=None if row.rate is None else Figure(f"{row.rate:f}"),
        exemption_reason=(written.exemption_reason or None) if written else None,
        exemption_code=(written.exemption_code or None) if written else None,
    )  # fmt: skip
    return TaxSubtotal(taxable=_figure(row.taxable), tax=_figure(row.tax), category=category)


def _figure(amount: Money) -> Figure:
    return Figure(amount.text)
