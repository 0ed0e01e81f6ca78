"""Letter: a mail in a supplier's name and colour, as plain text and as simple HTML, for people."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import formataddr, parseaddr
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from eipp.accounts.models import Organisation

COLOUR = "#4a52d1"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes with the letter."""

    name: str
    content: bytes
    kind: str


def letter(
    supplier: Organisation | None,
    *,
    to: str,
    subject: str,
    template: str,
    words: Mapping[str, Any],
    papers: Sequence[Paper] = (),
    headers: Mapping[str, str] | None = None,
    reply_to: str = "",
) -> EmailMultiAlternatives:
    """The mail, ready for the outbox: `mail/<template>.txt` and `.html` filled with the words."""
    house = house_of(supplier)
    colour = supplier.brand_colour if supplier and _COLOUR.fullmatch(supplier.brand_colour) else COLOUR
    told = {**words, "house": house, "supplier": supplier, "colour": colour}
    answers = reply_to or (supplier.contact_email if supplier else "")
    mail = EmailMultiAlternatives(
        one_line(subject)[:LONGEST_SUBJECT], render_to_string(f"mail/{template}.txt", told).strip() + "\n",
        from_email=sender(house), to=[to], headers=dict(headers or {}), reply_to=[answers] if answers else None,
    )  # fmt: skip
    mail.attach_alternative(render_to_string(f"mail/{template}.html", told), "text/html")
    for paper in papers:
        mail.attach(paper.name, paper.content, paper.kind)
    return mail


def house_of(supplier: Organisation | None) -> str:
    """The name people know a supplier's portal by."""
    return one_line(supplier.portal_title or supplier.name) if supplier else "Invoices"


def sender(name: str) -> str:
    """Our own address, which may send for this installation, under the supplier's name."""
    return formataddr((one_line(name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def domain() -> str:
    """Our own domain, for the ids of mails."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def one_line(text: str) -> str:
    """The text without line breaks and other signs that have no business in a mail's head."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def short_day(on: date, *, seen_from: date) -> str:
    """A day in a subject: `3 Dec`, with its year where that is another one."""
    pattern = "d MMM" if on.year == seen_from.year else "d MMM y"
    return str(format_date(on, pattern, locale="en"))
