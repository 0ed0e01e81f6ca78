"""Invoices made up by hypothesis: right to the cent, with every part that EN 16931 knows."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from documents.einvoice.document import Document
from documents.einvoice.parts import (
    Address,
    AllowanceCharge,
    Attachment,
    Classification,
    Contact,
    Delivery,
    Figure,
    Identifier,
    ItemAttribute,
    Line,
    Note,
    Party,
    PaymentMeans,
    PaymentTerms,
    Period,
    Reference,
    TaxCategory,
    TaxSubtotal,
    TaxTotal,
)
from documents.einvoice.sums import rounded

words = st.text("abcXYZäß&<>'\"0123456789-€文", min_size=1, max_size=12)
prose = st.lists(words, min_size=1, max_size=3).map("\n".join)
days = st.dates().map(str)
cents = st.integers(-1_000_000, 1_000_000)
prices = st.decimals(0, 100_000, places=6).map(lambda price: Figure(str(price)))
quantities = st.decimals(-1000, 1000, places=3).map(lambda quantity: Figure(str(quantity)))
CATEGORIES = [
    TaxCategory(code="S", rate=Figure("19"), scheme="VAT"),
    TaxCategory(code="S", rate=Figure("7.00"), scheme="VAT"),
    TaxCategory(code="Z", rate=Figure("0"), scheme="VAT"),
    TaxCategory(code="E", rate=Figure("0"), scheme="VAT", exemption_reason="exempt", exemption_code="VATEX-EU-132"),
]
categories = st.sampled_from(CATEGORIES)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def amount(value: Decimal) -> Figure:
    return Figure(f"{value:.2f}")


amounts = cents.map(lambda minor: amount(Decimal(minor) / 100))
identifiers = st.builds(Identifier, value=words, scheme=maybe(st.just("0088")))
periods = st.builds(Period, start=days, end=maybe(days))
allowance_charges = st.builds(
    AllowanceCharge,
    amount=amounts,
    base=maybe(amounts),
    percent=maybe(st.just(Figure("10"))),
    reason=maybe(words),
    reason_code=maybe(st.just("95")),
)
addresses = st.builds(
    Address,
    line1=maybe(words),
    line2=maybe(words),
    line3=maybe(words),
    city=maybe(words),
    postal_code=maybe(words),
    subdivision=maybe(words),
    country=maybe(st.sampled_from(["DE", "FR"])),
)
parties = st.builds(
    Party,
    name=words,
    trading_name=maybe(words),
    vat_id=maybe(words),
    tax_id=maybe(words),
    legal_id=maybe(words),
    legal_form=maybe(words),
    endpoint=maybe(words),
    identifiers=st.lists(identifiers, max_size=2).map(tuple),
    address=maybe(addresses),
    contact=maybe(st.builds(Contact, name=maybe(words), phone=maybe(words), email=maybe(words))),
)
plain_parties = st.builds(Party, name=words, vat_id=maybe(words), address=maybe(addresses))
lines = st.builds(
    Line,
    id=words,
    name=words,
    description=maybe(prose),
    note=maybe(prose),
    quantity=quantities,
    unit=st.just("C62"),
    net=amounts,
    price=prices,
    base_quantity=maybe(quantities),
    tax=categories,
    allowances=st.lists(allowance_charges, max_size=2).map(tuple),
    charges=st.lists(allowance_charges, max_size=1).map(tuple),
    order_line=maybe(words),
    object_id=maybe(identifiers),
    accounting_reference=maybe(words),
    period=maybe(periods),
    seller_item_id=maybe(words),
    buyer_item_id=maybe(words),
    standard_item_id=maybe(identifiers),
    classifications=st.lists(st.builds(Classification, value=words, scheme=maybe(words)), max_size=2).map(tuple),
    origin_country=maybe(st.just("CN")),
    attributes=st.lists(st.builds(ItemAttribute, name=words, value=words), max_size=2).map(tuple),
)
attachments = st.builds(Attachment, reference=words, description=maybe(words), uri=maybe(words)) | st.builds(
    Attachment,
    reference=words,
    name=words,
    mime=st.just("application/pdf"),
    base64=st.just("QUJD"),
    base64_chars=st.just(4),
)
means = st.builds(
    PaymentMeans, code=st.sampled_from(["30", "58"]), account=maybe(words), account_name=maybe(words), bank=maybe(words)
)
drafts = st.builds(
    Document,
    customization=st.just("urn:cen.eu:en16931:2017"),
    process=maybe(words),
    number=words,
    issue_date=st.just("2026-02-01"),
    due_date=maybe(st.just("2026-03-01")),
    currency=st.just("EUR"),
    buyer_reference=maybe(words),
    project_reference=maybe(words),
    contract_reference=maybe(words),
    order_reference=maybe(words),
    receiving_reference=maybe(words),
    despatch_reference=maybe(words),
    tender_reference=maybe(words),
    object_id=maybe(identifiers),
    accounting_reference=maybe(words),
    notes=st.lists(st.builds(Note, text=prose, subject=maybe(st.just("ADU"))), max_size=2).map(tuple),
    preceding_invoices=st.lists(st.builds(Reference, number=words, date=maybe(days)), max_size=2).map(tuple),
    period=maybe(periods),
    seller=parties,
    buyer=parties,
    payee=maybe(plain_parties),
    tax_representative=maybe(plain_parties),
    delivery=maybe(st.builds(Delivery, name=words, location=maybe(identifiers), date=maybe(days), address=addresses)),
    payment_means=st.lists(means, max_size=2).map(tuple),
    payment_terms=st.lists(st.builds(PaymentTerms, note=prose), max_size=1).map(tuple),
    creditor_id=maybe(words),
    allowances=st.lists(st.tuples(allowance_charges, categories), max_size=2),
    charges=st.lists(st.tuples(allowance_charges, categories), max_size=2),
    prepaid=maybe(amounts),
    rounding=maybe(st.just(Figure("0.01"))),
    lines=st.lists(lines, min_size=1, max_size=4).map(tuple),
    attachments=st.lists(attachments, max_size=2).map(tuple),
)


@st.composite
def documents(draw: st.DrawFn, *, credit: bool | None = None) -> Document:
    """A document whose sums all come out."""
    return summed(draw(drafts), credit=draw(st.booleans()) if credit is None else credit)


def summed(draft: Document, *, credit: bool) -> Document:
    """The draft with its totals computed as the standard says, half up."""
    data: dict[str, Any] = {field: getattr(draft, field) for field in draft.__struct_fields__}
    allowances = tuple(_taxed(*drawn) for drawn in data["allowances"])
    charges = tuple(_taxed(*drawn) for drawn in data["charges"])
    breakdown = tuple(
        _row(category, draft.lines, allowances, charges)
        for category in CATEGORIES
        if category in [part.tax for parts in (draft.lines, allowances, charges) for part in parts]
    )
    line_total = _sum(line.net for line in draft.lines)
    off, on = _sum(part.amount for part in allowances), _sum(part.amount for part in charges)
    without, tax = line_total - off + on, _sum(row.tax for row in breakdown)
    data |= {
        "is_credit_note": credit,
        "type_code": "381" if credit else "380",
        "allowances": allowances,
        "charges": charges,
        "tax_totals": (TaxTotal(amount=amount(tax), currency="EUR", breakdown=breakdown),),
        "line_total": amount(line_total),
        "allowance_total": amount(off) if allowances else None,
        "charge_total": amount(on) if charges else None,
        "total_without_tax": amount(without),
        "total_with_tax": amount(without + tax),
        "payable": amount(without + tax - _sum([draft.prepaid]) + _sum([draft.rounding])),
    }
    return Document(**data)


def _taxed(part: AllowanceCharge, tax: TaxCategory) -> AllowanceCharge:
    return AllowanceCharge(
        **{field: getattr(part, field) for field in part.__struct_fields__ if field != "tax"}, tax=tax
    )


def _row(category: TaxCategory, rows: Any, allowances: Any, charges: Any) -> TaxSubtotal:
    taxable = (
        _sum(line.net for line in rows if line.tax == category)
        - _sum(part.amount for part in allowances if part.tax == category)
        + _sum(part.amount for part in charges if part.tax == category)
    )
    tax = rounded(taxable * Decimal(category.rate or "0") / 100)
    return TaxSubtotal(taxable=amount(taxable), tax=amount(tax), category=category)


def _sum(figures: Any) -> Decimal:
    return sum((Decimal(figure) for figure in figures if figure is not None), Decimal(0))
