"""The invoice as PDF/A: what the buyer was asked to pay, and how to pay it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from documents import pdf as typeset
from documents.paper import HowToPay
from documents.payment_code import epc
from eipp.ledger import document_facts as said
from eipp.ledger.document_paper import paper_of
from eipp.ledger.invoice import Invoice
from eipp.ledger.letterhead import language_of
from eipp.ledger.swiss_payment import slip_of_invoice


def pdf(invoice: Invoice) -> bytes:
    """The invoice as it stands in the ledger, the same bytes each time. The original that came is a file of its own."""
    with language_of(invoice.supplier):
        account = _account(invoice) if invoice.payable_minor > 0 else None
        slip = slip_of_invoice(invoice, account) if account and _is_verified(invoice, account) else None
        how = _how_to_pay(invoice, account, with_code=slip is None) if account else None
        return typeset.of(paper_of(invoice, kind=said.kind(invoice), payment=how, slip=slip))


def name(invoice: Invoice) -> str:
    """The file's name."""
    return f"{said.kind(invoice)} {invoice.number}.pdf"


def _how_to_pay(invoice: Invoice, account: Mapping[str, str], *, with_code: bool) -> HowToPay:
    """Where the money goes; where a Swiss slip stands on the paper, the code is its own."""
    reference = invoice.payment_reference or invoice.number
    facts = (
        (_("To"), account["holder"]), (_("Account"), _in_fours(account["iban"])), (_("Bank"), account["bic"]),
        (_("Reference"), reference),
    )  # fmt: skip
    code = epc(
        name=account["holder"], iban=account["iban"], bic=account["bic"], amount=invoice.payable, text=reference
    ) if with_code and _is_verified(invoice, account) else None  # fmt: skip
    return HowToPay(_("How to pay"), [(label, value) for label, value in facts if value], code)


def _account(invoice: Invoice) -> dict[str, str] | None:
    """The account that the invoice names, else the payee's own for the currency."""
    payee = invoice.legal_entity.name
    for means in invoice.payment_means:
        if means.get("account"):
            return _tidy(means["account"], means.get("bank"), means.get("account_name") or payee)
    for own in invoice.legal_entity.bank_accounts:
        if own.get("currency") in (None, "", invoice.currency):
            return _tidy(own.get("iban", ""), own.get("bic"), own.get("holder") or payee)
    return None


def _tidy(iban: str, bic: str | None, holder: str) -> dict[str, str]:
    return {"iban": "".join(iban.split()).upper(), "bic": bic or "", "holder": holder}


def _is_verified(invoice: Invoice, account: Mapping[str, Any]) -> bool:
    """Only an account that the supplier has had verified gets a code to be paid without reading."""
    own = {"".join(one.get("iban", "").split()).upper() for one in invoice.legal_entity.bank_accounts}
    return account["iban"] in own


def _in_fours(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
