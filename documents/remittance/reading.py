"""The one way in for remittance advices: known by their content, not by their name, read where nothing escapes."""

from lxml import etree

from documents import archive
from documents.einvoice import facturx, safe_xml
from documents.remittance import iso20022, pdf, table, ubl, x12_820
from documents.remittance_advice import RemittanceAdvice, with_sum_remark
from documents.rows import decoded
from eipp.kernel.refusal import Refusal

_LARGEST = 20 * 1024 * 1024


def read(content: bytes) -> list[RemittanceAdvice]:
    """The payments of a PDF, XLSX, CSV, X12 820, UBL RemittanceAdvice, pain.001, camt.054 or remt.001."""
    if not content.strip():
        raise Refusal("empty_file", "The file is empty.", status=422)
    if len(content) > _LARGEST:
        raise Refusal("too_large", "The file is larger than 20 MB.", status=413)
    found = [with_sum_remark(advice) for advice in _read(content)]
    if not any(advice.lines for advice in found):
        remark = next((remark for advice in found for remark in advice.remarks), "")
        sentence = "No line with a document's number and an amount was found in the file."
        raise Refusal("no_lines", f"{sentence} {remark}".strip(), status=422)
    return found


def _read(content: bytes) -> list[RemittanceAdvice]:
    if facturx.is_pdf(content):
        return [pdf.read(content)]
    if archive.office_type(content):
        return [table.read(content)]
    text = decoded(content).lstrip("\ufeff")
    if text.lstrip()[:3] == "ISA":
        return x12_820.read(text.lstrip())
    return _xml(content) if text.lstrip().startswith("<") else [table.read(content)]


def _xml(content: bytes) -> list[RemittanceAdvice]:
    root = safe_xml.parse(content)
    name = etree.QName(root).localname
    if name == "RemittanceAdvice":
        return [ubl.read(root)]
    if name == "Document" and (found := iso20022.read(root)):
        return found
    raise Refusal(
        "not_a_remittance",
        f"{name[:60]} is no remittance advice that we read: UBL RemittanceAdvice, pain.001, camt.054 or remt.001.",
        status=422,
    )
