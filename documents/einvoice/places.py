"""Where a business term stands in each syntax: the path a fault names, and the line of the file it is on."""

import re
from collections.abc import Mapping

import msgspec
from lxml import etree

from documents.einvoice import cii, ubl
from documents.einvoice.fault import Fault
from documents.einvoice.fields import Element, line_number

NAMESPACES = {"cbc": ubl.CBC, "cac": ubl.CAC, "rsm": cii.RSM, "ram": cii.RAM, "udt": cii.UDT}
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}

Places = Mapping[str, str]

_TOTAL = "cac:LegalMonetaryTotal/cbc:"
_UBL = {
    "currency": "cbc:DocumentCurrencyCode",
    "tax_currency": "cbc:TaxCurrencyCode",
    "issue_date": "cbc:IssueDate",
    "due_date": "cbc:DueDate",
    "line_total": _TOTAL + "LineExtensionAmount",
    "allowance_total": _TOTAL + "AllowanceTotalAmount",
    "charge_total": _TOTAL + "ChargeTotalAmount",
    "total_without_tax": _TOTAL + "TaxExclusiveAmount",
    "total_with_tax": _TOTAL + "TaxInclusiveAmount",
    "prepaid": _TOTAL + "PrepaidAmount",
    "rounding": _TOTAL + "PayableRoundingAmount",
    "payable": _TOTAL + "PayableAmount",
    "tax": "cac:TaxTotal[{}]/cbc:TaxAmount",
    "subtotal": "cac:TaxTotal[{}]/cac:TaxSubtotal[{}]",
    "taxable": "cbc:TaxableAmount",
    "subtotal_tax": "cbc:TaxAmount",
    "rate": "cac:TaxCategory/cbc:Percent",
    "allowance": "cac:AllowanceCharge[cbc:ChargeIndicator='false'][{}]",
    "charge": "cac:AllowanceCharge[cbc:ChargeIndicator='true'][{}]",
    "amount": "cbc:Amount",
    "base": "cbc:BaseAmount",
    "percent": "cbc:MultiplierFactorNumeric",
    "net": "cbc:LineExtensionAmount",
    "price": "cac:Price/cbc:PriceAmount",
    "base_quantity": "cac:Price/cbc:BaseQuantity",
}
_INVOICE = {**_UBL, "root": "/Invoice", "line": "cac:InvoiceLine[{}]", "quantity": "cbc:InvoicedQuantity"}
_CREDIT_NOTE = {**_UBL, "root": "/CreditNote", "line": "cac:CreditNoteLine[{}]", "quantity": "cbc:CreditedQuantity"}

_TRADE = "rsm:SupplyChainTradeTransaction/"
_SETTLEMENT = _TRADE + "ram:ApplicableHeaderTradeSettlement/"
_SUMMATION = _SETTLEMENT + "ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
_CII = {
    "root": "/rsm:CrossIndustryInvoice",
    "currency": _SETTLEMENT + "ram:InvoiceCurrencyCode",
    "tax_currency": _SETTLEMENT + "ram:TaxCurrencyCode",
    "issue_date": "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString",
    "due_date": _SETTLEMENT + "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString",
    "line_total": _SUMMATION + "LineTotalAmount",
    "allowance_total": _SUMMATION + "AllowanceTotalAmount",
    "charge_total": _SUMMATION + "ChargeTotalAmount",
    "total_without_tax": _SUMMATION + "TaxBasisTotalAmount",
    "total_with_tax": _SUMMATION + "GrandTotalAmount",
    "prepaid": _SUMMATION + "TotalPrepaidAmount",
    "rounding": _SUMMATION + "RoundingAmount",
    "payable": _SUMMATION + "DuePayableAmount",
    "tax": _SUMMATION + "TaxTotalAmount[{}]",
    "subtotal": _SETTLEMENT + "ram:ApplicableTradeTax[{1}]",
    "taxable": "ram:BasisAmount",
    "subtotal_tax": "ram:CalculatedAmount",
    "rate": "ram:RateApplicablePercent",
    "allowance": _SETTLEMENT + "ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator='false'][{}]",
    "charge": _SETTLEMENT + "ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator='true'][{}]",
    "amount": "ram:ActualAmount",
    "base": "ram:BasisAmount",
    "percent": "ram:CalculationPercent",
    "line": _TRADE + "ram:IncludedSupplyChainTradeLineItem[{}]",
    "net": "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    "price": "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount",
    "base_quantity": "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity",
    "quantity": "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
}
# An allowance of a line stands beside the line's other parts, not below the document's settlement.
_CII_LINE = {
    "allowance": "ram:SpecifiedLineTradeSettlement/" + _CII["allowance"].removeprefix(_SETTLEMENT),
    "charge": "ram:SpecifiedLineTradeSettlement/" + _CII["charge"].removeprefix(_SETTLEMENT),
}

