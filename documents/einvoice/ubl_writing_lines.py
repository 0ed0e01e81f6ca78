"""UBL's lines, allowances, charges and taxes, written; and the small writer that all of UBL's writing uses."""

from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from documents.einvoice.fields import Element
from documents.einvoice.parts import AllowanceCharge, Figure, Identifier, Line, Period, TaxCategory

_NAMESPACES = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}


class Writer:
    """Appends elements below one element; what has no text is not written."""

    def __init__(self, element: Element, *, currency: str | None) -> None:
        self._element = element
        self.currency = currency

    def text(self, tag: str, text: str | None, **attributes: str | None) -> None:
        """One element with text; attributes that are None are left out."""
        if text is None:
            return
        child = etree.SubElement(self._element, _clark(tag))
        child.text = str(text)
        for name, value in attributes.items():
            if value is not None:
                child.set(name, value)

    @contextmanager
    def block(self, tag: str, *, keep: bool = False) -> Iterator["Writer"]:
        """An element with children; it goes again if nothing was written into it, unless `keep`."""
        child = etree.SubElement(self._element, _clark(tag))
        yield Writer(child, currency=self.currency)
        if not keep and len(child) == 0:
            self._element.remove(child)


def _clark(tag: str) -> str:
    prefix, _colon, name = tag.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{name}"


def amount(out: Writer, tag: str, figure: Figure | None) -> None:
    """An amount in the document's currency."""
    out.text(tag, figure, currencyID=out.currency)


def identifier(out: Writer, tag: str, found: Identifier | None) -> None:
    """An identifier with its scheme."""
    if found:
        out.text(tag, found.value, schemeID=found.scheme)


def period(out: Writer, found: Period | None, *, code: str | None = None) -> None:
    """A billing period; the document's also carries the code of the tax point (BT-8)."""
    with out.block("cac:InvoicePeriod") as block:
        block.text("cbc:StartDate", found.start if found else None)
        block.text("cbc:EndDate", found.end if found else None)
        block.text("cbc:DescriptionCode", code)


def tax_category(out: Writer, tag: str, category: TaxCategory) -> None:
    """A tax category with its rate and reason for exemption."""
    with out.block(tag, keep=True) as block:
        block.text("cbc:ID", category.code)
        block.text("cbc:Percent", category.rate)
        block.text("cbc:TaxExemptionReasonCode", category.exemption_code)
        block.text("cbc:TaxExemptionReason", category.exemption_reason)
        with block.block("cac:TaxScheme") as scheme:
            scheme.text("cbc:ID", category.scheme)


def allowance_charge(out: Writer, part: AllowanceCharge, *, charge: bool) -> None:
    """An allowance or charge of the document or of a line."""
    with out.block("cac:AllowanceCharge") as block:
        block.text("cbc:ChargeIndicator", "true" if charge else "false")
        block.text("cbc:AllowanceChargeReasonCode", part.reason_code)
        block.text("cbc:AllowanceChargeReason", part.reason)
        block.text("cbc:MultiplierFactorNumeric", part.percent)
        amount(block, "cbc:Amount", part.amount)
        amount(block, "cbc:BaseAmount", part.base)
        if part.tax:
            tax_category(block, "cac:TaxCategory", part.tax)


def line(out: Writer, part: Line, *, credit: bool, tag: str | None = None) -> None:
    """A line with its sub-lines."""
    kind = "CreditNoteLine" if credit else "InvoiceLine"
    with out.block(tag or f"cac:{kind}", keep=True) as block:
        block.text("cbc:ID", part.id)
        block.text("cbc:Note", part.note)
        block.text("cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity", part.quantity, unitCode=part.unit)
        amount(block, "cbc:LineExtensionAmount", part.net)
        block.text("cbc:AccountingCost", part.accounting_reference)
        period(block, part.period)
        with block.block("cac:OrderLineReference") as order:
            order.text("cbc:LineID", part.order_line)
        if part.object_id:
            with block.block("cac:DocumentReference") as reference:
                identifier(reference, "cbc:ID", part.object_id)
                reference.text("cbc:DocumentTypeCode", "130")
        for reduction in part.allowances:
            allowance_charge(block, reduction, charge=False)
        for charge in part.charges:
            allowance_charge(block, charge, charge=True)
        _item(block, part)
        _price(block, part)
        for inner in part.lines:
            line(block, inner, credit=credit, tag=f"cac:Sub{kind}")


def _item(out: Writer, part: Line) -> None:
    with out.block("cac:Item", keep=True) as item:
        item.text("cbc:Description", part.description)
        item.text("cbc:Name", part.name)
        for tag, value in (("Buyers", part.buyer_item_id), ("Sellers", part.seller_item_id)):
            with item.block(f"cac:{tag}ItemIdentification") as block:
                block.text("cbc:ID", value)
        with item.block("cac:StandardItemIdentification") as block:
            identifier(block, "cbc:ID", part.standard_item_id)
        with item.block("cac:OriginCountry") as block:
            block.text("cbc:IdentificationCode", part.origin_country)
        for code in part.classifications:
            with item.block("cac:CommodityClassification") as block:
                block.text("cbc:ItemClassificationCode", code.value, listID=code.scheme, listVersionID=code.version)
        if part.tax:
            tax_category(item, "cac:ClassifiedTaxCategory", part.tax)
        for attribute in part.attributes:
            with item.block("cac:AdditionalItemProperty", keep=True) as block:
                block.text("cbc:Name", attribute.name)
                block.text("cbc:Value", attribute.value)


def _price(out: Writer, part: Line) -> None:
    with out.block("cac:Price") as price:
        amount(price, "cbc:PriceAmount", part.price)
        price.text("cbc:BaseQuantity", part.base_quantity, unitCode=part.base_unit)
        if part.price_discount is not None:  # a gross price without a discount is the price
            with price.block("cac:AllowanceCharge") as block:
                block.text("cbc:ChargeIndicator", "false")
                amount(block, "cbc:Amount", part.price_discount)
                amount(block, "cbc:BaseAmount", part.gross_price)
