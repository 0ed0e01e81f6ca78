"""Drafts: documents about to be posted, as plain data; amounts are Money in the document's currency."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.money import Money
from eipp.ledger.invoice import Invoice, InvoiceLine


@dataclass(slots=True, kw_only=True)
class AllowanceChargeDraft:
    """An allowance or (is_charge) a charge: `amount` without tax; percent and base say how it came about."""

    is_charge: bool
    amount: Money
    base: Money | None = None
    percent: Decimal | None = None
    reason: str = ""
    reason_code: str = ""
    tax_category: str = ""
    tax_rate: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class TaxDraft:
    """A row of the tax breakdown: category (`S`, `Z`, `E`, `AE`, ...), rate in percent, taxable amount and tax."""

    category: str
    taxable: Money
    tax: Money
    rate: Decimal | None = None
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(slots=True, kw_only=True)
class LineDraft:
    """A line; `net` is its amount without tax, after its own allowances and charges.

    invoice_line and the three document shares are set by `eipp.ledger.credit` on the lines of a credit note.
    """

    line_number: str
    item_name: str
    quantity: Decimal
    unit_price: Decimal
    net: Money
    unit: str = ""
    base_quantity: Decimal | None = None
    description: str = ""
    seller_item_id: str = ""
    buyer_item_id: str = ""
    standard_item_id: str = ""
    tax_category: str = ""
    tax_rate: Decimal | None = None
    order_line_reference: str = ""
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    allowances_charges: list[AllowanceChargeDraft] = field(default_factory=list)
    invoice_line: InvoiceLine | None = None
    document_allowance: Money | None = None
    document_charge: Money | None = None
    document_tax: Money | None = None


@dataclass(slots=True, kw_only=True)
class DocumentDraft:
    """The head of a document with its parts. The sums of EN 16931 must hold (BR-CO-10, 13, 15, 16).

    legal_entity: who issues it, the account's when None; external_id: the ERP's id, unique for the supplier.
    """

    account: CustomerAccount
    number: str
    issue_date: date
    currency: str
    line_total: Money
    tax_exclusive: Money
    tax: Money
    tax_inclusive: Money
    payable: Money
    allowance_total: Money | None = None
    charge_total: Money | None = None
    prepaid: Money | None = None
    rounding: Money | None = None
    lines: list[LineDraft] = field(default_factory=list)
    allowances_charges: list[AllowanceChargeDraft] = field(default_factory=list)
    taxes: list[TaxDraft] = field(default_factory=list)
    legal_entity: LegalEntity | None = None
    type_code: str = "380"
    external_id: str = ""
    order_reference: str = ""
    buyer_reference: str = ""
    note: str = ""
    payment_terms: str = ""
    payment_reference: str = ""
    seller: dict[str, Any] = field(default_factory=dict)
    buyer_party: dict[str, Any] = field(default_factory=dict)
    delivery: dict[str, Any] = field(default_factory=dict)
    payment_means: list[Any] = field(default_factory=list)
    references: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    content_hash: str = ""
    warnings: list[Any] = field(default_factory=list)
    original_id: UUID | None = None


@dataclass(slots=True, kw_only=True)
class DueDraft:
    """One of several due dates with its amount; is_retention: kept back until then."""

    on: date
    amount: Money
    is_retention: bool = False


@dataclass(slots=True, kw_only=True)
class InvoiceDraft(DocumentDraft):
    """due_date: by the account's terms when None; dues: several in its place, which sum to payable; kind: of
    `Invoice.Kind`."""

    due_date: date | None = None
    dues: list[DueDraft] = field(default_factory=list)
    kind: str = "invoice"


@dataclass(slots=True, kw_only=True)
class CreditNoteDraft(DocumentDraft):
    """number: empty for the next one of our own range."""

    type_code: str = "381"
    reason: str = ""
    corrects: Invoice | None = None
    dispute_id: UUID | None = None
