"""What a file is by its content: an allow-list, told by the first bytes and never by its name alone.

Nothing is unpacked, decoded as a picture or parsed here, so the work is bounded by the size limit.
"""

import re
from dataclasses import dataclass

from documents import archive
from documents.name import ending_of
from eipp.kernel.refusal import Refusal

LARGEST = 20 * 1024 * 1024  # bytes

#: content type -> the endings under which it may come; the first is given to a name without one.
ALLOWED = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/heic": (".heic", ".heif"),
    "text/plain": (".txt", ".log", ".md", ".sta", ".mta", ".940", ".bai", ".bai2"),
    "text/csv": (".csv", ".tsv"),
    "application/json": (".json",),
    "application/xml": (".xml", ".c53", ".c54"),
    "message/rfc822": (".eml",),
    "application/edi-x12": (".edi", ".x12"),
    archive.XLSX: (".xlsx",),
    archive.DOCX: (".docx",),
}
_MAGIC = (
    (re.compile(rb"%PDF-[12]\.\d"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)", re.DOTALL), "image/heic"),
)
_MARKUP = re.compile(r"\s*<(!doctype|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?\S")
_DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the content is, and the ending that fits when the name has none."""

    content_type: str
    ending: str


def judge(content: bytes, name: str) -> Judgement:
    """Tell what the bytes are; Refusal 422 (413 when too large) for what is not on the list or not what its name is."""
    if not content:
        raise Refusal("empty_file", "The file is empty.", status=422)
    if len(content) > LARGEST:
        raise too_large()
    content_type = _by_magic(content) or archive.office_type(content) or _as_text(content, ending_of(name))
    endings = ALLOWED[content_type]
    if ending_of(name) not in ("", *endings):
        raise Refusal(
            "name_and_content_differ",
            f"The name ends in {ending_of(name)}, but the content is {content_type}.",
            status=422,
        )
    return Judgement(content_type, endings[0])


def too_large() -> Refusal:
    return Refusal("too_large", f"A file may have at most {LARGEST // 1024 // 1024} MB.", status=413)


def _by_magic(content: bytes) -> str | None:
    head = content[:64].lstrip(b"\xef\xbb\xbf\r\n\t ") if content[:64].strip().startswith(b"%PDF") else content[:64]
    return next((content_type for pattern, content_type in _MAGIC if pattern.match(head)), None)


def _as_text(content: bytes, ending: str) -> str:
    text = _decoded(content)
    if text is None or _UNPRINTABLE.search(text):
        raise _not_allowed()
    if text.lstrip().startswith("<?xml") or ending == ".xml":
        return _as_xml(text)
    if _MARKUP.match(text):
        raise _not_allowed()
    if ending == ".eml" and not _HEADER.match(text):
        raise Refusal("name_and_content_differ", "The content is no mail.", status=422)
    if ending in ALLOWED["application/edi-x12"] and not text.lstrip("\ufeff \r\n\t").startswith("ISA"):
        raise Refusal("name_and_content_differ", "The content is no X12 interchange.", status=422)
    by_ending = {end: kind for kind, ends in ALLOWED.items() for end in ends if _is_text(kind)}
    return by_ending.get(ending, "text/plain")


def _as_xml(text: str) -> str:
    if not text.lstrip().startswith("<"):
        raise Refusal("name_and_content_differ", "The content is no XML.", status=422)
    if _DOCTYPE.search(text):
        raise Refusal("doctype", "XML with a DOCTYPE or entities of its own is not accepted.", status=422)
    if _MARKUP.match(re.sub(r"^\s*<\?xml[^>]*>", "", text)):
        raise _not_allowed()
    return "application/xml"


def _is_text(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type in (
        "application/json", "application/xml", "message/rfc822", "application/edi-x12",
    )  # fmt: skip


def _decoded(content: bytes) -> str | None:
    mark = next((encoding for start, encoding in _BYTE_ORDER if content.startswith(start)), None)
    for encoding in (mark,) if mark else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _not_allowed() -> Refusal:
    return Refusal(
        "kind_not_accepted",
        "Files of this kind are not accepted: send PDF, a picture, text, CSV, XLSX, DOCX, XML, X12 or a mail (.eml).",
        status=422,
    )
