"""Marks: by what a document names its buyer, and which of that an account may be recognised by from now on."""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.einvoice.document import Document
from eipp.accounts.account_identifier import ENDPOINT, LEGAL, VAT, identified
from eipp.accounts.customer_account import add_identifier
from eipp.accounts.models import CustomerAccount, Organisation


@dataclass(frozen=True, slots=True)
class Mark:
    """kind: `endpoint`, `vat` or `legal`; the scheme says by which register the value is given."""

    kind: str
    value: str
    scheme: str = ""


def marks_of(document: Document) -> list[Mark]:
    """What the document says of its buyer that could identify an account."""
    buyer = document.buyer
    said = (
        Mark(ENDPOINT, buyer.endpoint or "", buyer.endpoint_scheme or ""),
        Mark(LEGAL, buyer.legal_id or "", buyer.legal_scheme or ""),
        Mark(VAT, buyer.vat_id or ""),
    )
    return [mark for mark in said if mark.value and len(mark.value) <= 100 and len(mark.scheme) <= 10]


def unknown_marks(document: Document, supplier: Organisation) -> list[Mark]:
    """Those that no account of the supplier has: one that another account has would only make both uncertain."""
    return [mark for mark in marks_of(document) if not identified(supplier.pk, mark.kind, mark.value, mark.scheme)]


def remember_marks(document: Document, account: CustomerAccount, kinds: Sequence[str]) -> list[str]:
    """Let the account be recognised by these kinds of the document's marks; which of them were taken."""
    chosen = [mark for mark in unknown_marks(document, account.supplier) if mark.kind in kinds]
    for mark in chosen:
        add_identifier(account, kind=mark.kind, scheme=mark.scheme, value=mark.value)
    return [mark.kind for mark in chosen]
