"""Hostile XML kept out: 20 MB, depth 100, no DOCTYPE (so no entity, no bomb), no network; refusals name the line."""

import codecs
import re

from lxml import etree

from documents.einvoice.fault import Unreadable

MAX_BYTES = 20_000_000
MAX_DEPTH = 100
MAX_TAGS = 2_000_000  # some twenty thousand lines; a tag is 4 bytes in the file and 100 in memory

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_KNOWN = re.compile(r"utf-(8|16|16-le|16-be|32|32-le|32-be)|iso8859-(1|2|5|7|9|15)|cp125[0-8]|ascii")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DOCTYPE = re.compile(r"\A(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml\b.*?\?>", re.DOTALL)
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")


def parse(content: bytes) -> etree._Element:
    """The root element, without comments and processing instructions. Raises Unreadable."""
    return parse_text(decode(content))


def decode(content: bytes) -> str:
    """The document's text, by its byte order mark, else its declaration, else UTF-8. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable("too_large", "The file is larger than 20 MB.", status=413)
    _expect_markup(content)
    encoding, mark = _encoding(content)
    try:
        text = content[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start + mark) + 1
        raise Unreadable(
            "wrong_encoding", f"The file says it is {encoding}, but its bytes are not.", line=line
        ) from None
    if bad := _FORBIDDEN.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise Unreadable("forbidden_character", f"U+{ord(bad.group()):04X} must not stand in XML.", line=line)
    if doctype := _DOCTYPE.match(text):
        raise _doctype(text.count("\n", 0, doctype.end()) + 1)
    if text.count("<") > MAX_TAGS:
        raise Unreadable("too_many_elements", "The file has more elements than an invoice of 20,000 lines.", status=413)
    return text


def _expect_markup(content: bytes) -> None:
    start = content[:200].strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if not start and not content.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise Unreadable("empty", "The file is empty.")
    if start and not start.startswith(b"<"):
        raise Unreadable("not_an_invoice", "The file is neither XML nor a PDF.", status=415)


def _doctype(line: int | None = None) -> Unreadable:
    return Unreadable("doctype", "The file carries a DOCTYPE; invoices have none, and we do not open them.", line=line)


def _encoding(content: bytes) -> tuple[str, int]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding, len(mark)
    for start, encoding in _UNMARKED:
        if content.startswith(start):
            return encoding, 0
    declared = _DECLARED.match(content)
    return _named(declared.group(1).decode("ascii")) if declared else "utf-8", 0


def _named(name: str) -> str:
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        encoding = ""
    if not _KNOWN.fullmatch(encoding):
        raise Unreadable("unknown_encoding", f"The encoding {name} is not one we read; send UTF-8.")
    return encoding


def parse_text(text: str) -> etree._Element:
    """Parse what `decode` let through."""
    # Nothing but a long text (an attachment) needs libxml2's limits lifted; without a DOCTYPE nothing can expand.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        remove_comments=True, remove_pis=True, huge_tree=len(text) > 9_000_000,
    )  # fmt: skip
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _broken(text, error) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    if _TOO_DEEP(root):
        raise Unreadable("too_deep", f"The file nests its elements more than {MAX_DEPTH} deep.")
    return root


def _broken(text: str, error: etree.XMLSyntaxError) -> Unreadable:
    reason = (error.msg or "it ends too early").split(", line ")[0]
    if "depth" in reason.lower():
        return Unreadable("too_deep", f"The file nests its elements more than {MAX_DEPTH} deep.", line=error.lineno)
    declaration = _DECLARATION.match(text)
    cut = declaration.group().count("\n") if declaration else 0
    return Unreadable("not_well_formed", f"The file is not well-formed XML: {reason}.", line=(error.lineno or 1) + cut)
