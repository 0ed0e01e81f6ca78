"""Saved method: a card or bank account that a buyer keeps at a payee's gateway, to pay again without typing it.

We never see a number: the gateway's own page takes it and gives a token. What becomes of it are facts with times. A
token is good for one payee alone, whose gateway made it; a buyer keeps one for each.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import Exists, OuterRef, Q

from eipp.accounts.models import LegalEntity, Membership, Organisation, Person
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require, rights_of_roles
from eipp.gateways import failures
from eipp.kernel import clock, events, secrets
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope, ScopedQuerySet

KINDS = ("card", "bank_debit")
_LOCK = "saved method"


class SavedMethodQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's; who works for some accounts only sees those that name them."""
        rows = super().visible_to(actor)
        if not actor.is_limited:
            return rows
        named = SavedMethod.people.through.objects.filter(savedmethod=OuterRef("pk"), person=actor.person_id)
        return rows.filter(Exists(named))

    def kept(self) -> Self:
        """Those that were saved and not removed, stopped ones among them."""
        return self.filter(removed_at=None, saved_at__isnull=False)

    def live(self, on: date) -> Self:
        """Those that can be charged on that day."""
        return self.kept().filter(Q(expires_on=None) | Q(expires_on__gte=on), stopped_at=None)


class SavedMethod(Entity):
    """kind: `card` or `bank_debit`; label: as the gateway calls it ("card ending 4242"); name: as its owner does.

    requested -> (verifying, by two small amounts) -> saved, each a time; or failed, with its code. stopped_at: since
    when it is charged no more, for `stop_reason` (a code of `failures.py`). end_told: whether its owner
    heard that it is `expiring`, or has `expired`. for_everyone: whoever pays for the whole
    organisation may use it; otherwise only `people`.
    """

    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="saved_methods")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=30)
    kind = models.CharField(max_length=20)
    locked_token = models.TextField(blank=True)
    label = models.CharField(max_length=60, blank=True)
    last_digits = models.CharField(max_length=4, blank=True)
    expires_on = models.DateField(null=True)
    name = models.CharField(max_length=60, blank=True)
    for_everyone = models.BooleanField(default=True)
    people = models.ManyToManyField(Person, related_name="+")
    is_default = models.BooleanField(default=False)
    attempt = models.UUIDField()
    added_by = models.UUIDField(null=True)
    setup_url = models.URLField(max_length=2000, blank=True)
    requested_at = models.DateTimeField()
    verifying_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=40, blank=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=40, blank=True)
    removed_at = models.DateTimeField(null=True)
    end_told = models.CharField(max_length=10, blank=True)
    forgotten_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    callback_at = models.DateTimeField(null=True)
    scope = Scope(buyer="buyer_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(SavedMethodQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_saved_method_per_attempt"),
            models.UniqueConstraint(
                fields=["buyer", "legal_entity"], name="one_default_method_per_payee",
                condition=Q(is_default=True, removed_at=None),
            ),
            models.CheckConstraint(
                name="saved_method_has_its_token",
                condition=Q(saved_at=None) | Q(removed_at__isnull=False) | ~Q(locked_token=""),
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["buyer", "legal_entity", "-requested_at"], name="saved_method_buyer"),)

    def __str__(self) -> str:
        return self.name or self.label or self.kind.replace("_", " ")

    def event_scope(self) -> EventScope:
        """Its owner's affair; what the payee has to know is told to both."""
        return EventScope(buyer_id=self.buyer_id)

    @property
    def token(self) -> str:
        """What the gateway charges it by; empty before it is saved and after it is removed."""
        return secrets.unlock(_LOCK, self.locked_token) if self.locked_token else ""

    def standing(self, on: date) -> str:
        """`open`, `verifying`, `failed`, `usable`, `expired`, `stopped` or `removed`, as of a day."""
        if self.removed_at:
            return "removed"
        if self.stopped_at:
            return "stopped"
        if self.saved_at:
            return "expired" if self.expires_on and self.expires_on < on else "usable"
        return "failed" if self.failed_at else "verifying" if self.verifying_at else "open"

    @property
    def stop_sentence(self) -> str:
        return failures.in_words(self.stop_reason)

    @property
    def failure_sentence(self) -> str:
        return failures.in_words(self.failure)

    def refusal(self, actor: Actor, *, on: date | None = None) -> Refusal | None:
        """Why this actor cannot pay with it (on a day, today by default); None when it can."""
        standing = self.standing(on or clock.today(self.buyer.time_zone))
        if standing != "usable":
            why = self.stop_sentence if self.stopped_at else ""
            sentence = f"{_capital(self)} is {standing}. {why or 'Choose another way.'}"
            return Refusal("method_not_usable", sentence, field="saved_method")
        if actor.side == "system" or (self.for_everyone and not actor.is_limited):
            return None
        if actor.person_id and actor.person_id in {person.pk for person in self.people.all()}:
            return None
        return Refusal("not_your_method", f"{_capital(self)} is for others to use.", status=403, field="saved_method")

    def usable(self, actor: Actor, *, on: date | None = None) -> bool:
        return self.refusal(actor, on=on) is None

    def told(self) -> dict[str, Any]:
        return {"means": str(self), "kind": self.kind, "payee": self.legal_entity.name}


