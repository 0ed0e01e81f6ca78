"""Payee: which of the supplier's bodies a document asks money for, and into which bank account."""

from uuid import UUID

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from eipp.accounts.models import CustomerAccount, LegalEntity


def payee_of(document: Document, account: CustomerAccount) -> LegalEntity:
    """The supplier's body that the document names as its seller; otherwise the account's."""
    seller = document.seller
    entities = list(LegalEntity.objects.filter(organisation=account.supplier_id))
    named = [entity for entity in entities if (seller.vat_id and entity.vat_id == seller.vat_id)
             or (seller.endpoint and entity.endpoint == seller.endpoint)]  # fmt: skip
    return named[0] if len(named) == 1 else account.legal_entity


def foreign_bank_accounts(document: Document, supplier_id: UUID, payee: LegalEntity | None) -> list[Fault]:
    """Bank details are bait: money is asked for only into accounts that the supplier has had verified.

    While the payee is not known, an account of any of the supplier's bodies passes; it is asked again once it is.
    """
    entities = [payee] if payee else LegalEntity.objects.filter(organisation=supplier_id)
    verified = {_plain(account.get("iban", "")) for entity in entities for account in entity.bank_accounts}
    named = [means.account for means in document.payment_means if means.account]
    whose = payee or "the supplier"
    return [
        Fault("EIPP-BANK-ACCOUNT", f"The bank account {number} is not one of the verified accounts of {whose}.",
              "payment_means")
        for number in named if _plain(number) not in verified
    ]  # fmt: skip


def _plain(number: str) -> str:
    return "".join(number.split()).upper()
