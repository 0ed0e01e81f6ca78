"""Membership: a person works for an organisation, in roles, for all of its customer accounts or for some."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.customer_account import DEEPEST, CustomerAccount
from eipp.accounts.organisation import BUYER, SETUP, Organisation
from eipp.accounts.person import Person
from eipp.accounts.roles import check_roles, require, rights_of_roles
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor, Side
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

ADMINISTRATORS = ("buyer_administrator", "supplier_administrator")


class Membership(Entity):
    """Where `all_accounts` is false, the person sees only the accounts listed and the branches below them.

    `active_memberships` looks up `has_closed`: whether the portal is switched off for some of the accounts.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    roles = models.JSONField(default=list)
    all_accounts = models.BooleanField(default=True)
    accounts = models.ManyToManyField(CustomerAccount, related_name="limited_memberships")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    scope = Scope(supplier="organisation_id", buyer="organisation_id")

    class Meta:
        ordering = ("started_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "organisation"), condition=Q(ended_at=None), name="membership_one_active"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} @ {self.organisation}"

    def event_scope(self) -> EventScope:
        return self.organisation.event_scope()


@transaction.atomic
def add_member(
    *,
    person: Person,
    organisation: Organisation,
    roles: Iterable[str],
    accounts: Sequence[CustomerAccount] | None = None,
    actor: Actor = SETUP,
    now: datetime | None = None,
) -> Membership:
    """Let a person work for an organisation; `accounts` None means all of them. Who is a member already gets the
    further roles. Event: `membership.started` or `membership.changed`."""
    wanted = check_roles(roles, side=organisation.side)
    chosen = check_accounts(organisation, accounts)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    membership = Membership.objects.filter(person=person, organisation=organisation, ended_at=None).first()
    if membership:
        return _widen(membership, wanted, chosen, actor)
    membership = Membership.objects.create(
        person=person, organisation=organisation, roles=wanted, all_accounts=chosen is None,
        started_at=now or clock.now(),
    )  # fmt: skip
    membership.accounts.set(chosen or ())
    data = {"roles": wanted, "person_id": str(person.pk)}
    events.record("membership.started", membership, actor, concerns=(person,), data=data)
    return membership


@transaction.atomic
def change_member(
    actor: Actor, membership: Membership, *, roles: Iterable[str], accounts: Sequence[CustomerAccount] | None = None
) -> None:
    """Give a member other roles or other accounts. Event: `membership.changed`.

    Nobody gives themselves a role: Refusal (409) for one's own membership and a role that is not in it yet.
    """
    require(actor, "team.administer")
    membership = _locked(actor, membership)
    chosen = check_accounts(membership.organisation, accounts)
    wanted = check_roles(roles, side=membership.organisation.side)
    if not set(wanted) & set(ADMINISTRATORS):
        _refuse_last_administrator(membership)
    _refuse_raising_oneself(actor, membership, wanted)
    refuse_beyond(actor, chosen)
    _change(membership, wanted, chosen, actor)


@transaction.atomic
def remove_member(actor: Actor, membership: Membership, *, now: datetime | None = None) -> None:
    """End a membership: from the next request on the person sees nothing of it. Event: `membership.ended`."""
    require(actor, "team.administer")
    membership = _locked(actor, membership)
    _refuse_last_administrator(membership)
    membership.ended_at = now or clock.now()
    membership.save(update_fields=["ended_at"])
    data = {"person_id": str(membership.person_id)}
    events.record("membership.ended", membership, actor, concerns=(membership.person,), data=data)


def administered_by(actor: Actor) -> models.QuerySet[Membership]:
    """The active memberships that an administrator may change: all of the organisation's, or, for one who works for
    some accounts only, those that reach no further."""
    rows = Membership.objects.visible_to(actor).filter(ended_at=None).select_related("person", "organisation")
    if not actor.is_limited:
        return rows
    listed = Membership.accounts.through.objects.filter(membership=OuterRef("pk"))
    beyond = listed.exclude(customeraccount__in=actor.account_ids or ())
    return rows.filter(Exists(listed), all_accounts=False).exclude(Exists(beyond))


def refuse_beyond(actor: Actor, accounts: Sequence[CustomerAccount] | None) -> None:
    """Refusal (403) when an administrator who works for some accounts only would give more than those."""
    if not actor.is_limited:
        return
    if accounts is None or any(account.pk not in (actor.account_ids or ()) for account in accounts):
        sentence = "You work for some accounts only, so you can let others work for these alone."
        raise Refusal("beyond_own_accounts", sentence, status=403, field="accounts")


def active_memberships(person: Person) -> list[Membership]:
    """What a person may act for now, oldest first: one query, and none for a login that is switched off."""
    if not person.is_active:
        return []
    active = Membership.objects.filter(person=person, ended_at=None).select_related("organisation")
    return list(active.annotate(has_closed=Exists(closed_accounts().filter(buyer=OuterRef("organisation")))))


def actor_of(membership: Membership, person: Person, *, via: str = "web", request_id: str = "") -> Actor:
    """The actor that an active membership makes of a person; one query more where it is limited to some accounts."""
    organisation = membership.organisation
    side: Side = "buyer" if organisation.side == BUYER else "supplier"
    whole = membership.all_accounts and not membership.has_closed  # type: ignore[attr-defined]
    return Actor(
        kind="person", side=side, organisation_id=organisation.pk, person_id=person.pk, name=str(person),
        rights=rights_of_roles(membership.roles, side=side), roles=frozenset(membership.roles),
        account_ids=None if whole else _account_ids(membership), sees_unassigned=membership.all_accounts,
        via=via, request_id=request_id,
    )  # fmt: skip


def actor_for(person: Person, organisation_id: UUID | None = None, *, via: str = "web", request_id: str = "") -> Actor:
    """The person acting for an organisation (by default the one they joined first): at most two queries.

    Whoever is not a member is nobody: an actor who sees nothing and may nothing.
    """
    for membership in active_memberships(person):
        if organisation_id in (None, membership.organisation_id):
            return actor_of(membership, person, via=via, request_id=request_id)
    return Actor.nobody()


def check_accounts(
    organisation: Organisation, accounts: Sequence[CustomerAccount] | None
) -> list[CustomerAccount] | None:
    """The accounts a member is limited to; Refusal (422) for none at all or one of somebody else's."""
    if accounts is None:
        return None
    side = "buyer_id" if organisation.side == BUYER else "supplier_id"
    if not accounts or any(getattr(account, side) != organisation.pk for account in accounts):
        raise Refusal("wrong_account", "Choose accounts of this organisation.", status=422, field="accounts")
    return list(accounts)


def closed_accounts() -> models.QuerySet[CustomerAccount]:
    """The accounts whose supplier lets nobody in: they do not exist for the buyer's people and programs."""
    return CustomerAccount.objects.filter(portal_enabled=False)


def open_account_ids(buyer: Organisation) -> frozenset[UUID]:
    """The buyer's accounts that its people and programs may look into."""
    return frozenset(CustomerAccount.objects.filter(buyer=buyer, portal_enabled=True).values_list("pk", flat=True))


def _account_ids(membership: Membership) -> frozenset[UUID]:
    if membership.all_accounts:
        return open_account_ids(membership.organisation)
    above = Q()
    for level in range(DEEPEST):
        above |= Q(**{"parent__" * level + "limited_memberships": membership})
    found = CustomerAccount.objects.filter(above)
    if membership.organisation.side == BUYER:
        found = found.filter(portal_enabled=True)
    return frozenset(found.values_list("pk", flat=True))


def _widen(
    membership: Membership, roles: list[str], accounts: list[CustomerAccount] | None, actor: Actor
) -> Membership:
    both = sorted({*membership.roles, *roles})
    if membership.all_accounts or accounts is None:
        return _change(membership, both, None, actor)
    return _change(membership, both, [*membership.accounts.all(), *accounts], actor)


def _change(
    membership: Membership, roles: list[str], accounts: list[CustomerAccount] | None, actor: Actor
) -> Membership:
    membership.roles, membership.all_accounts = roles, accounts is None
    membership.save(update_fields=["roles", "all_accounts"])
    membership.accounts.set(accounts or ())
    data = {"roles": roles, "person_id": str(membership.person_id)}
    events.record("membership.changed", membership, actor, concerns=(membership.person,), data=data)
    return membership


def _locked(actor: Actor, membership: Membership) -> Membership:
    """The organisation's row is the lock, so that two administrators cannot remove each other at once."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    fresh = Membership.objects.visible_to(actor).select_related("organisation", "person").get(pk=membership.pk)
    if fresh.ended_at:
        raise Refusal("membership_ended", f"{fresh.person} is no longer a member.", status=409)
    if actor.is_limited:
        administered_by(actor).get(pk=fresh.pk)  # who works for more does not exist for them
    return fresh


def _refuse_raising_oneself(actor: Actor, membership: Membership, wanted: list[str]) -> None:
    if actor.person_id == membership.person_id and set(wanted) - set(membership.roles):
        sentence = "Nobody gives themselves a role: another administrator does that."
        raise Refusal("own_roles", sentence, status=409, field="roles")


def _refuse_last_administrator(membership: Membership) -> None:
    if not set(membership.roles) & set(ADMINISTRATORS):
        return
    others = Membership.objects.filter(organisation=membership.organisation, ended_at=None).exclude(pk=membership.pk)
    if not any(set(other.roles) & set(ADMINISTRATORS) for other in others.filter(person__is_active=True)):
        sentence = "This is the only administrator: make a colleague administrator first."
        raise Refusal("last_administrator", sentence, status=409)
