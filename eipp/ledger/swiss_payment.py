"""Swiss payment: the slip of a QR-bill on a paper that is payable into a verified account in Switzerland."""

from collections.abc import Mapping
from typing import Any

from documents.paper import SwissSlip
from documents.swiss_slip import slip
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.money import Money
from eipp.ledger.invoice import Invoice


def slip_of_invoice(invoice: Invoice, account: Mapping[str, str]) -> SwissSlip | None:
    """All of the invoice, into this account, by the reference that it names; None where a QR-bill does not fit."""
    payee, reference = invoice.legal_entity, invoice.payment_reference or invoice.number
    text = "" if reference == invoice.number else invoice.number
    return _slip(payee, invoice.account, account, amount=invoice.payable, reference=reference, text=text)


def slip_of_account(account: CustomerAccount, currency: str, *, text: str) -> SwissSlip | None:
    """For what is owed in a currency, with an amount that the payer writes in, since disputes and credit are theirs to
    know; None without an account that takes money without a reference."""
    payee = account.legal_entity
    for own in payee.bank_accounts:
        if own.get("currency") in (None, "", currency):
            found = {"iban": own.get("iban", ""), "holder": own.get("holder") or payee.name}
            made = _slip(payee, account, found, amount=None, currency=currency, reference="", text=text)
            if made:
                return made
    return None


def _slip(
    payee: LegalEntity, payer: CustomerAccount, account: Mapping[str, str], *, amount: Money | None, **said: Any
) -> SwissSlip | None:
    if account["iban"][:2].upper() not in ("CH", "LI"):
        return None
    return slip(
        name=account["holder"], address={"country": payee.country, **payee.address}, iban=account["iban"],
        amount=amount, payer=payer.name, payer_address=payer.address, lang=(payee.organisation.language or "en")[:2],
        **said,
    )  # fmt: skip
