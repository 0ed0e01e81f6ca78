"""The neutral document: what an invoice or credit note says, in the business terms of EN 16931 (BT and BG numbers).

Every reader ends here and every writer begins here; it knows no syntax.
"""

from typing import Any, Self

import msgspec

from documents.einvoice.parts import (
    AllowanceCharge,
    Attachment,
    Delivery,
    Figure,
    Identifier,
    Line,
    Note,
    Part,
    Party,
    PaymentMeans,
    PaymentTerms,
    Period,
    Reference,
    TaxSubtotal,
    TaxTotal,
)


class Document(Part, frozen=True):
    """An invoice or credit note. Amounts are in `currency`, dates as written (ISO 8601, sometimes with a zone)."""

    customization: str | None = None
    process: str | None = None
    number: str | None = None
    type_code: str | None = None
    is_credit_note: bool = False
    issue_date: str | None = None
    due_date: str | None = None
    tax_point_date: str | None = None
    tax_point_code: str | None = None
    currency: str | None = None
    tax_currency: str | None = None
    buyer_reference: str | None = None
    project_reference: str | None = None
    contract_reference: str | None = None
    order_reference: str | None = None
    sales_order_reference: str | None = None
    receiving_reference: str | None = None
    despatch_reference: str | None = None
    tender_reference: str | None = None
    object_id: Identifier | None = None
    accounting_reference: str | None = None
    notes: tuple[Note, ...] = ()
    preceding_invoices: tuple[Reference, ...] = ()
    period: Period | None = None
    seller: Party = Party()
    buyer: Party = Party()
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    payment_means: tuple[PaymentMeans, ...] = ()
    payment_id: str | None = None
    payment_terms: tuple[PaymentTerms, ...] = ()
    creditor_id: str | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    tax_totals: tuple[TaxTotal, ...] = ()
    line_total: Figure | None = None
    allowance_total: Figure | None = None
    charge_total: Figure | None = None
    total_without_tax: Figure | None = None
    total_with_tax: Figure | None = None
    prepaid: Figure | None = None
    rounding: Figure | None = None
    payable: Figure | None = None
    lines: tuple[Line, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def tax_total(self) -> TaxTotal:
        """The tax in the document's own currency; if none is, the first that is stated."""
        own = [total for total in self.tax_totals if total.currency in (self.currency, None)]
        return next(iter(own or self.tax_totals), TaxTotal())

    @property
    def tax(self) -> Figure | None:
        return self.tax_total.amount

    @property
    def tax_breakdown(self) -> tuple[TaxSubtotal, ...]:
        return self.tax_total.breakdown

    @property
    def tax_in_accounting_currency(self) -> Figure | None:
        others = [t.amount for t in self.tax_totals if t.currency == self.tax_currency and t.currency != self.currency]
        return others[0] if self.tax_currency and others else None

    @property
    def account(self) -> str | None:
        """The first bank account to pay to, usually an IBAN."""
        return next((means.account for means in self.payment_means if means.account), None)

    def without_contents(self) -> Self:
        """The same document without the bytes of its attachments, fit for a JSON column."""
        lean = tuple(msgspec.structs.replace(item, base64=None) for item in self.attachments)
        return msgspec.structs.replace(self, attachments=lean)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists and strings; `from_dict` gives the equal document back."""
        data: dict[str, Any] = msgspec.to_builtins(self, enc_hook=str)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Document":
        """Read what `to_dict` wrote. Raises msgspec.ValidationError if it is something else."""
        return msgspec.convert(data, Document, dec_hook=_figure)


def _figure(kind: type, value: Any) -> Any:
    if kind is Figure and isinstance(value, str):
        return Figure(value)
    raise TypeError(f"a {kind.__name__} is written as text")
