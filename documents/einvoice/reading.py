"""The one way in for e-invoices: `read` tells at once what bytes say; `judge`, in a worker, gives the full verdict.

UBL 2.0 and 2.1, CII, ZUGFeRD 1.0, and PDFs that carry one of them, known by their content and not by their name.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import msgspec
from lxml import etree

from documents.einvoice import (
    cii,
    facturx,
    notation,
    official,
    places,
    profile,
    rules,
    safe_xml,
    schema,
    ubl,
    ubl_writing,
    zugferd1,
)
from documents.einvoice.document import Document
from documents.einvoice.fault import Fault, Unreadable
from documents.einvoice.fields import Element

__all__ = ["Fault", "Reading", "Unreadable", "judge", "read"]

ZUGFERD_1 = "ZUGFeRD 1.0"
# On the twin, these are about UBL's own shape, or computed otherwise in CII; our own sums cover the latter.
_UBL_ONLY = ("UBL-", "BR-CO-14", "BR-CO-15")


@dataclass(frozen=True)
class Reading:
    """What was read. `container` is xml or pdf, `embedded` the XML's name inside the PDF, `syntax` UBL Invoice,
    UBL CreditNote, CII or ZUGFeRD 1.0; `faults` are those of our own quick checks."""

    document: Document
    container: str
    embedded: str | None
    syntax: str
    xml: str
    faults: tuple[Fault, ...]

    @cached_property
    def profile(self) -> str | None:
        """The Factur-X profile; None outside that family."""
        return None if self.syntax.startswith("UBL") else profile.of(self.document.customization)

    @property
    def hybrid(self) -> bool:
        """A page for people with its data inside, held to the rules of its own profile."""
        return self.container == "pdf" and self.profile is not None


def read(content: bytes) -> Reading:
    """Read an e-invoice and check it by our own rules. Raises Unreadable for anything else."""
    embedded = facturx.extract(content) if facturx.is_pdf(content) else None
    xml = safe_xml.decode(embedded.content if embedded else content)
    root = safe_xml.parse_text(xml)
    syntax = _syntax(root)
    reading = Reading(
        document=_document(root, syntax),
        container="pdf" if embedded else "xml",
        embedded=embedded.name if embedded else None,
        syntax=syntax,
        xml=xml,
        faults=(),
    )
    return replace(reading, faults=tuple(_quick(reading, root)))


def _syntax(root: Element) -> str:
    name = etree.QName(root)
    if found := ubl.syntax(root):
        return found
    if root.tag == f"{{{cii.RSM}}}CrossIndustryInvoice":
        return "CII"
    if root.tag == zugferd1.ROOT:
        return ZUGFERD_1
    raise Unreadable(
        "not_an_invoice", f"{name.localname} is not an invoice that we read: UBL, CII or ZUGFeRD.", status=415
    )


def _document(root: Element, syntax: str) -> Document:
    if syntax.startswith("UBL"):
        return ubl.read(root)
    return cii.read(zugferd1.as_cii(root) if syntax == ZUGFERD_1 else root)


def _quick(reading: Reading, root: Element) -> list[Fault]:
    found = rules.check(reading.document, places.of(reading.syntax), extended=reading.profile == "extended")
    return [_placed(_weighed(fault, reading), reading, root) for fault in found]


def _weighed(fault: Fault, reading: Reading) -> Fault:
    """A profile without lines cannot add them up: in a PDF its page does, so this is told and does not block."""
    if reading.hybrid and reading.profile in profile.WITHOUT_LINES and fault.rule.startswith("BR-CO-"):
        return msgspec.structs.replace(fault, blocks=False)
    return fault


def _placed(fault: Fault, reading: Reading, root: Element) -> Fault:
    if fault.line is not None or not fault.path or reading.syntax == ZUGFERD_1:
        return fault
    return msgspec.structs.replace(fault, line=places.line_of(root, fault.path))


def judge(reading: Reading) -> list[Fault]:
    """Every fault of the document: our quick checks, its schema, the official rules. Raises official.RulesUnavailable.

    A hybrid PDF is held to the rules of its profile; what EN 16931 would ask beyond them is told without blocking.
    ZUGFeRD 1.0 is older than EN 16931: its schema and our sums are all there is.
    """
    root = safe_xml.parse_text(reading.xml)
    found = [*reading.faults, *schema.check(root, reading.syntax)]
    if reading.syntax == ZUGFERD_1:
        return found
    standard = [_placed(fault, reading, root) for fault in _standard(reading, root)]
    if reading.hybrid:
        standard = [msgspec.structs.replace(fault, blocks=False) for fault in standard] + _own_profile(reading, root)
    known = {fault.rule for fault in reading.faults}
    if "BR-CO-14" in known:  # a total tax without breakdown is told once, with its figures
        known.add("BR-CO-18")
    return found + [fault for fault in standard if fault.rule not in known]


def _standard(reading: Reading, root: Element) -> list[Fault]:
    if reading.syntax.startswith("UBL"):
        return official.judge(official.UBL, _plain(root))
    charges = tuple(charge for charge in reading.document.charges if not charge.logistics)
    twin = ubl_writing.element(msgspec.structs.replace(reading.document, charges=charges))
    judged = official.judge(official.UBL, _plain(twin))
    kept = [places.from_twin(fault) for fault in judged if not fault.rule.startswith(_UBL_ONLY)]
    return kept + list(notation.check(root))


def _own_profile(reading: Reading, root: Element) -> list[Fault]:
    found = official.judge(official.PROFILES[reading.profile or ""], _plain(root))
    # The guideline's name changed from version to version of Factur-X; an older one is not a fault of the invoice.
    return [fault for fault in found if not fault.path.endswith("GuidelineSpecifiedDocumentContextParameter/ram:ID")]


def _plain(root: Element) -> str:
    return etree.tostring(root, encoding="unicode")
