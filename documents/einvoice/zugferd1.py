"""ZUGFeRD 1.0 (2014): the forerunner of Factur-X, renamed element by element into the CII that came after it."""

from lxml import etree

from documents.einvoice import cii
from documents.einvoice.fields import Element

ROOT = "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument"

_NAMESPACES = {
    "urn:ferd:CrossIndustryDocument:invoice:1p0": cii.RSM,
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12": cii.RAM,
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15": cii.UDT,
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:12": cii.QDT,
}
_NAMES = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
# In ZUGFeRD 1.0 a referenced document's number is plainly its ID.
_REFERENCES = "ReferencedDocument"
_SUMMATION = "SpecifiedTradeSettlementMonetarySummation"


def as_cii(root: Element) -> Element:
    """A copy of the document in CII's names; the original is left as it is."""
    copy = etree.fromstring(etree.tostring(root))
    for element in copy.iter("{*}*"):
        element.tag = _tag(element)
    return copy


def _tag(element: Element) -> str:
    name = etree.QName(element)
    parent = element.getparent()
    above = "" if parent is None else etree.QName(parent).localname
    local = _NAMES.get(name.localname, name.localname)
    if name.localname == _SUMMATION:
        line = above == "SpecifiedLineTradeSettlement"
        local = f"SpecifiedTradeSettlement{'Line' if line else 'Header'}MonetarySummation"
    elif name.localname == "ID" and above.endswith(_REFERENCES):
        local = "IssuerAssignedID"
    return f"{{{_NAMESPACES.get(name.namespace or '', name.namespace)}}}{local}"
