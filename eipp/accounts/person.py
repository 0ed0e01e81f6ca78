"""Person: one human being with one login, whoever they work for."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction

from eipp.accounts.address import address
from eipp.accounts.organisation import SETUP
from eipp.accounts.plain_text import folded, plain
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.record import uuid7
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope

USERNAME_LENGTH = 60
FOLDED_LENGTH = 400
THEMES = (("", "As my device"), ("light", "Light"), ("dark", "Dark"))
LANGUAGES = (("", "As my organisation"), ("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"))


class PersonManager(BaseUserManager["Person"]):
    """Finds people by what they type."""

    def find(self, login: str) -> "Person | None":
        """The person with this user name or e-mail address, in any case; user names contain no @."""
        column = "email_folded" if "@" in login else "username_folded"
        typed = folded(login.strip())
        if not typed or len(typed) > FOLDED_LENGTH or "\x00" in typed or not _encodable(typed):
            return None
        return self.filter(**{column: typed}).first()

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username_folded=folded(username or ""))


class Person(AbstractBaseUser):
    """`email` is proven; the folded columns make user name and e-mail unique and findable without regard to case.

    acts_for: the organisation chosen last, with which the next sign-in begins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField("user name", max_length=USERNAME_LENGTH)
    username_folded = models.CharField(max_length=FOLDED_LENGTH, unique=True, editable=False)
    email = models.EmailField("e-mail address")
    email_folded = models.CharField(max_length=FOLDED_LENGTH, unique=True, editable=False)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    address = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=5, blank=True, choices=LANGUAGES)
    theme = models.CharField(max_length=5, blank=True, choices=THEMES)
    is_active = models.BooleanField(default=True)
    acts_for = models.UUIDField(null=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username_folded, self.email_folded = folded(self.username), folded(self.email)
        if written := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*written, *(f"{name}_folded" for name in written if name in _FOLDED)}
        super().save(*args, **kwargs)

    def event_scope(self) -> EventScope:
        """A login is nobody's but the person's: its events are in no organisation's record."""
        return EventScope()

    @property
    def actor(self) -> Actor:
        """The person as such, who acts on their own login and sees no organisation's rows."""
        return Actor(kind="person", side="buyer", person_id=self.pk, name=str(self))


_FOLDED = ("username", "email")


@transaction.atomic
def create_person(
    *, username: str, email: str, name: str, password: str | None = None, actor: Actor = SETUP, **facts: Any
) -> Person:
    """Make a login whose e-mail address counts as proven; without a password it must be reset. `person.created`.

    Refusal (422) when the user name or address is taken or cannot be one.
    """
    facts["address"] = address(facts.get("address"))
    person = Person(
        username=clean_username(username), email=clean_email(email),
        name=plain(name, field="name", longest=200), **facts,
    )  # fmt: skip
    person.set_password(password)
    refuse_taken(person)
    save_unique(person)
    proven: Any = person  # allauth's rows of addresses hang on it
    proven.emailaddress_set.create(email=person.email.lower(), verified=True, primary=True)
    events.record("person.created", person, actor)
    return person


@transaction.atomic
def change_username(person: Person, *, username: str) -> None:
    """Choose another user name; another spelling of one's own is fine. Event: `person.username_changed`."""
    person.username = clean_username(username)
    refuse_taken(person)
    save_unique(person, "username")
    events.record("person.username_changed", person, person.actor)


@transaction.atomic
def change_profile(
    person: Person, *, name: str, phone: str = "", postal: Mapping[str, str] | None = None,
    language: str = "", theme: str = "",
) -> None:  # fmt: skip
    """Change what a person says of themselves. Event: `person.profile_changed`, naming the fields only."""
    if not plain(name, field="name", longest=200):
        raise Refusal("name_missing", "Please write your name.", status=422, field="name")
    written = {
        "name": plain(name, field="name", longest=200), "phone": plain(phone, field="phone", longest=40),
        "address": address(postal), "language": language, "theme": theme,
    }  # fmt: skip
    changed = sorted(field for field, value in written.items() if getattr(person, field) != value)
    if changed:
        for field in changed:
            setattr(person, field, written[field])
        person.save(update_fields=changed)
        events.record("person.profile_changed", person, person.actor, data={"fields": changed})


def act_next_time_for(person: Person, organisation_id: UUID) -> None:
    """Let the next sign-in begin with this organisation; whether the person works there is asked then."""
    Person.objects.filter(pk=person.pk).update(acts_for=organisation_id)


def clean_username(text: str) -> str:
    """A user name as it may be chosen: letters, digits and . _ - ', no @; Refusal (422) otherwise."""
    name = plain(text, field="username", longest=USERNAME_LENGTH)
    if len(name) < 2:
        raise Refusal("username_short", "A user name has at least two characters.", status=422, field="username")
    if "@" in name:
        sentence = "A user name contains no @: sign in with your e-mail address or with your user name."
        raise Refusal("username_at", sentence, status=422, field="username")
    if not all(unicodedata.category(sign)[0] in "LMN" or sign in "._-'" for sign in name) or "@" in folded(name):
        sentence = "Use letters, digits and . _ - ' only, without spaces."
        raise Refusal("username_signs", sentence, status=422, field="username")
    return name


def clean_email(text: str) -> str:
    """An e-mail address as it may be put on record; Refusal (422) otherwise."""
    email = plain(text, field="email", longest=254)
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal("email_invalid", "This is not an e-mail address.", status=422, field="email") from None
    return email


def refuse_taken(person: Person) -> None:
    """Refusal (422) when somebody else has the user name or the e-mail address."""
    others = Person.objects.exclude(pk=person.pk)
    if others.filter(username_folded=folded(person.username)).exists():
        raise _taken("username")
    if others.filter(email_folded=folded(person.email)).exists():
        raise _taken("email")


def save_unique(person: Person, *fields: str) -> None:
    """Save; of two who choose the same name at the same moment the database lets one, the other gets the Refusal."""
    try:
        with transaction.atomic():
            person.save(update_fields=fields) if fields else person.save(force_insert=True)
    except IntegrityError as error:
        raise _taken("email" if "email" in str(error) else "username") from None


def names_of(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of the people with these ids, for bylines; one query."""
    wanted = {identity for identity in ids if identity}
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=wanted).only("name", "username")}


def _taken(field: str) -> Refusal:
    word = {"username": "user name", "email": "e-mail address"}[field]
    return Refusal(f"{field}_taken", f"This {word} is taken already.", status=422, field=field)


def _encodable(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
