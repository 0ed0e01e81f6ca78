"""Payee: which of the supplier's bodies a document asks money for, and into which bank account."""

from collections.abc import Sequence

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.accounts.payee import folded, verified_payee


def payee_of(document: Document, account: CustomerAccount, entities: Sequence[LegalEntity]) -> LegalEntity:
    """Which of the supplier's bodies (`entities`) the document names as its seller; otherwise the account's."""
    seller = document.seller
    named = [entity for entity in entities if (seller.vat_id and entity.vat_id == seller.vat_id)
             or (seller.endpoint and entity.endpoint == seller.endpoint)]  # fmt: skip
    if len(named) == 1:
        return named[0]
    return account.legal_entity


def names_bodies(document: Document) -> bool:
    """Whether it takes the list of the supplier's bodies to know whom the document asks money for."""
    return bool(document.seller.vat_id or document.seller.endpoint or document.payment_means)


def foreign_bank_accounts(
    document: Document, payee: LegalEntity | None, entities: Sequence[LegalEntity]
) -> list[Fault]:
    """Bank details are bait: money is asked for only into accounts that the supplier has had verified.

    While the payee is not known, an account of any of the supplier's bodies passes; it is asked again once it is.
    """
    named = [means.account for means in document.payment_means if means.account]
    if not named:
        return []
    if other := other_payee(document, entities):
        return _not_of(other, entities, named)
    passing = [payee] if payee else entities
    verified = {_plain(account.get("iban", "")) for entity in passing for account in entity.bank_accounts}
    whose = payee or "the supplier"
    return [
        Fault("EIPP-BANK-ACCOUNT", f"The bank account {number} is not one of the verified accounts of {whose}.",
              "payment_means")
        for number in named if _plain(number) not in verified
    ]  # fmt: skip


def other_payee(document: Document, entities: Sequence[LegalEntity]) -> str:
    """The name of the company that is to be paid in the seller's place (BG-10), as for factoring; empty for none."""
    name = (document.payee.name or document.payee.trading_name or "") if document.payee else ""
    own = {folded(entity.name) for entity in entities} | {folded(document.seller.name or "")}
    return "" if folded(name) in own else name.strip()


def _not_of(name: str, entities: Sequence[LegalEntity], named: Sequence[str]) -> list[Fault]:
    """A factor's account has to be verified like one's own."""
    payee = verified_payee(entities[0].organisation_id, name) if entities else None
    return [
        Fault("EIPP-BANK-ACCOUNT", f"The bank account {number} is not the verified account of {name}, the payee.",
              "payment_means")
        for number in named if payee is None or _plain(number) != payee.iban
    ]  # fmt: skip


def accounts_for(entity: LegalEntity, currency: str) -> list[dict[str, str]]:
    """The payee's verified bank accounts that take this currency; the one it wants to be paid into is first."""
    return [account for account in entity.bank_accounts if account.get("currency") in (currency, "", None)]


def _plain(number: str) -> str:
    return "".join(number.split()).upper()
