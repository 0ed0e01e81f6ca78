"""Invoices and credit notes as programs read them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from eipp.api import shapes
from eipp.kernel.money import Money
from eipp.ledger import discount
from eipp.ledger.breakdown import Aside, Movement, breakdown
from eipp.ledger.instalment import Due, dues
from eipp.ledger.models import Invoice
from eipp.ledger.payable import of_invoice
from workflows.approval import active_run
from workflows.presentment import Presentment


class DiscountOffer(msgspec.Struct):
    """What may be taken off when all that is free is paid by the end of `until`: then `to_pay` closes it."""

    percent: str
    until: date
    amount: str
    to_pay: str


class DueItem(msgspec.Struct):
    """One due date: its amount, what is open of it, and `free`, what of that may be paid."""

    due_date: date
    amount: str
    open: str
    free: str
    retention: bool


class DiscountStep(msgspec.Struct):
    percent: str
    until: date
    amount: str


class InvoiceItem(msgspec.Struct):
    """`kind` is `invoice`, or `finance_charge` for a late fee; `standing` says how it stands today, the weightiest word
    first: open, overdue, disputed, on the way, paid.
    open = payable - paid - credited - discounted; `free` is what of it is neither disputed, nor on the way, nor
    planned, and may be paid; `chased` what of that is neither announced nor promised; `payee` is who is to be paid,
    where that is not the seller."""

    id: UUID
    number: str
    external_id: str
    version: int
    type_code: str
    kind: str
    account: shapes.AccountBrief
    standing: list[str]
    currency: str
    issue_date: date
    due_date: date
    payable: str
    open: str
    paid: str
    credited: str
    disputed: str
    on_the_way: str
    planned: str
    free: str
    announced: str
    promised: str
    chased: str
    payee: str
    discounted: str
    discount: DiscountOffer | None


class Totals(msgspec.Struct):
    line_total: str
    allowance_total: str
    charge_total: str
    total_without_tax: str
    tax: str
    total_with_tax: str
    prepaid: str
    rounding: str
    payable: str


class AllowanceItem(msgspec.Struct):
    """Without tax; `line` is the line it belongs to, null for the document's own."""

    is_charge: bool
    line: UUID | None
    amount: str
    reason: str
    reason_code: str
    tax_category: str
    tax_rate: str | None


class LineItem(msgspec.Struct):
    id: UUID
    number: str
    name: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    base_quantity: str | None
    net_amount: str
    tax_category: str
    tax_rate: str | None
    order_line_reference: str


class TaxItem(msgspec.Struct):
    category: str
    rate: str | None
    taxable: str
    tax: str


class DocumentBody(msgspec.Struct):
    """What a document says."""

    order_reference: str
    buyer_reference: str
    payment_reference: str
    note: str
    payment_terms: str
    seller: dict[str, Any]
    buyer: dict[str, Any]
    totals: Totals
    lines: list[LineItem]
    allowances_charges: list[AllowanceItem]
    taxes: list[TaxItem]
    warnings: list[dict[str, Any]]


class MovementItem(msgspec.Struct):
    """One posting: what it added to the open amount, negative where it took off it, and what was open after it."""

    id: UUID
    on: date
    kind: str
    amount: str
    open: str
    reference: str


class SetApart(msgspec.Struct):
    """What is held (disputed, pending, planned) or expected (announced, promised), and for what."""

    kind: str
    amount: str
    reason: str
    reason_id: UUID
    since: date
    expected_on: date | None


class InvoiceDetail(InvoiceItem):
    """`movements` sum to open; less `held` that is `free`; less `expected`, as far as it is free, `chased`.
    `actions` are what you can do now: `withdraw` here, the others at the invoice's approval."""

    presented_at: datetime | None
    closed_at: datetime | None
    instalments: list[DueItem]
    discounts: list[DiscountStep]
    discount_lost: str
    movements: list[MovementItem]
    held: list[SetApart]
    expected: list[SetApart]
    document: DocumentBody
    actions: list[shapes.Action]


def item_of(invoice: Invoice, on: date) -> InvoiceItem:
    return InvoiceItem(**_head(invoice, on))


