"""Entitlement: who listens at a socket, by their session; and who of many still may, in a few queries for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from eipp.accounts import second_factor
from eipp.accounts.membership import active_memberships, actor_of, closed_accounts
from eipp.accounts.models import Membership, Person
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from messaging import topics

ORGANISATION = "organisation"  # the session's key for whom the person acts, as the pages' middleware writes it


@dataclass(frozen=True, slots=True)
class Listener:
    """A person at a socket, as they were when it opened: another password, session or membership ends it."""

    session_key: str
    password_hash: str
    actor: Actor
    membership: tuple[Any, ...]


@database_sync_to_async
def listener(headers: Iterable[tuple[bytes, bytes]]) -> Listener | None:
    """Who opens a socket, by the session's cookie; None for whoever is not signed in, works for nobody, or has still to
    set up the second factor that the organisation asks for."""
    session_key = _session_key(headers)
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person = get_user(request)
    if not isinstance(person, Person):
        return None
    actor = _acting(person, request.session)
    facts = _memberships({person.pk}).get((person.pk, actor.organisation_id))
    if facts is None:
        return None
    return Listener(session_key, str(request.session.get(HASH_SESSION_KEY)), actor, facts)


@database_sync_to_async
def still_entitled(listeners: Sequence[Listener]) -> set[Listener]:
    """Those whose session, password and membership are what they were: five queries for all of them."""
    people = {each.actor.person_id for each in listeners if each.actor.person_id}
    hashes: dict[Any, set[str]] = {
        person.pk: _hashes(person) for person in Person.objects.filter(pk__in=people, is_active=True)
    }
    memberships = _memberships(people)
    sessions = _sessions({each.session_key for each in listeners})
    return {
        each
        for each in listeners
        if each.session_key in sessions
        and each.password_hash in hashes.get(each.actor.person_id, ())
        and memberships.get((each.actor.person_id, each.actor.organisation_id)) == each.membership
    }


@database_sync_to_async
def allowed(actor: Actor, wanted: Sequence[str]) -> list[str]:
    """The topics among the wanted that the actor may listen to."""
    return [topic for topic in wanted if topics.may_subscribe(actor, topic)]


def _session_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    cookies: SimpleCookie = SimpleCookie()
    try:
        for name, value in headers:
            if name == b"cookie":
                cookies.load(value.decode("latin-1"))
    except CookieError:
        return ""
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def _acting(person: Person, session: Mapping[str, Any]) -> Actor:
    """For the organisation chosen, or the one joined first when the choice is none of the person's."""
    active, chosen = active_memberships(person), session.get(ORGANISATION)
    membership = next((each for each in active if str(each.organisation_id) == chosen), active[0] if active else None)
    if membership is None or second_factor.is_wanting(session, membership.organisation):
        return Actor.nobody()
    return actor_of(membership, person)


def _hashes(person: Person) -> set[str]:
    return {person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()}


def _sessions(keys: set[str]) -> set[str]:
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.real())
    return set(alive.values_list("session_key", flat=True))


def _memberships(people: set[Any]) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    """For each active membership (person, organisation), what it allows, and what the supplier closed."""
    active = list(Membership.objects.filter(person__in=people, ended_at=None).prefetch_related("accounts"))
    closed: dict[Any, list[str]] = {}
    buyers = {row.organisation_id for row in active}
    for buyer_id, account_id in closed_accounts().filter(buyer__in=buyers).values_list("buyer_id", "pk"):
        closed.setdefault(buyer_id, []).append(str(account_id))
    return {
        (row.person_id, row.organisation_id): (
            row.pk, row.all_accounts, *sorted(row.roles), *sorted(str(account.pk) for account in row.accounts.all()),
            "closed", *sorted(closed.get(row.organisation_id, ())),
        )
        for row in active
    }  # fmt: skip
