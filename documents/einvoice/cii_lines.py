"""CII's lines, allowances, charges, taxes and dates, read into the neutral document."""

import re

from documents.einvoice.fields import Element, Fields, as_figure, tidy
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
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
        "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    }
)
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_OBJECT = "130"  # UNTDID 1001: invoiced object (BT-128)


def read_line(element: Element) -> Line:
    """One IncludedSupplyChainTradeLineItem."""
    about = _.one(element, "ram:AssociatedDocumentLineDocument")
    product = _.one(element, "ram:SpecifiedTradeProduct")
    agreement = _.one(element, "ram:SpecifiedLineTradeAgreement")
    settlement = _.one(element, "ram:SpecifiedLineTradeSettlement")
    quantity = _.one(element, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
    net_price = _.one(agreement, "ram:NetPriceProductTradePrice")
    gross_price = _.one(agreement, "ram:GrossPriceProductTradePrice")
    basis = _.one(net_price, "ram:BasisQuantity")
    basis = _.one(gross_price, "ram:BasisQuantity") if basis is None else basis
    allowances, charges = allowances_charges(settlement)
    return Line(
        id=_.text(about, "ram:LineID"),
        name=_.text(product, "ram:Name"),
        description=_.prose(product, "ram:Description"),
        note=_.prose(about, "ram:IncludedNote/ram:Content"),
        quantity=as_figure(quantity),
        unit=None if quantity is None else tidy(quantity.get("unitCode")),
        net=_.figure(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
        price=_.figure(net_price, "ram:ChargeAmount"),
        base_quantity=as_figure(basis),
        base_unit=None if basis is None else tidy(basis.get("unitCode")),
        gross_price=_.figure(gross_price, "ram:ChargeAmount"),
        price_discount=_.figure(gross_price, "ram:AppliedTradeAllowanceCharge/ram:ActualAmount"),
        tax=tax_category(_.one(settlement, "ram:ApplicableTradeTax")),
        allowances=allowances,
        charges=charges,
        order_line=_.text(agreement, "ram:BuyerOrderReferencedDocument/ram:LineID"),
        object_id=_object(settlement),
        accounting_reference=_.text(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        period=period(settlement),
        seller_item_id=_.text(product, "ram:SellerAssignedID"),
        buyer_item_id=_.text(product, "ram:BuyerAssignedID"),
        standard_item_id=identifier(product, "ram:GlobalID"),
        classifications=_classifications(product),
        origin_country=_.text(product, "ram:OriginTradeCountry/ram:ID"),
        attributes=tuple(
            ItemAttribute(name=_.text(part, "ram:Description"), value=_.text(part, "ram:Value"))
            for part in _.all(product, "ram:ApplicableProductCharacteristic")
        ),
        parent=_.text(about, "ram:ParentLineID"),
        kind=_.text(about, "ram:LineStatusReasonCode"),
    )


def allowances_charges(
    settlement: Element | None,
) -> tuple[tuple[AllowanceCharge, ...], tuple[AllowanceCharge, ...]]:
    """The allowances and the charges of the document or line."""
    sides: dict[bool, list[AllowanceCharge]] = {False: [], True: []}
    for part in _.all(settlement, "ram:SpecifiedTradeAllowanceCharge"):
        charge = _.text(part, "ram:ChargeIndicator/udt:Indicator") in ("true", "1")
        sides[charge].append(
            AllowanceCharge(
                amount=_.figure(part, "ram:ActualAmount"),
                base=_.figure(part, "ram:BasisAmount"),
                percent=_.figure(part, "ram:CalculationPercent"),
                reason=_.text(part, "ram:Reason"),
                reason_code=_.text(part, "ram:ReasonCode"),
                tax=tax_category(_.one(part, "ram:CategoryTradeTax")),
            )
        )
    return tuple(sides[False]), tuple(sides[True])


def tax_category(element: Element | None) -> TaxCategory | None:
    """A tax category of a line, allowance, charge or breakdown row."""
    if element is None:
        return None
    return TaxCategory(
        code=_.text(element, "ram:CategoryCode"),
        rate=_.figure(element, "ram:RateApplicablePercent"),
        scheme=_.text(element, "ram:TypeCode"),
        exemption_code=_.text(element, "ram:ExemptionReasonCode"),
        exemption_reason=_.prose(element, "ram:ExemptionReason"),
    )


def identifier(element: Element | None, path: str) -> Identifier | None:
    """An identifier with its scheme; None if absent or empty."""
    return as_identifier(_.one(element, path))


def as_identifier(element: Element | None) -> Identifier | None:
    """The element itself as an identifier."""
    value = None if element is None else tidy(element.text)
    return Identifier(value=value, scheme=tidy(element.get("schemeID"))) if element is not None and value else None


def period(settlement: Element | None) -> Period | None:
    """The billing period; None if it has neither start nor end."""
    found = Period(
        start=date(settlement, "ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString"),
        end=date(settlement, "ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"),
    )
    return None if found == Period() else found


def date(element: Element | None, path: str) -> str | None:
    """A date in ISO 8601. CII writes days as 20160404 (format 102); anything else stays as it is."""
    text = _.text(element, path)
    day = _DAY.fullmatch(text) if text else None
    return "-".join(day.groups()) if day else text


def _object(settlement: Element | None) -> Identifier | None:
    for part in _.all(settlement, "ram:AdditionalReferencedDocument"):
        value = _.text(part, "ram:IssuerAssignedID")
        if value and _.text(part, "ram:TypeCode") == _OBJECT:
            return Identifier(value=value, scheme=_.text(part, "ram:ReferenceTypeCode"))
    return None


def _classifications(product: Element | None) -> tuple[Classification, ...]:
    return tuple(
        Classification(
            value=value,
            scheme=_.attribute(part, "ram:ClassCode", "listID"),
            version=_.attribute(part, "ram:ClassCode", "listVersionID"),
        )
        for part in _.all(product, "ram:DesignatedProductClassification")
        if (value := _.text(part, "ram:ClassCode"))
    )
