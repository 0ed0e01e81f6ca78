"""The parts of the neutral document: parties, lines, taxes, payment, attachments (EN 16931's business groups).

Numbers stay exactly as their sender wrote them (`Figure`); what a document does not say is None or an empty tuple,
never a guess.
"""

import base64
import binascii
import re
from decimal import Decimal

import msgspec

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")


class Figure(str):
    """A number as its sender wrote it ("336.9", "0", "25.00"); `value` is its exact Decimal, None if it is none."""

    __slots__ = ()

    @property
    def value(self) -> Decimal | None:
        """XML Schema's decimal notation only: no exponent, no underscore, no NaN, at most 20 digits on each side."""
        return Decimal(self) if _DECIMAL.fullmatch(self) else None

    @property
    def decimals(self) -> int:
        """How many digits stand after the point, trailing zeros included."""
        return len(self.partition(".")[2])


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a document; what is not said is not stored."""


class Identifier(Part, frozen=True):
    value: str
    scheme: str | None = None


class Address(Part, frozen=True):
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    postal_code: str | None = None
    subdivision: str | None = None
    country: str | None = None


class Contact(Part, frozen=True):
    name: str | None = None
    phone: str | None = None
    email: str | None = None


class Party(Part, frozen=True):
    """Seller (BG-4), buyer (BG-7), payee (BG-10) or tax representative (BG-11)."""

    name: str | None = None
    trading_name: str | None = None
    vat_id: str | None = None
    tax_id: str | None = None
    legal_id: str | None = None
    legal_scheme: str | None = None
    legal_form: str | None = None
    endpoint: str | None = None
    endpoint_scheme: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    address: Address | None = None
    contact: Contact | None = None

    @property
    def country(self) -> str | None:
        return self.address.country if self.address else None


class TaxCategory(Part, frozen=True):
    """A tax category with its rate in percent; `scheme` is VAT unless the document says otherwise."""

    code: str | None = None
    rate: Figure | None = None
    scheme: str | None = None
    exemption_code: str | None = None
    exemption_reason: str | None = None


class TaxSubtotal(Part, frozen=True):
    """One row of the tax breakdown (BG-23)."""

    taxable: Figure | None = None
    tax: Figure | None = None
    category: TaxCategory = TaxCategory()


class TaxTotal(Part, frozen=True):
    """The total tax in one currency (BT-110, or BT-111 in the accounting currency) with its breakdown."""

    amount: Figure | None = None
    currency: str | None = None
    breakdown: tuple[TaxSubtotal, ...] = ()


class AllowanceCharge(Part, frozen=True):
    """An allowance or charge (BG-20, BG-21, BG-27, BG-28). `logistics`: a freight charge that only CII's extended
    profiles know, outside the sums of EN 16931."""

    amount: Figure | None = None
    base: Figure | None = None
    percent: Figure | None = None
    reason: str | None = None
    reason_code: str | None = None
    tax: TaxCategory | None = None
    logistics: bool = False


class Period(Part, frozen=True):
    start: str | None = None
    end: str | None = None


class Note(Part, frozen=True):
    text: str
    subject: str | None = None


class Reference(Part, frozen=True):
    """Another document, by its number and, if said, its date."""

    number: str
    date: str | None = None


class Classification(Part, frozen=True):
    value: str
    scheme: str | None = None
    version: str | None = None


class ItemAttribute(Part, frozen=True):
    name: str | None = None
    value: str | None = None


class Line(Part, frozen=True):
    """An invoice line (BG-25). `lines` are its sub-lines (UBL); in CII they stand beside it: `parent` is the line that
    one details, and the kinds GROUP and INFORMATION are lines that only sum up or explain."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    note: str | None = None
    quantity: Figure | None = None
    unit: str | None = None
    net: Figure | None = None
    price: Figure | None = None
    base_quantity: Figure | None = None
    base_unit: str | None = None
    gross_price: Figure | None = None
    price_discount: Figure | None = None
    tax: TaxCategory | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    order_line: str | None = None
    object_id: Identifier | None = None
    accounting_reference: str | None = None
    period: Period | None = None
    seller_item_id: str | None = None
    buyer_item_id: str | None = None
    standard_item_id: Identifier | None = None
    classifications: tuple[Classification, ...] = ()
    origin_country: str | None = None
    attributes: tuple[ItemAttribute, ...] = ()
    parent: str | None = None
    kind: str | None = None
    lines: tuple["Line", ...] = ()


class PaymentMeans(Part, frozen=True):
    """How to pay (BG-16): credit transfer, card or direct debit. `account` is BT-84, an IBAN or a national account."""

    code: str | None = None
    text: str | None = None
    account: str | None = None
    account_name: str | None = None
    bank: str | None = None
    card_number: str | None = None
    card_holder: str | None = None
    mandate: str | None = None
    debited_account: str | None = None


class PaymentTerms(Part, frozen=True):
    """Terms in words (BT-20); `due_date` only where it is another than the document's, as with instalments; `amount`:
    what is due then; `retention`: it is kept back until then."""

    note: str | None = None
    due_date: str | None = None
    amount: Figure | None = None
    retention: bool = False


class Delivery(Part, frozen=True):
    """Where and when goods were delivered (BG-13)."""

    name: str | None = None
    location: Identifier | None = None
    date: str | None = None
    address: Address | None = None


class Attachment(Part, frozen=True):
    """A supporting document (BG-24): embedded (`base64`, without white space), or linked (`uri`), or only named."""

    reference: str | None = None
    description: str | None = None
    name: str | None = None
    mime: str | None = None
    uri: str | None = None
    base64: str | None = None
    base64_chars: int = 0

    @property
    def content(self) -> bytes | None:
        """The embedded bytes; None if there are none or they are not base64."""
        try:
            return base64.b64decode(self.base64, validate=True) if self.base64 else None
        except (binascii.Error, ValueError):
            return None