def usable_by(
    actor: Actor, *, payee: LegalEntity | None = None, methods: Sequence[str] = KINDS, on: date
) -> list[SavedMethod]:
    """What an actor may pay with (a payee), the default first; two queries at most."""
    if not actor.may("payment.make"):
        return []
    rows = SavedMethod.objects.visible_to(actor).live(on).filter(kind__in=methods)
    if payee:
        rows = rows.filter(legal_entity=payee)
    if actor.side != "system":
        mine = SavedMethod.people.through.objects.filter(savedmethod=OuterRef("pk"), person=actor.person_id)
        rows = rows.filter(Q(for_everyone=True) | Exists(mine))
    rows = rows.select_related("legal_entity", "buyer")
    return list(rows.order_by("-is_default", "name", "-requested_at"))


@database.atomic
def rename(actor: Actor, row: SavedMethod, *, name: str) -> None:
    """Call it as its owner likes. Event: `saved_method.changed`."""
    row = _kept(actor, row)
    row.name = plain(name, field="name", longest=60) if name.strip() else ""
    row.save(update_fields=["name"])
    events.record("saved_method.changed", row, actor, data=row.told())


@database.atomic
def share(actor: Actor, row: SavedMethod, *, for_everyone: bool, people: Sequence[Person] = ()) -> None:
    """Say who may use it: whoever pays for the organisation, or these people. Event: `saved_method.shared`."""
    row = _kept(actor, row)
    set_people(actor, row, for_everyone=for_everyone, people=people)
    data = {**row.told(), "everyone": row.for_everyone, "people": len(people)}
    events.record("saved_method.shared", row, actor, data=data)


@database.atomic
def make_default(actor: Actor, row: SavedMethod, *, now: datetime | None = None) -> None:
    """What is offered first for this payee. Event: `saved_method.made_default`."""
    row = _kept(actor, row)
    moment = now or clock.now()
    if (standing := row.standing(clock.today(row.buyer.time_zone, at=moment))) != "usable":
        raise Refusal("method_not_usable", f"{_capital(row)} is {standing}: make another one the default.")
    SavedMethod.objects.filter(buyer=row.buyer, legal_entity=row.legal_entity, is_default=True).update(is_default=False)
    row.is_default = True
    row.save(update_fields=["is_default"])
    events.record("saved_method.made_default", row, actor, data=row.told(), occurred_at=moment)


