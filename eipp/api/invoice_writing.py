"""What an ERP writes to post an invoice or credit note as JSON; names follow EN 16931 where it has one."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from eipp.api import shapes
from eipp.api.shapes import Amount, Currency, Number, Reference, Text, Written

Category = Annotated[
    str,
    Meta(
        max_length=2,
        extra_json_schema={"enum": ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"]},
        description="UNCL5305. When absent: S with a rate above zero, Z with a rate of zero, O without a rate.",
    ),
]


class Endpoint(Written):
    """An electronic address: its scheme (EAS, such as `0088`) and the identifier."""

    id: shapes.Name
    scheme: Annotated[str, Meta(max_length=10)] = ""


class WrittenAddress(Written):
    line1: Reference = ""
    line2: Reference = ""
    city: Reference = ""
    postal_code: Annotated[str, Meta(max_length=20)] = ""
    subdivision: Reference = ""
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$", max_length=2)] = ""


class WrittenBuyer(Written):
    """Marks by which the customer account is found when `account` is not given: all that are known should agree."""

    name: Reference = ""
    endpoint: Endpoint | None = None
    vat_id: Annotated[str, Meta(max_length=40)] = ""
    legal_id: Annotated[str, Meta(max_length=60)] = ""
    legal_scheme: Annotated[str, Meta(max_length=10)] = ""
    address: WrittenAddress | None = None


class WrittenAllowance(Written):
    """An allowance or a charge without tax."""

    amount: Amount
    reason: Annotated[str, Meta(max_length=1000)] = ""
    reason_code: Annotated[str, Meta(max_length=10)] = ""
    base_amount: Amount | None = None
    percent: Number | None = None
    tax_category: Category = ""
    tax_rate: Number | None = None


Allowances = Annotated[list[WrittenAllowance], Meta(max_length=500)]


class WrittenLine(Written):
    """A line. `net_amount` is reckoned when absent; when given, it may differ by one minor unit."""

    number: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    quantity: Number
    unit_price: Number
    description: Text = ""
    unit: Annotated[str, Meta(max_length=20, description="UN/ECE Rec. 20, such as `C62` for pieces.")] = "C62"
    base_quantity: Number | None = None
    net_amount: Amount | None = None
    tax_category: Category = ""
    tax_rate: Number | None = None
    allowances: Allowances = []
    charges: Allowances = []
    order_line_reference: Reference = ""
    seller_item_id: Reference = ""
    buyer_item_id: Reference = ""
    note: Text = ""


class WrittenTax(Written):
    """One row of the tax breakdown."""

    category: Category
    taxable: Amount
    tax: Amount
    rate: Number | None = None
    exemption_reason: Annotated[str, Meta(max_length=1000)] = ""
    exemption_code: Annotated[str, Meta(max_length=30)] = ""


class WrittenTotals(Written):
    """What the document adds up to. Each total that is given is checked; up to one minor unit of difference per line
    is taken as rounding, with a warning."""

    line_total: Amount | None = None
    allowance_total: Amount | None = None
    charge_total: Amount | None = None
    total_without_tax: Amount | None = None
    tax: Amount | None = None
    total_with_tax: Amount | None = None
    prepaid: Amount | None = None
    rounding: Amount | None = None
    payable: Amount | None = None


class WrittenPayee(Written):
    """Who is to be paid in your place (BG-10), such as a factor; its account is one that you have had verified."""

    name: shapes.Name
    legal_id: Annotated[str, Meta(max_length=60)] = ""


class WrittenDue(Written):
    """One of several due dates; `retention` where its amount is kept back until then."""

    due_date: date
    amount: Amount
    retention: bool = False


class WrittenDiscount(Written):
    """A step of the early-payment discount: so many percent off when it is paid within `days` of the issue date or by
    the end of the day `until`; of `base_amount`, else of all that is to be paid."""

    percent: Annotated[str, Meta(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$", max_length=5, examples=["2"])]
    days: Annotated[int, Meta(ge=0, le=999)] | None = None
    until: date | None = None
    base_amount: Amount | None = None


class NewInvoice(Written):
    """An invoice (type code 380 and its like) or a credit note (381). `external_id` is your own id of the document:
    sent again, the same content changes nothing and other content is its next version. Give `account`, your number of
    the customer account, or `buyer`."""

    number: Annotated[str, Meta(min_length=1, max_length=100)]
    issue_date: date
    currency: Currency
    lines: Annotated[list[WrittenLine], Meta(min_length=1, max_length=5000)]
    external_id: Reference = ""
    type_code: Annotated[str, Meta(pattern="^[0-9]{2,3}$", max_length=3)] = "380"
    account: Annotated[str, Meta(max_length=60)] = ""
    buyer: WrittenBuyer | None = None
    legal_entity: Annotated[str, Meta(max_length=20, description="Code of the body that issues it.")] = ""
    due_date: date | None = None
    order_reference: Reference = ""
    buyer_reference: Reference = ""
    payment_reference: Reference = ""
    preceding_invoice: Reference = ""
    note: Text = ""
    payment_terms: Text = ""
    payee: WrittenPayee | None = None
    instalments: Annotated[list[WrittenDue], Meta(max_length=60, description="They sum to the payable amount.")] = []
    discounts: Annotated[list[WrittenDiscount], Meta(max_length=5)] = []
    allowances: Allowances = []
    charges: Allowances = []
    taxes: Annotated[list[WrittenTax], Meta(max_length=100)] | None = None
    totals: WrittenTotals | None = None


class NewCreditNote(Written):
    """What you give back, as a document. `external_id` is your own id of it: sent again, the same content changes
    nothing, other content is refused, since a posted credit note is not changed. `invoice` is the number of the invoice
    that it credits, for which it is used at once where that is open; without it, it is credit on the account. With
    `credit_request` it answers that: same account, currency and amount, and the invoice is the request's."""

    number: Annotated[str, Meta(min_length=1, max_length=100)]
    issue_date: date
    currency: Currency
    lines: Annotated[list[WrittenLine], Meta(min_length=1, max_length=5000)]
    external_id: Reference = ""
    account: Annotated[str, Meta(max_length=60)] = ""
    buyer: WrittenBuyer | None = None
    legal_entity: Annotated[str, Meta(max_length=20, description="Code of the body that issues it.")] = ""
    invoice: Reference = ""
    credit_request: Annotated[UUID | None, Meta(description="The request that it answers, which it closes.")] = None
    reason: Text = ""
    order_reference: Reference = ""
    buyer_reference: Reference = ""
    allowances: Allowances = []
    charges: Allowances = []
    taxes: Annotated[list[WrittenTax], Meta(max_length=100)] | None = None
    totals: WrittenTotals | None = None

    def as_document(self) -> NewInvoice:
        """The same in the words in which every document comes in."""
        own = ("invoice", "reason", "credit_request")
        same = {name: getattr(self, name) for name in self.__struct_fields__ if name not in own}
        return NewInvoice(**same, type_code="381", preceding_invoice=self.invoice, note=self.reason)


EXAMPLE = {
    "external_id": "ERP-2026-000871", "number": "2026-0871", "account": "C-1001", "issue_date": "2026-03-02",
    "due_date": "2026-04-01", "currency": "EUR",
    "discounts": [{"percent": "2", "days": 10}], "order_reference": "PO-4711",
    "lines": [
        {"number": "1", "name": "Ball bearing 6204", "quantity": "10", "unit": "C62", "unit_price": "12.50",
         "net_amount": "125.00", "tax_category": "S", "tax_rate": "19"},
        {"number": "2", "name": "Freight", "quantity": "1", "unit": "C62", "unit_price": "15.00",
         "net_amount": "15.00", "tax_category": "S", "tax_rate": "19"},
    ],
    "totals": {"total_without_tax": "140.00", "tax": "26.60", "total_with_tax": "166.60", "payable": "166.60"},
}  # fmt: skip
