"""Letterhead: what every paper of a supplier has in common: its colour, its language, the line at the foot."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from documents.paper import Party
from eipp.accounts.address import address_lines
from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation

_PLAIN = "#4a52d1"


@contextmanager
def language_of(supplier: Organisation) -> Iterator[None]:
    """Papers speak the supplier's language, whoever asks for them: the same paper is the same for everybody."""
    with override(supplier.language or "en"):
        yield


def letterhead(supplier: Organisation, entity: LegalEntity) -> dict[str, Any]:
    """The facts of `documents.paper.Paper` that are the same on all its papers."""
    return {
        "brand": supplier.brand_colour or _PLAIN, "lang": (supplier.language or "en").partition("-")[0],
        "foot": _foot(supplier, entity), "page": _("Page {n} of {of}"),
    }  # fmt: skip


def sides(entity: LegalEntity, account: CustomerAccount) -> tuple[Party, Party]:
    """From whom and to whom, for papers that no document stands behind."""
    marks = [_("VAT %(id)s") % {"id": entity.vat_id}] if entity.vat_id else []
    number = _("Customer number %(number)s") % {"number": account.number}
    return (
        Party(_("From"), entity.name, address_lines(entity.address), marks),
        Party(_("To"), account.name, address_lines(account.address), [number]),
    )


def _foot(supplier: Organisation, entity: LegalEntity) -> str:
    parts = (entity.name, entity.vat_id, supplier.contact_phone, supplier.contact_email)
    return " · ".join(part for part in parts if part)
