"""The example world: the cast, made by doing, shared by the example data and the tests."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, Self

from django.db import transaction

from eipp.accounts.api_key import actor_for_key, create_api_key
from eipp.accounts.customer_account import create_account
from eipp.accounts.legal_entity import create_legal_entity
from eipp.accounts.membership import actor_for, add_member
from eipp.accounts.models import CustomerAccount, Organisation, Person
from eipp.accounts.organisation import create_organisation
from eipp.accounts.person import create_person
from eipp.demo import cast
from eipp.demo.bill import Bill, Good
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.models import Invoice
from workflows.models import ApprovalRule, AuthorityLimit
from workflows.receiving import Arrival, receive

_numbers = count(1)


@dataclass
class World:
    """Everybody by their word of the cast: `world.nordwind`, `world.main`, `world.anna`.

    passwords, keys: what was given out when the cast was built; both are kept nowhere but here and in `demo.json`.
    """

    companies: dict[str, Organisation] = field(default_factory=dict)
    accounts: dict[str, CustomerAccount] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, word: str) -> Any:
        for table in ("companies", "accounts", "people"):
            found = self.__dict__.get(table, {}).get(word)
            if found is not None:
                return found
        raise AttributeError(word)

    @classmethod
    def found(cls) -> Self | None:
        """The cast as it stands in the database (without passwords and keys), None where there is none."""
        slugs = {company.slug: company.word for company in cast.COMPANIES}
        companies = {slugs[row.slug]: row for row in Organisation.objects.filter(slug__in=slugs)}
        if len(companies) < len(slugs):
            return None
        people = Person.objects.filter(username_folded__in=[player.word for player in cast.PEOPLE])
        numbers = {(companies[account.supplier].pk, account.number): account.word for account in cast.ACCOUNTS}
        rows = CustomerAccount.objects.filter(supplier__in=companies.values()).select_related("legal_entity")
        known = {numbers[key]: row for row in rows if (key := (row.supplier_id, row.number)) in numbers}
        return cls(companies, known, {person.username_folded: person for person in people})

    def company_of(self, word: str) -> Organisation:
        """The company a person of the cast works for."""
        return self.companies[next(player.company for player in cast.PEOPLE if player.word == word)]

    def actor(self, word: str, *, via: str = "web") -> Actor:
        """A person of the cast, acting: `world.actor("anna")`."""
        return actor_for(self.people[word], via=via)

    def key(self, company: str) -> str:
        """The secret of a company's API key: `world.key("nordwind")`."""
        return self.keys[company]

    def erp(self, company: str) -> Actor:
        """A company's ERP, acting by its key."""
        actor = actor_for_key(self.keys[company])
        if actor is None:
            raise LookupError(f"the key of {company} opens nothing")
        return actor

    def invoice(
        self,
        total: str | None = None,
        lines: Sequence[tuple[str, int | str, str]] = (),
        *,
        account: str | CustomerAccount = "main",
        currency: str = "",
        issued: date | None = None,
        now: datetime | None = None,
        **facts: Any,
    ) -> Invoice:
        """Post an invoice as the supplier's ERP does, and return it as the ledger has it.

        total: what is to be paid, as text; or lines: (name, quantity, net unit price) each. `facts` are those of
        `Bill`: number, due, tax (percent, default 0), freight, order, note.
        """
        to = self.accounts[account] if isinstance(account, str) else account
        moment = now or clock.now()
        goods = tuple((Good(name, price), Decimal(quantity)) for name, quantity, price in lines)
        facts.setdefault("number", f"T-{next(_numbers):05d}")
        bill = Bill(
            account=to, currency=currency or to.currency, goods=goods or ((Good("Goods", total or "100"), Decimal(1)),),
            issued=issued or clock.today(to.supplier.time_zone, at=moment), **facts,
        )  # fmt: skip
        return self.post(bill, now=moment)

    def post(self, bill: Bill, *, now: datetime, erp: Actor | None = None, **arrival: Any) -> Invoice:
        """Hand a bill in through the platform's one way in. Raises LookupError where it is held back."""
        erp = erp or self.erp(next(word for word, row in self.companies.items() if row.pk == bill.account.supplier_id))
        facts = {"channel": "json", "account_number": bill.account.number, **arrival}
        presentment = receive(erp, Arrival(bill.document(), judged=True, **facts), now=now).presentment
        if presentment.invoice is None:
            raise LookupError(f"{bill.number} was held back: {presentment.faults}")
        return presentment.invoice


@transaction.atomic
def build(kind: type[World] = World, *, now: datetime | None = None) -> World:
    """Build the cast by doing: companies, accounts, people, approval rules and API keys; no invoice yet."""
    world = kind()
    for company in cast.COMPANIES:
        world.companies[company.word] = create_organisation(
            name=company.name, side=company.side, slug=company.slug, **company.facts
        )
    _open_accounts(world)
    for player in cast.PEOPLE:
        _introduce(world, player, now)
    for rule in cast.RULES:
        starts_at = Money.parse(rule.starts_at, rule.currency)
        ApprovalRule.objects.create(buyer=world.companies[rule.company], currency=rule.currency,
                                    from_minor=starts_at.minor, four_eyes=rule.four_eyes)  # fmt: skip
    for limit in cast.AUTHORITY:
        alone = Money.parse(limit.alone, limit.currency).minor
        AuthorityLimit.objects.create(
            supplier=world.companies[limit.company], role=limit.role, kind="credit", currency=limit.currency,
            alone_minor=alone, second_minor=alone if limit.role == "ar_clerk" else None,
        )  # fmt: skip
    connect(world, cast.PROGRAMS)
    return world


def connect(world: World, programs: Iterable[cast.Program]) -> None:
    """Give each program a new API key; the secrets are in `world.keys`."""
    for program in programs:
        _, world.keys[program.company] = create_api_key(
            organisation=world.companies[program.company], name=program.name, scopes=program.scopes
        )


def new_password() -> str:
    """Nobody's first password can be guessed, not even an example's."""
    return secrets.token_urlsafe(9)


def _open_accounts(world: World) -> None:
    for body in cast.BODIES:
        create_legal_entity(
            organisation=world.companies[body.company], name=body.name, code=body.code, country=body.country,
            postal=body.postal, bank_accounts=body.bank_accounts, vat_id=body.vat_id, legal_id=body.legal_id,
            **body.facts,
        )  # fmt: skip
    for account in cast.ACCOUNTS:
        world.accounts[account.word] = create_account(
            supplier=world.companies[account.supplier], number=account.number, name=account.name,
            buyer=world.companies[account.buyer] if account.buyer else None, currency=account.currency,
            parent=world.accounts[account.parent] if account.parent else None, postal=account.postal,
            credit_limit=Money.parse(account.limit, account.currency) if account.limit else None,
            identifiers=account.identifiers, terms_days=account.terms_days,
        )  # fmt: skip


def _introduce(world: World, player: cast.Player, now: datetime | None) -> None:
    domain = next(company.domain for company in cast.COMPANIES if company.word == player.company)
    password = world.passwords[player.word] = new_password()
    person = create_person(
        username=player.word, email=f"{player.word}@{domain}", name=player.name, password=password
    )  # fmt: skip
    add_member(person=person, organisation=world.companies[player.company], roles=player.roles, now=now)
    world.people[player.word] = person
