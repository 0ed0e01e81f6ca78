"""Second factor: that a person has one is put on record, and an organisation may ask its people for one.

The secrets are kept by django-allauth's rows; here stand the facts around them. Who asks for a second factor gives time
until the next sign-in: a session that began before goes on, a later one does nothing but set one up.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from eipp.accounts.membership import Membership
from eipp.accounts.organisation import Organisation
from eipp.accounts.person import Person
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal

#: Two facts of a session: when it began (seconds since 1970, UTC), and whether a second factor was used in it.
SIGNED_IN_AT, USED = "signed_in_at", "second_factor"


def is_wanting(session: Mapping[str, Any], organisation: Organisation) -> bool:
    """Whether the organisation asked for a second factor before this session began, and none was used in it."""
    asked, began = organisation.second_factor_since, session.get(SIGNED_IN_AT)
    return bool(asked and began is not None and began >= asked.timestamp() and not session.get(USED))


@transaction.atomic
def require_second_factor(actor: Actor, *, wanted: bool, now: datetime | None = None) -> None:
    """Ask all of one's organisation's people for a second factor from their next sign-in on, or no longer.

    Events: `organisation.second_factor_required`, `organisation.second_factor_released`.
    """
    require(actor, "team.administer")
    require_whole(actor)
    organisation = Organisation.objects.visible_to(actor).select_for_update().get()
    if wanted == bool(organisation.second_factor_since):
        return
    organisation.second_factor_since = (now or clock.now()) if wanted else None
    organisation.save(update_fields=["second_factor_since"])
    if wanted:
        events.record("organisation.second_factor_required", organisation, actor)
    else:
        events.record("organisation.second_factor_released", organisation, actor)


def added(person: Person, *, kind: str, request_id: str = "") -> None:
    """Inside the caller's transaction; kind: `totp` or `webauthn`. Event: `person.second_factor_added`."""
    events.record("person.second_factor_added", person, _self(person, request_id), data={"kind": kind})


def removed(person: Person, *, kind: str, request_id: str = "") -> None:
    """Inside the caller's transaction. Event: `person.second_factor_removed`."""
    events.record("person.second_factor_removed", person, _self(person, request_id), data={"kind": kind})


def renamed(person: Person, *, request_id: str = "") -> None:
    """Inside the caller's transaction. Event: `person.passkey_renamed`."""
    events.record("person.passkey_renamed", person, _self(person, request_id))


def codes_made(person: Person, *, request_id: str = "") -> None:
    """Inside the caller's transaction: earlier recovery codes open nothing now. Event: `person.recovery_codes_made`."""
    events.record("person.recovery_codes_made", person, _self(person, request_id))


def demanded_by(person: Person) -> list[Organisation]:
    """The organisations of the person's that ask for a second factor."""
    active = Membership.objects.filter(person=person, ended_at=None, organisation__second_factor_since__isnull=False)
    return [membership.organisation for membership in active.select_related("organisation")]


def refuse_last(person: Person, *, others: int) -> None:
    """Refusal (409) when the person's last factor is about to go while an organisation asks for one."""
    if not others and (asking := demanded_by(person)):
        sentence = f"{asking[0].name} asks for a second factor: set up another one before you remove this one."
        raise Refusal("second_factor_required", sentence, status=409)


def _self(person: Person, request_id: str) -> Actor:
    return replace(person.actor, request_id=request_id)