@database.atomic
def stop(actor: Actor, row: SavedMethod, *, reason: str, now: datetime | None = None) -> None:
    """It is charged no more, since the bank would not let it: reason is a code of `failures.py`. Stopping it twice
    changes nothing. Event: `saved_method.stopped`, which the payee hears as well."""
    row = _locked(SavedMethod.objects.all(), row.pk)
    if row.stopped_at or row.removed_at:
        return
    row.stopped_at, row.stop_reason, row.is_default = now or clock.now(), reason, False
    row.save(update_fields=["stopped_at", "stop_reason", "is_default"])
    events.record("saved_method.stopped", row, actor, data={**row.told(), "failure": reason},
                  scope=shared_scope(row), occurred_at=row.stopped_at)  # fmt: skip


@database.atomic
def remove(actor: Actor, row: SavedMethod, *, now: datetime | None = None) -> None:
    """Charge it no more and forget it; the gateway is told by `method_setup`. Event: `saved_method.removed`."""
    row = _locked(SavedMethod.objects.visible_to(actor), row.pk)
    _require_keeper(actor, row)
    if row.removed_at:
        return
    row.removed_at, row.is_default, row.setup_url = now or clock.now(), False, ""
    row.save(update_fields=["removed_at", "is_default", "setup_url"])
    events.record("saved_method.removed", row, actor, data=row.told(), occurred_at=row.removed_at)


def set_people(actor: Actor, row: SavedMethod, *, for_everyone: bool, people: Sequence[Person]) -> None:
    """Inside the caller's transaction. Refusals (422): nobody, or somebody who pays nothing here."""
    payers = {person.pk for person in payers_of(row.buyer)}
    if actor.is_limited:  # what they do not see whole they do not open to all
        for_everyone, people = False, [*people, *Person.objects.filter(pk__in=[actor.person_id])]
    if not for_everyone and (not people or any(person.pk not in payers for person in people)):
        raise Refusal("wrong_people", "Choose among your colleagues who pay.", status=422, field="people")
    row.for_everyone = for_everyone
    row.save(update_fields=["for_everyone"])
    row.people.set([] if for_everyone else people)


def payers_of(buyer: Organisation) -> list[Person]:
    """The people who may pay for an organisation, by name."""
    rows = Membership.objects.filter(organisation=buyer, ended_at=None, person__is_active=True)
    paying = [row.person for row in rows.select_related("person")
              if "payment.make" in rights_of_roles(row.roles, side=buyer.side)]  # fmt: skip
    return sorted(paying, key=lambda person: (str(person), person.pk))


def shared_scope(row: SavedMethod) -> EventScope:
    """For what the payee has to know too."""
    return EventScope(supplier_id=row.legal_entity.organisation_id, buyer_id=row.buyer_id)


def lock_token(token: str) -> str:
    return secrets.lock(_LOCK, token)


def may_keep(actor: Actor, row: SavedMethod) -> bool:
    """Whether the actor may change it: who works for the whole organisation, or who added it."""
    return actor.may("method.keep") and (not actor.is_limited or row.added_by == actor.id)


def _kept(actor: Actor, row: SavedMethod) -> SavedMethod:
    fresh = _locked(SavedMethod.objects.visible_to(actor), row.pk)
    _require_keeper(actor, fresh)
    if fresh.removed_at:
        raise Refusal("method_removed", f"{_capital(fresh)} was removed.")
    return fresh


def _require_keeper(actor: Actor, row: SavedMethod) -> None:
    require(actor, "method.keep")
    if not may_keep(actor, row):
        raise Refusal("not_your_method", f"{_capital(row)} is for others to change.", status=403)


def _locked(rows: Any, pk: UUID) -> SavedMethod:
    """With its owner's row, so that there is one default."""
    found: SavedMethod = rows.select_related("legal_entity", "buyer").get(pk=pk)
    Organisation.objects.select_for_update().get(pk=found.buyer_id)
    found.refresh_from_db(fields=["stopped_at", "removed_at", "is_default", "saved_at", "failed_at", "verifying_at",
                                  "locked_token", "forgotten_at", "name"])  # fmt: skip
    return found


def _capital(row: SavedMethod) -> str:
    words = str(row)
    return words[:1].upper() + words[1:]