# How paths begin in the UBL twin of a CII document, and what that is in CII; an index follows where there are many.
_AGREEMENT = _TRADE + "ram:ApplicableHeaderTradeAgreement"
_TWINS = (
    ("cac:InvoiceLine", _TRADE + "ram:IncludedSupplyChainTradeLineItem"),
    ("cac:CreditNoteLine", _TRADE + "ram:IncludedSupplyChainTradeLineItem"),
    ("cac:LegalMonetaryTotal", _SUMMATION.rpartition("/")[0]),
    ("cac:TaxTotal/cac:TaxSubtotal", _SETTLEMENT + "ram:ApplicableTradeTax"),
    ("cac:TaxTotal", _SUMMATION + "TaxTotalAmount"),
    ("cac:AllowanceCharge", _SETTLEMENT + "ram:SpecifiedTradeAllowanceCharge"),
    ("cac:PaymentMeans", _SETTLEMENT + "ram:SpecifiedTradeSettlementPaymentMeans"),
    ("cac:PaymentTerms", _SETTLEMENT + "ram:SpecifiedTradePaymentTerms"),
    ("cac:PayeeParty", _SETTLEMENT + "ram:PayeeTradeParty"),
    ("cac:AccountingSupplierParty", _AGREEMENT + "/ram:SellerTradeParty"),
    ("cac:AccountingCustomerParty", _AGREEMENT + "/ram:BuyerTradeParty"),
    ("cac:TaxRepresentativeParty", _AGREEMENT + "/ram:SellerTaxRepresentativeTradeParty"),
    ("cac:AdditionalDocumentReference", _AGREEMENT + "/ram:AdditionalReferencedDocument"),
    ("cac:Delivery", _TRADE + "ram:ApplicableHeaderTradeDelivery"),
    ("cbc:DocumentCurrencyCode", _SETTLEMENT + "ram:InvoiceCurrencyCode"),
    ("cbc:InvoiceTypeCode", "rsm:ExchangedDocument/ram:TypeCode"),
    ("cbc:CreditNoteTypeCode", "rsm:ExchangedDocument/ram:TypeCode"),
)

_STEP = re.compile(r"\*:([\w.-]+)\[namespace-uri\(\)='([^']*)'\](\[\d+\])?")


def of(syntax: str) -> Places:
    """The places of a syntax: `UBL Invoice`, `UBL CreditNote`, else CII."""
    return {"UBL Invoice": _INVOICE, "UBL CreditNote": _CREDIT_NOTE}.get(syntax, _CII)


def path(places: Places, *terms: str | tuple[str, int] | tuple[str, int, int]) -> str:
    """The path of a term below others: `path(places, ("line", 2), "net")`; counting begins at 1."""
    steps = [places["root"]]
    for term in terms:
        name, *numbers = (term,) if isinstance(term, str) else term
        inner = len(steps) > 1 and places is _CII
        steps.append((_CII_LINE.get(name, places[name]) if inner else places[name]).format(*numbers))
    return "/".join(steps)


def readable(location: str) -> str:
    """A location as Schematron prints it, in the prefixes everybody knows."""

    def step(found: re.Match[str]) -> str:
        prefix = _PREFIXES.get(found.group(2))
        index = "" if found.group(3) in (None, "[1]") else found.group(3)
        return f"{prefix + ':' if prefix else ''}{found.group(1)}{index}"

    return _STEP.sub(step, location)


def from_twin(fault: Fault) -> Fault:
    """A fault found on the UBL twin of a CII document, placed where the CII document says it."""
    below = fault.path.lstrip("/").partition("/")[2]
    for start, there in _TWINS:
        if below.startswith(start):
            place = f"{_CII['root']}/{there}{below.removeprefix(start).partition('/')[0]}"
            return msgspec.structs.replace(fault, path=place)
    return msgspec.structs.replace(fault, path=_CII["root"])


def line_of(root: Element, place: str) -> int | None:
    """The line of the file on which the path's element stands, or the nearest one above it that exists."""
    below = [step for step in re.split(r"/(?![^\[]*\])", place) if step][1:]
    for length in range(len(below), -1, -1):
        try:
            found = root.xpath("/".join(below[:length]) or ".", namespaces=NAMESPACES)
        except etree.XPathError:
            continue
        if isinstance(found, list) and found and isinstance(found[0], etree._Element):
            return line_number(found[0])
    return None
