"""Loading the example world: once per database, however often and by however many it is started."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from eipp.accounts import sign_in
from eipp.accounts.api_key import actor_for_key, revoke_api_key
from eipp.accounts.models import ApiKey
from eipp.accounts.organisation import SETUP, Organisation
from eipp.demo import cast, day, handout, histories, mailboxes, ways
from eipp.demo.world import World, build, connect, new_password
from eipp.kernel import clock, lease

LEASE, PATIENCE = "example world", 120  # seconds


def load() -> bool:
    """See to it that the world is there and its handout fits; True when it was built just now.

    Raises TimeoutError when another process began to load it and does not come to an end.
    """
    with _alone():
        standing = World.found()
        if standing is None:
            handout.write(raise_curtain())
        elif not _fits():
            handout.write(_hand_out_anew(standing))
        else:
            handout.follow_address()
        day.note_world(is_alone=_is_alone())
        return standing is None


@transaction.atomic
def raise_curtain() -> World:
    """Everything, from nothing."""
    with clock.made_up_past():
        world = build()
        histories.fill(world)
    ways.set_up(world)
    mailboxes.put_up(world)
    return world


def _is_alone() -> bool:
    """Whether nobody but the cast is kept here."""
    return not Organisation.objects.exclude(slug__in=[company.slug for company in cast.COMPANIES]).exists()


def _fits() -> bool:
    """Whether the handout is there and of this database."""
    key = handout.key_of(cast.PROGRAMS[0].company)
    return bool(key) and actor_for_key(key) is not None


@transaction.atomic
def _hand_out_anew(world: World) -> World:
    """The file is lost: passwords and keys, which are kept nowhere else, are given out again."""
    names = {(world.companies[program.company].pk, program.name) for program in cast.PROGRAMS}
    for key in ApiKey.objects.filter(revoked_at=None, organisation__in=world.companies.values()):
        if (key.organisation_id, key.name) in names:
            revoke_api_key(SETUP, key)
    for word, person in world.people.items():
        world.passwords[word] = new_password()
        sign_in.change_password(person, password=world.passwords[word])
    connect(world, cast.PROGRAMS)
    return world


@contextmanager
def _alone() -> Iterator[None]:
    """Of several that start at once one loads; the others wait and find it done."""
    end = time.monotonic() + PATIENCE
    while not lease.take(LEASE, seconds=PATIENCE):
        if time.monotonic() > end:
            raise TimeoutError(f"Another process has been loading the example world for {PATIENCE} seconds.")
        time.sleep(0.5)
    try:
        yield
    finally:
        lease.give_back(LEASE)
