"""Remittance advices as PDF: the lines of their text that hold a document's number and an amount; what was left out.

A page does not say which of its words is the number: the likeliest is taken, the others of its line are told too, so
that whoever knows the invoices can tell. A page without text (a picture) is named, not guessed at.
"""

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pypdf import PdfReader

from documents import figures
from documents.columns import folded, meaning_of
from documents.figures import tidy
from documents.remittance.table import FACTS, WORDS
from documents.remittance_advice import RemittanceAdvice, RemittanceLine
from eipp.kernel.refusal import Refusal

MOST_PAGES = 200
_AMOUNT = re.compile(r"(?<![\w.,])[-(−]?(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d+)[.,]\d{2}(?!\d)\)?-?(?![\w.,]*\d)")
_NUMBER = re.compile(r"(?<![\w.,])(?=[\w/.-]*\d)[A-Za-z0-9][\w/.-]{2,39}(?![\w])")
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_FACT = re.compile(r"^\s*([^\W\d][^:]{1,40}?)\s*:\s*(\S.*)$")
_TOTAL = re.compile(r"\b(total|sum|summe|gesamt\w*|zahlbetrag|totaal|totale|amount paid)\b", re.IGNORECASE)
_MOST_REMARKS = 12
_AMOUNTS = {"amount", "gross", "discount", "deduction"}


def read(content: bytes) -> RemittanceAdvice:
    """The advice, as far as the text tells it. Refusal for a PDF that is locked, broken or longer than 200 pages."""
    pages = _pages(content)
    remarks = [f"Page {number} holds no text; it may be a picture." for number, page in enumerate(pages, 1) if not page]
    lines: list[RemittanceLine] = []
    left_out: list[str] = []
    facts: dict[str, Any] = {}
    order: list[str] = []
    for number, page in enumerate(pages, 1):
        for text in page:
            order = _order(text) or order
            line = _line(text, f"page {number}", order)
            if line:
                lines.append(line)
            elif not _told(text, facts) and _AMOUNT.search(text):
                left_out.append(f"Page {number}: “{tidy(text, 80)}” was not understood.")
    if len(left_out) > _MOST_REMARKS:
        left_out = [*left_out[:_MOST_REMARKS], f"{len(left_out) - _MOST_REMARKS} more lines were not understood."]
    return RemittanceAdvice(notation="pdf", lines=lines, remarks=remarks + left_out, **facts)


def _pages(content: bytes) -> list[list[str]]:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refusal("pdf_password", "The PDF is protected by a password; send it without one.", status=422)
        if len(reader.pages) > MOST_PAGES:
            raise Refusal("pdf_too_long", f"The PDF has more than {MOST_PAGES} pages; send it in parts.", status=422)
        texts = [page.extract_text(extraction_mode="layout") for page in reader.pages]
    except (Refusal, MemoryError):
        raise
    except Exception:  # a damaged PDF makes the library fail in every way there is
        raise Refusal("pdf_damaged", "The PDF is damaged or was cut off; send it again.", status=422) from None
    return [[line for line in text.splitlines() if line.strip()] for text in texts]


def _line(text: str, where: str, order: Sequence[str]) -> RemittanceLine | None:
    """The document's line in a line of text; None where number or amount is missing, or where it is a total."""
    found = list(_AMOUNT.finditer(text))
    if not found or _TOTAL.search(text):
        return None
    words = [word for word in _NUMBER.findall(text[: found[0].start()]) if not _DAY.fullmatch(word.rstrip("."))]
    amounts = [figures.amount(match.group().strip()) for match in found]
    if not words or None in amounts:
        return None
    told = _assigned([amount for amount in amounts if amount is not None], order)
    rest = tidy(text[found[-1].end() :], 200)
    reason = rest if re.search(r"[^\W\d]{3}", rest) and (told.get("deduction") or told.get("discount")) else ""
    return RemittanceLine(
        where=where, number=words[0], others=words[1:6], amount=told.get("amount"), gross=told.get("gross"),
        discount=_size(told.get("discount")), deduction=_size(told.get("deduction")), reason=reason,
    )  # fmt: skip


def _assigned(amounts: Sequence[Decimal], order: Sequence[str]) -> dict[str, Decimal]:
    """Which amount means what: by the head above, if it names as many; else the last one is what is paid."""
    if len(order) == len(amounts) and "amount" in order:
        return dict(zip(order, amounts, strict=True))
    if len(amounts) == 3 and amounts[0] - abs(amounts[1]) == amounts[2]:
        return {"gross": amounts[0], "discount": amounts[1], "amount": amounts[2]}
    if len(amounts) > 1:
        return {"gross": amounts[0], "amount": amounts[-1]}
    return {"amount": amounts[0]}


def _order(text: str) -> list[str]:
    """The meanings of the columns of figures, where the line is a head: at least a number and an amount."""
    meanings = [meaning_of(word, WORDS) for word in re.split(r"\s{2,}", text.strip())]
    if "number" not in meanings or not _AMOUNTS & set(meanings) or _AMOUNT.search(text):
        return []
    return [meaning for meaning in meanings if meaning in _AMOUNTS]


def _told(text: str, facts: dict[str, Any]) -> bool:
    """Takes up what a line says about the payment as a whole: a word and its value, or the total."""
    if _TOTAL.search(text) and (found := _AMOUNT.findall(text)):
        facts.setdefault("amount", figures.amount(found[-1]))
        return True
    pair = _FACT.match(text)
    meaning = meaning_of(pair[1], FACTS) if pair and len(folded(pair[1]).split()) <= 4 else ""
    if not pair or not meaning:
        return False
    value: object = tidy(re.split(r"\s{3,}", pair[2])[0], 140)
    if meaning == "amount":
        value = figures.amount((_AMOUNT.findall(pair[2]) or [""])[0])
    elif meaning == "paid_on":
        value = figures.day(pair[2])
    elif meaning == "currency":
        value = value if re.fullmatch(r"[A-Z]{3}", str(value)) else None
    if value is not None:
        facts.setdefault(meaning, value)
    return True


def _size(amount: Decimal | None) -> Decimal | None:
    return abs(amount) if amount else None
