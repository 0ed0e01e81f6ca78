"""UBL's lines, allowances, charges and taxes, read into the neutral document."""

from documents.einvoice.fields import Element, Fields
from documents.einvoice.parts import (
    AllowanceCharge,
    Classification,
    Identifier,
    ItemAttribute,
    Line,
    Period,
    TaxCategory,
)

_ = Fields(
    {
        "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
        "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    }
)
_OBJECT = "130"  # UNTDID 1001: invoiced object (BT-128)


def read_line(element: Element, credit: bool) -> Line:
    """One InvoiceLine or CreditNoteLine with its sub-lines."""
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    item, price = _.one(element, "cac:Item"), _.one(element, "cac:Price")
    allowances, charges = allowances_charges(element)
    return Line(
        id=_.text(element, "cbc:ID"),
        name=_.text(item, "cbc:Name"),
        description=_.prose(item, "cbc:Description"),
        note=_.prose(element, "cbc:Note"),
        quantity=_.figure(element, quantity),
        unit=_.attribute(element, quantity, "unitCode"),
        net=_.figure(element, "cbc:LineExtensionAmount"),
        price=_.figure(price, "cbc:PriceAmount"),
        base_quantity=_.figure(price, "cbc:BaseQuantity"),
        base_unit=_.attribute(price, "cbc:BaseQuantity", "unitCode"),
        gross_price=_.figure(price, "cac:AllowanceCharge/cbc:BaseAmount"),
        price_discount=_.figure(price, "cac:AllowanceCharge/cbc:Amount"),
        tax=tax_category(_.one(item, "cac:ClassifiedTaxCategory")),
        allowances=allowances,
        charges=charges,
        order_line=_.text(element, "cac:OrderLineReference/cbc:LineID"),
        object_id=_object(element),
        accounting_reference=_.text(element, "cbc:AccountingCost"),
        period=period(_.one(element, "cac:InvoicePeriod")),
        seller_item_id=_.text(item, "cac:SellersItemIdentification/cbc:ID"),
        buyer_item_id=_.text(item, "cac:BuyersItemIdentification/cbc:ID"),
        standard_item_id=identifier(item, "cac:StandardItemIdentification/cbc:ID"),
        classifications=_classifications(item),
        origin_country=_.text(item, "cac:OriginCountry/cbc:IdentificationCode"),
        attributes=tuple(
            ItemAttribute(name=_.text(part, "cbc:Name"), value=_.text(part, "cbc:Value"))
            for part in _.all(item, "cac:AdditionalItemProperty")
        ),
        lines=tuple(
            read_line(part, credit)
            for part in _.all(element, "cac:SubCreditNoteLine" if credit else "cac:SubInvoiceLine")
        ),
    )


def allowances_charges(element: Element) -> tuple[tuple[AllowanceCharge, ...], tuple[AllowanceCharge, ...]]:
    """The allowances and the charges directly below the document or line."""
    sides: dict[bool, list[AllowanceCharge]] = {False: [], True: []}
    for part in _.all(element, "cac:AllowanceCharge"):
        charge = _.text(part, "cbc:ChargeIndicator") in ("true", "1")
        sides[charge].append(
            AllowanceCharge(
                amount=_.figure(part, "cbc:Amount"),
                base=_.figure(part, "cbc:BaseAmount"),
                percent=_.figure(part, "cbc:MultiplierFactorNumeric"),
                reason=_.text(part, "cbc:AllowanceChargeReason"),
                reason_code=_.text(part, "cbc:AllowanceChargeReasonCode"),
                tax=tax_category(_.one(part, "cac:TaxCategory")),
            )
        )
    return tuple(sides[False]), tuple(sides[True])


def tax_category(element: Element | None) -> TaxCategory | None:
    """A tax category of a line, allowance, charge or breakdown row."""
    if element is None:
        return None
    scheme = _.text(element, "cac:TaxScheme/cbc:ID")
    return TaxCategory(
        code=_.text(element, "cbc:ID"),
        rate=_.figure(element, "cbc:Percent"),
        scheme=scheme,
        exemption_code=_.text(element, "cbc:TaxExemptionReasonCode"),
        exemption_reason=_.prose(element, "cbc:TaxExemptionReason"),
    )


def identifier(element: Element | None, path: str) -> Identifier | None:
    """An identifier with its scheme; None if absent or empty."""
    value = _.text(element, path)
    return Identifier(value=value, scheme=_.attribute(element, path, "schemeID")) if value else None


def period(element: Element | None) -> Period | None:
    """A period; None if it has neither start nor end."""
    found = Period(start=_.text(element, "cbc:StartDate"), end=_.text(element, "cbc:EndDate"))
    return None if found == Period() else found


def _object(line: Element) -> Identifier | None:
    for reference in _.all(line, "cac:DocumentReference"):
        if _.text(reference, "cbc:DocumentTypeCode") in (_OBJECT, None):
            return identifier(reference, "cbc:ID")
    return None


def _classifications(item: Element | None) -> tuple[Classification, ...]:
    return tuple(
        Classification(
            value=value,
            scheme=_.attribute(part, "cbc:ItemClassificationCode", "listID"),
            version=_.attribute(part, "cbc:ItemClassificationCode", "listVersionID"),
        )
        for part in _.all(item, "cac:CommodityClassification")
        if (value := _.text(part, "cbc:ItemClassificationCode"))
    )
