"""Who: organisations, their customer accounts, the people who work for them and the programs that act for them."""

from eipp.accounts.account_identifier import AccountIdentifier
from eipp.accounts.api_key import ApiKey
from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.first_sign_in import FirstSignIn
from eipp.accounts.invitation import Invitation
from eipp.accounts.legal_entity import LegalEntity
from eipp.accounts.mail_address import MailAddress
from eipp.accounts.membership import Membership
from eipp.accounts.organisation import Organisation
from eipp.accounts.payee import Payee
from eipp.accounts.person import Person
from eipp.accounts.session import PersonSession

__all__ = [
    "AccountIdentifier",
    "ApiKey",
    "CustomerAccount",
    "FirstSignIn",
    "Invitation",
    "LegalEntity",
    "MailAddress",
    "Membership",
    "Organisation",
    "Payee",
    "Person",
    "PersonSession",
]