def detail_of(invoice: Invoice, actor: Any, *, on: date) -> InvoiceDetail:
    amounts = breakdown(actor, invoice, on=on)
    return InvoiceDetail(
        **_head(invoice, on), presented_at=invoice.presented_at, closed_at=invoice.closed_at,
        instalments=[_due(invoice, due) for due in dues(invoice)] if invoice.due_plan else [],
        discounts=[
            DiscountStep(f"{step.percent:f}", step.until, discount.discount_of(invoice, step).text)
            for step in discount.steps_of(invoice)
        ],
        discount_lost=discount.lost(invoice, on=on).text,
        movements=[_movement(row) for row in amounts.movements], held=[_apart(row) for row in amounts.held],
        expected=[_apart(row) for row in amounts.expected],
        document=body_of(invoice), actions=_actions(invoice, actor),
    )  # fmt: skip


def body_of(row: Any) -> DocumentBody:
    """What an invoice or a credit note says; three queries."""
    return DocumentBody(
        order_reference=row.order_reference, buyer_reference=row.buyer_reference,
        payment_reference=row.payment_reference, note=row.note, payment_terms=row.payment_terms, seller=row.seller,
        buyer=row.buyer_party, totals=_totals(row), lines=[_line(line) for line in row.lines.all()],
        allowances_charges=[_allowance(part) for part in row.allowances_charges.all()],
        taxes=[
            TaxItem(tax.category, shapes.plain(tax.rate), tax.taxable.text, tax.tax.text) for tax in row.taxes.all()
        ],
        warnings=row.warnings,
    )  # fmt: skip


def _head(invoice: Invoice, on: date) -> dict[str, Any]:
    return {
        "id": invoice.pk, "number": invoice.number, "external_id": invoice.external_id, "version": invoice.version,
        "type_code": invoice.type_code, "kind": invoice.kind, "account": shapes.account(invoice.account),
        "standing": invoice.standing(on),
        "currency": invoice.currency, "issue_date": invoice.issue_date, "due_date": invoice.due_date,
        "payable": invoice.payable.text, "open": invoice.open.text, "paid": invoice.paid.text,
        "credited": invoice.credited.text, "disputed": invoice.disputed.text, "on_the_way": invoice.pending.text,
        "planned": invoice.planned.text, "free": invoice.free.text, "announced": invoice.announced.text,
        "promised": invoice.promised.text, "chased": of_invoice(invoice, on=on).chased.text,
        "payee": invoice.payee_name, "discounted": invoice.discounted.text, "discount": _offer(invoice, on),
    }  # fmt: skip


def _offer(invoice: Invoice, on: date) -> DiscountOffer | None:
    found = discount.offer(invoice, on=on)
    if found is None:
        return None
    return DiscountOffer(f"{found.percent:f}", found.until, found.amount.text, found.to_pay.text)


def _due(invoice: Invoice, due: Due) -> DueItem:
    amount, left, free = (Money(minor, invoice.currency).text for minor in (due.amount, due.open, due.free))
    return DueItem(due.on, amount, left, free, due.is_retention)


def _movement(row: Movement) -> MovementItem:
    return MovementItem(row.id, row.day, row.kind, row.amount.text, row.open.text, row.reference)


def _apart(row: Aside) -> SetApart:
    return SetApart(row.kind, row.amount.text, *row.reason, row.since, row.expected_on)


def _actions(invoice: Invoice, actor: Any) -> list[shapes.Action]:
    found = []
    shown = Presentment.objects.visible_to(actor).filter(invoice=invoice).order_by("-version").first()
    if shown:
        found += shapes.actions(shown, actor)
    if actor.side == "buyer" and (run := active_run(invoice)):
        found += shapes.actions(run, actor)
    return found


def _totals(row: Any) -> Totals:
    return Totals(
        line_total=row.line_total.text, allowance_total=row.allowance_total.text, charge_total=row.charge_total.text,
        total_without_tax=row.tax_exclusive.text, tax=row.tax.text, total_with_tax=row.tax_inclusive.text,
        prepaid=row.prepaid.text, rounding=row.rounding.text, payable=row.payable.text,
    )  # fmt: skip


def _line(line: Any) -> LineItem:
    return LineItem(
        id=line.pk, number=line.line_number, name=line.item_name, description=line.description,
        quantity=f"{line.quantity:f}", unit=line.unit, unit_price=f"{line.unit_price:f}",
        base_quantity=shapes.plain(line.base_quantity), net_amount=line.net.text, tax_category=line.tax_category,
        tax_rate=shapes.plain(line.tax_rate), order_line_reference=line.order_line_reference,
    )  # fmt: skip


def _allowance(part: Any) -> AllowanceItem:
    return AllowanceItem(
        is_charge=part.is_charge, line=part.line_id, amount=part.amount.text, reason=part.reason,
        reason_code=part.reason_code, tax_category=part.tax_category, tax_rate=shapes.plain(part.tax_rate),
    )  # fmt: skip
