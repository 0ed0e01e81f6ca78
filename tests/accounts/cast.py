"""A small cast for the tests of accounts, built by the same functions as everywhere."""

import re
from dataclasses import dataclass
from typing import Any

from eipp.accounts.customer_account import CustomerAccount, create_account
from eipp.accounts.legal_entity import create_legal_entity
from eipp.accounts.membership import actor_for, add_member
from eipp.accounts.organisation import Organisation, create_organisation
from eipp.accounts.person import Person, create_person
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event

PASSWORD = "correct horse battery"


@dataclass
class Cast:
    """Nordwind supplies Brightwater, where Anna approves and Ada administers; Elsewhere also buys from Nordwind."""

    nordwind: Organisation
    brightwater: Organisation
    elsewhere: Organisation
    account: CustomerAccount
    branch: CustomerAccount
    foreign: CustomerAccount
    anna: Person
    ada: Person
    mona: Person

    @property
    def administrator(self) -> Actor:
        return actor_for(self.ada)


def person(username: str, **facts: Any) -> Person:
    facts.setdefault("email", f"{username}@example.com")
    return create_person(username=username, name=username.title(), password=PASSWORD, **facts)


def build() -> Cast:
    nordwind = create_organisation(name="Nordwind Handels GmbH", side="supplier", slug="nordwind", contact_name="Clara")
    brightwater = create_organisation(name="Brightwater Manufacturing Ltd", side="buyer", slug="brightwater")
    elsewhere = create_organisation(name="Elsewhere AG", side="buyer", slug="elsewhere")
    create_legal_entity(organisation=nordwind, name="Nordwind Handels GmbH", code="NW", country="DE")
    account = create_account(
        supplier=nordwind, buyer=brightwater, number="C-100", name="Brightwater", currency="EUR",
        identifiers=[("vat", "", "GB 123.4567.89"), ("endpoint", "0088", "5790000435968")],
    )  # fmt: skip
    branch = create_account(
        supplier=nordwind, parent=account, number="C-101", name="Brightwater Leeds", currency="EUR",
        identifiers=[("vat", "", "GB123456789"), ("endpoint", "0088", "5790000435975")],
    )  # fmt: skip
    foreign = create_account(supplier=nordwind, buyer=elsewhere, number="C-200", name="Elsewhere", currency="EUR")
    cast = Cast(
        nordwind, brightwater, elsewhere, account, branch, foreign, person("Anna"), person("Ada"), person("Mona")
    )
    add_member(person=cast.anna, organisation=brightwater, roles=["approver", "payer"])
    add_member(person=cast.ada, organisation=brightwater, roles=["buyer_administrator"])
    add_member(person=cast.mona, organisation=nordwind, roles=["ar_manager", "supplier_administrator"])
    return cast


def recorded(name: str) -> list[Event]:
    """The events of one name, oldest first."""
    return list(Event.objects.filter(name=name).order_by("pk"))


def steady(answer: Any) -> str:
    """A page's text without what differs from one request to the next: tokens, nonces and its own address."""
    text = re.sub(r'(csrf\w+" value=|nonce=|X-CSRFToken": |next" value=)"[^"]+"', "", answer.content.decode())
    return re.sub(r"<code>[0-9a-f]{32}</code>", "", text)
