"""What a supplier's ERP says of its customers: accounts opened or changed by their numbers, again and again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from eipp.accounts.account_identifier import KINDS, AccountIdentifier
from eipp.accounts.customer_account import CustomerAccount, add_identifier, change_account, create_account
from eipp.accounts.discount_terms import discount_steps, written
from eipp.accounts.legal_entity import LegalEntity
from eipp.accounts.mail_address import clean_address
from eipp.accounts.organisation import Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Upserted:
    """outcome: `created`, `changed` or `unchanged`."""

    account: CustomerAccount
    outcome: str


def upsert_account(actor: Actor, number: str, said: Mapping[str, Any]) -> Upserted:
    """Open the account of this number, or change in it what is said; what is not said stays as it is.

    said: name, currency, terms_days, discount_terms, credit_limit (an amount's text, or None), parent (a number),
    legal_entity (a code), address, email, phone, identifiers (kind, scheme, value), added to those it has. Events:
    `customer_account.opened`, `customer_account.changed`. Refusal (422) names the field.
    """
    require(actor, "account.administer")
    for _ in range(2):
        try:
            with transaction.atomic():
                known = CustomerAccount.objects.visible_to(actor).filter(number=number).first()
                return _change(actor, known, said) if known else _open(actor, number, said)
        except IntegrityError as error:  # somebody opened it at this very moment
            cause = error
    raise cause


def change(actor: Actor, account: CustomerAccount, said: Mapping[str, Any]) -> Upserted:
    """The same for an account that was found."""
    require(actor, "account.administer")
    with transaction.atomic():
        return _change(actor, account, said)


def _open(actor: Actor, number: str, said: Mapping[str, Any]) -> Upserted:
    for field in ("name", "currency"):
        if not said.get(field):
            raise Refusal("missing_field", "A new account needs a name and a currency.", status=422, field=field)
    try:
        decimals(said["currency"])
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, status=422, field="currency") from None
    assert actor.organisation_id  # whoever keeps accounts does so for a supplier
    supplier = Organisation.objects.get(pk=actor.organisation_id)
    facts = _plain(said, "terms_days", "discount_terms", "email", "phone")
    account = create_account(
        supplier=supplier, number=number, name=said["name"], currency=said["currency"],
        legal_entity=_entity(actor, said["legal_entity"]) if said.get("legal_entity") else None,
        parent=_parent(actor, said["parent"]) if said.get("parent") else None,
        credit_limit=_limit(said.get("credit_limit"), said["currency"]), postal=said.get("address"),
        identifiers=[_mark(each, index) for index, each in enumerate(said.get("identifiers", ()))], actor=actor,
        **facts,
    )  # fmt: skip
    return Upserted(account, "created")


def _change(actor: Actor, account: CustomerAccount, said: Mapping[str, Any]) -> Upserted:
    _refuse_fixed(account, said)
    facts = _plain(said, "name", "terms_days", "discount_terms", "email", "phone", "address")
    if "credit_limit" in said:
        facts["credit_limit"] = _limit(said["credit_limit"], account.currency)
    if said.get("legal_entity"):
        facts["legal_entity"] = _entity(actor, said["legal_entity"])
    before = {name: getattr(account, name) for name in facts}
    account = change_account(actor, account, **facts)
    changed = before != {name: getattr(account, name) for name in facts}
    known = set(AccountIdentifier.objects.filter(account=account).values_list("pk", flat=True))
    marks = [_mark(each, index) for index, each in enumerate(said.get("identifiers", ()))]
    added = {add_identifier(account, kind=kind, scheme=scheme, value=value).pk for kind, scheme, value in marks} - known
    if added:
        events.record("customer_account.changed", account, actor, data={"fields": ["identifiers"]})
    return Upserted(account, "changed" if changed or added else "unchanged")


def _plain(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those of the facts that are said, in the form in which they are kept."""
    facts = {name: said[name] for name in names if name in said}
    if facts.get("email"):
        facts["email"] = clean_address(facts["email"])
    if "discount_terms" in facts:
        facts["discount_terms"] = written(discount_steps(facts["discount_terms"]))
    for name, longest in (("name", 200), ("phone", 40)):
        if name in facts:
            facts[name] = plain(facts[name], field=name, longest=longest)
    return facts


def _refuse_fixed(account: CustomerAccount, said: Mapping[str, Any]) -> None:
    if said.get("currency") and said["currency"] != account.currency:
        raise Refusal("currency_fixed", f"Account {account.number} is kept in {account.currency}: open another one.",
                      field="currency")  # fmt: skip
    if said.get("parent") and (account.parent is None or account.parent.number != said["parent"]):
        raise Refusal("parent_fixed", f"Account {account.number} stays where it is in the tree.", field="parent")


def _entity(actor: Actor, code: str) -> LegalEntity:
    entity = LegalEntity.objects.visible_to(actor).filter(code=code).first()
    if entity is None:
        raise Refusal(
            "unknown_legal_entity", "You have no legal entity of this code.", status=422, field="legal_entity"
        )
    return entity


def _parent(actor: Actor, number: str) -> CustomerAccount:
    parent = CustomerAccount.objects.visible_to(actor).filter(number=number).first()
    if parent is None:
        raise Refusal("unknown_account", "You have no customer account of this number.", status=422, field="parent")
    return parent


def _limit(written: str | None, currency: str) -> Money | None:
    if written is None:
        return None
    try:
        limit = Money.parse(written, currency)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, status=422, field="credit_limit") from None
    if limit.minor < 0:
        raise Refusal("invalid_amount", "A credit limit is not below zero.", status=422, field="credit_limit")
    return limit


def _mark(written: tuple[str, str, str], index: int) -> tuple[str, str, str]:
    if written[0] not in dict(KINDS):
        raise Refusal("unknown_word", f"Choose one of: {', '.join(dict(KINDS))}.", status=422,
                      field=f"identifiers[{index}].kind")  # fmt: skip
    return written
