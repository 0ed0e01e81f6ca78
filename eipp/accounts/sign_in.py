"""What happens to a login, put on record: signed in and out, another password, another e-mail address."""

from dataclasses import replace

from django.db import transaction

from eipp.accounts.person import Person
from eipp.accounts.plain_text import folded
from eipp.accounts.session import end_quietly
from eipp.kernel import events


@transaction.atomic
def signed_in(person: Person, *, request_id: str = "") -> None:
    """Event: `person.signed_in`."""
    _record("person.signed_in", person, request_id)


@transaction.atomic
def signed_out(person: Person, *, request_id: str = "") -> None:
    """Event: `person.signed_out`."""
    _record("person.signed_out", person, request_id)


def change_password(person: Person, *, password: str, keep: str = "", request_id: str = "") -> None:
    """Keep another password; all sessions but the one to `keep` end with it. Event: `person.password_changed`."""
    person.set_password(password)  # costly by intent, so before the transaction
    with transaction.atomic():
        person.save(update_fields=["password"])
        end_quietly(person, but=keep)
        _record("person.password_changed", person, request_id)


def email_changed(person: Person, *, request_id: str = "") -> None:
    """Inside the caller's transaction, once the new address is proven. Event: `person.email_changed`."""
    _record("person.email_changed", person, request_id)


def is_taken(email: str, *, by_others_than: Person) -> bool:
    """Whether somebody else signs in with this e-mail address, in any spelling."""
    return Person.objects.exclude(pk=by_others_than.pk).filter(email_folded=folded(email)).exists()


def _record(name: str, person: Person, request_id: str) -> None:
    events.record(name, person, replace(person.actor, request_id=request_id))
