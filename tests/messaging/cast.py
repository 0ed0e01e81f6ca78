"""Who talks in these tests: a supplier and a buyer with an account between them, and a stranger who buys there too."""

from dataclasses import dataclass, field
from typing import Any

from eipp.accounts.customer_account import CustomerAccount, create_account
from eipp.accounts.legal_entity import create_legal_entity
from eipp.accounts.membership import actor_for, add_member
from eipp.accounts.organisation import Organisation, create_organisation
from eipp.accounts.person import Person, create_person
from eipp.kernel.actor import Actor

PASSWORD = "a long enough phrase"
PEOPLE = {
    "clara": ("Clara Clerk", "supplier", ["ar_clerk"]),
    "mona": ("Mona Manager", "supplier", ["ar_manager", "supplier_administrator"]),
    "anna": ("Anna Approver", "buyer", ["approver", "payer"]),
    "bea": ("Bea Boss", "buyer", ["buyer_administrator"]),
    "vera": ("Vera Viewer", "buyer", ["viewer"]),
    "sina": ("Sina Stranger", "elsewhere", ["approver", "payer", "buyer_administrator"]),
}


@dataclass
class Cast:
    """Organisations, the two buyers' accounts, and the people by user name."""

    supplier: Organisation
    buyer: Organisation
    elsewhere: Organisation
    account: CustomerAccount
    branch: CustomerAccount
    foreign: CustomerAccount
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def make(cls) -> "Cast":
        supplier = create_organisation(name="Nordwind Handels GmbH", side="supplier", slug="nordwind")
        buyer = create_organisation(name="Brightwater Manufacturing Ltd", side="buyer", slug="brightwater")
        elsewhere = create_organisation(name="Elsewhere AG", side="buyer", slug="elsewhere")
        create_legal_entity(organisation=supplier, name=supplier.name, code="NW", country="DE")
        facts: dict[str, Any] = {"supplier": supplier, "currency": "EUR"}
        account = create_account(number="1001", name="Brightwater Main", buyer=buyer, **facts)
        branch = create_account(number="1002", name="Brightwater Leeds", buyer=buyer, parent=account, **facts)
        foreign = create_account(number="2001", name="Elsewhere", buyer=elsewhere, **facts)
        cast = cls(supplier, buyer, elsewhere, account, branch, foreign)
        for username, (name, works_for, roles) in PEOPLE.items():
            cast.add(username, name, getattr(cast, works_for), roles)
        return cast

    def add(self, username: str, name: str, organisation: Organisation, roles: list[str], **limits: Any) -> Person:
        person = create_person(username=username, email=f"{username}@example.com", name=name, password=PASSWORD)
        add_member(person=person, organisation=organisation, roles=roles, **limits)
        self.people[username] = person
        return person

    def actor(self, username: str) -> Actor:
        """The person as they act in the portal now."""
        return actor_for(self.people[username])
