"""Customer account: a buyer's account with one supplier, as the supplier's ERP knows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from eipp.accounts.account_identifier import AccountIdentifier, folded_identifier
from eipp.accounts.address import address
from eipp.accounts.legal_entity import LegalEntity
from eipp.accounts.organisation import BUYER, SETUP, SUPPLIER, Organisation
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

CHANGEABLE = frozenset("name terms_days discount_terms credit_limit cash_only email phone address legal_entity".split())
_COLUMNS = {"credit_limit": "credit_limit_minor"}
DEEPEST = 4  # levels of the tree: group, bill-to, ship-to, branch


class CustomerAccount(Entity):
    """One account: terms in days and for early payment (`discount_terms.py`), currency, credit limit. `number` is the
    ERP's; `buyer` is empty until one signs up.

    cash_only: pays at delivery and gets no credit; portal_enabled: the buyer's people and programs may look into it.

    Accounts form a tree of at most `DEEPEST` levels (bill-to, ship-to): a parent sees and pays for its children.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="customer_accounts")
    buyer = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="supplier_accounts")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="customer_accounts")
    number = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    depth = models.PositiveSmallIntegerField(default=1)
    currency = models.CharField(max_length=3)
    terms_days = models.PositiveSmallIntegerField(default=30)
    discount_terms = models.CharField(max_length=100, blank=True)
    credit_limit_minor = models.BigIntegerField(null=True)
    cash_only = models.BooleanField(default=False)
    portal_enabled = models.BooleanField(default=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    address = models.JSONField(default=dict)
    country = models.CharField(max_length=2, blank=True)
    credit_limit = MoneyOf("credit_limit_minor")
    scope = Scope(supplier="supplier_id", buyer="buyer_id", account="id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("supplier", "number"), name="account_number"),
            models.CheckConstraint(condition=Q(credit_limit_minor__gte=0), name="account_limit"),
            models.CheckConstraint(condition=Q(depth__gte=1, depth__lte=DEEPEST), name="account_depth"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="account_not_its_own_parent"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id, buyer_id=self.buyer_id, account_id=self.pk)


@transaction.atomic
def create_account(
    *,
    supplier: Organisation,
    number: str,
    name: str,
    currency: str,
    buyer: Organisation | None = None,
    legal_entity: LegalEntity | None = None,
    parent: CustomerAccount | None = None,
    credit_limit: Money | None = None,
    postal: Mapping[str, str] | None = None,
    identifiers: Iterable[tuple[str, str, str]] = (),
    actor: Actor = SETUP,
    **facts: Any,
) -> CustomerAccount:
    """Open an account; a child belongs to its parent's buyer; `identifiers` are (kind, scheme, value).

    Event: `customer_account.opened`. Raises Refusal (422) on facts that do not fit together.
    """
    require(actor, "account.administer")
    Organisation.objects.visible_to(actor).get(pk=supplier.pk)
    decimals(currency)
    buyer = buyer or (parent.buyer if parent else None)
    entity = legal_entity or supplier.legal_entities.get(is_default=True)
    _check_family(supplier, buyer, entity, parent)
    where = address(postal)
    account = CustomerAccount(
        supplier=supplier, buyer=buyer, legal_entity=entity, parent=parent, depth=parent.depth + 1 if parent else 1,
        number=plain(number, field="number", longest=60), name=plain(name, field="name", longest=200),
        currency=currency, address=where,
        **{"postal_code": where.get("postal_code", ""), "country": where.get("country", ""),
           "portal_enabled": buyer is not None, **facts},
    )  # fmt: skip
    account.credit_limit = credit_limit
    account.save(force_insert=True)
    for kind, scheme, value in identifiers:
        add_identifier(account, kind=kind, scheme=scheme, value=value)
    events.record("customer_account.opened", account, actor)
    return account


@transaction.atomic
def change_account(actor: Actor, account: CustomerAccount, **facts: Any) -> CustomerAccount:
    """Change some of `CHANGEABLE`; Event: `customer_account.changed`, naming the fields."""
    require(actor, "account.administer")
    if unknown := set(facts) - CHANGEABLE:
        raise ValueError(f"an account's {', '.join(sorted(unknown))} cannot be changed so")
    account = CustomerAccount.objects.visible_to(actor).select_for_update().get(pk=account.pk)
    if "address" in facts:
        where = facts["address"] = address(facts["address"])
        facts |= {"postal_code": where.get("postal_code", ""), "country": where.get("country", "")}
    changed = sorted(name for name, value in facts.items() if getattr(account, name) != value)
    if changed:
        for name in changed:
            setattr(account, name, facts[name])
        account.save(update_fields=[_COLUMNS.get(name, name) for name in changed])
        events.record("customer_account.changed", account, actor, data={"fields": changed})
    return account


def switch_portal(actor: Actor, account: CustomerAccount, *, on: bool) -> CustomerAccount:
    """Let the buyer's people and programs in, or nobody any more; whether it may be is `portal_access.py`'s question.

    Inside the caller's transaction. Events: `customer_account.portal_opened`, `customer_account.portal_closed`.
    """
    require(actor, "account.administer")
    account = CustomerAccount.objects.visible_to(actor).select_for_update().get(pk=account.pk)
    if account.portal_enabled == on:
        return account
    account.portal_enabled = on
    account.save(update_fields=["portal_enabled"])
    if on:
        events.record("customer_account.portal_opened", account, actor)
    else:
        events.record("customer_account.portal_closed", account, actor)
    return account


def connect_buyer(account: CustomerAccount, buyer: Organisation, *, actor: Actor) -> None:
    """Nobody had signed up for the account; from now on it is this buyer's. Event: `customer_account.connected`."""
    account.buyer = buyer
    account.save(update_fields=["buyer"])
    events.record("customer_account.connected", account, actor)


def add_identifier(account: CustomerAccount, *, kind: str, value: str, scheme: str = "") -> AccountIdentifier:
    """Let the account be recognised by one more mark; one it already has changes nothing."""
    value = plain(value, field=kind, longest=100)
    mark, _ = AccountIdentifier.objects.get_or_create(
        account=account, supplier_id=account.supplier_id, kind=kind, scheme=scheme,
        value_folded=folded_identifier(kind, value), defaults={"value": value},
    )  # fmt: skip
    return mark


def _check_family(
    supplier: Organisation, buyer: Organisation | None, entity: LegalEntity, parent: CustomerAccount | None
) -> None:
    if supplier.side != SUPPLIER or (buyer and buyer.side != BUYER):
        raise Refusal("wrong_side", "An account joins a supplier and a buyer.", status=422, field="buyer")
    if entity.organisation_id != supplier.pk:
        raise Refusal("wrong_entity", "The legal entity is not the supplier's.", status=422, field="legal_entity")
    if parent and (parent.supplier_id != supplier.pk or (buyer and parent.buyer_id != buyer.pk)):
        raise Refusal("wrong_parent", "The parent account has another supplier or buyer.", status=422, field="parent")
    if parent and parent.depth >= DEEPEST:
        raise Refusal("too_deep", f"Accounts nest at most {DEEPEST} levels.", status=422, field="parent")
