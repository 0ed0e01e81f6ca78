"""Notification: what a person should hear of, one row per person and event; its sentence is made for the reader."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Self

from django.db import models, transaction

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event, EventSubject, kind_of
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import ScopedQuerySet
from messaging import topics
from messaging.audience import Member, hearers
from messaging.broadcast import tell
from messaging.preference import PORTAL, kind_of_notice, way_for, ways_of

HISTORY = timedelta(days=1)  # what is told so much later than it happened is history, of which nobody is mailed


class NotificationQuerySet(ScopedQuerySet):
    """A notification is its person's own, in the organisation in whose name it came."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.person_id is None or actor.organisation_id is None:
            return self.none()
        return self.filter(person_id=actor.person_id, organisation_id=actor.organisation_id)


class Notification(Entity):
    """kind, object_id: the row to open; account_id: whose account it is about.

    mail_way: how its person wants it by mail (`at_once`, `daily`, empty for not at all); mailed_at: when that was dealt
    with.
    """

    person_id = models.UUIDField()
    organisation_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    notified_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_way = models.CharField(max_length=10, blank=True)
    mailed_at = models.DateTimeField(null=True)
    objects: ClassVar[Any] = models.Manager.from_queryset(NotificationQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person_id", "organisation_id", "event_id"], name="notified_once"),
        )
        indexes = (
            models.Index(
                fields=["person_id", "organisation_id"], condition=models.Q(read_at=None), name="notification_unread"
            ),
            models.Index(fields=["person_id", "organisation_id", "-id"], name="notification_newest"),
            models.Index(
                fields=["mail_way", "notified_at"],
                condition=~models.Q(mail_way="") & models.Q(mailed_at=None),
                name="notification_to_mail",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.event_id}"


def notify(events: list[Event]) -> None:
    """EVENT_RELAYS: a row for everyone whom the events concern; told twice, it is kept once."""
    heard = hearers(events)
    now = clock.now()
    chosen = ways_of(member.person_id for _, member in heard)
    rows = [
        Notification(
            person_id=member.person_id, organisation_id=member.organisation_id, account_id=event.account_id,
            event_id=event.pk, kind=event.subject_kind, object_id=event.subject_id, notified_at=now,
            mail_way=_mail_way(event, member, chosen.get(member.person_id, {})),
        )
        for event, member in heard
    ]  # fmt: skip
    Notification.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    people = {topics.topic("person", member.person_id) for _, member in heard}
    transaction.on_commit(partial(tell, people), robust=True)


def _mail_way(event: Event, member: Member, chosen: Mapping[str, str]) -> str:
    """By which mail it goes to this person: none of what happened before they joined, nor of history told later."""
    if event.occurred_at < member.since or event.recorded_at - event.occurred_at > HISTORY:
        return ""
    way = way_for(chosen, kind_of_notice(event.name))
    return "" if way == PORTAL else way


def notifications(actor: Actor, *, limit: int = 50) -> list[Notification]:
    """The person's newest notifications in this organisation."""
    return list(Notification.objects.visible_to(actor).order_by("-id")[:limit])


def unread_count(actor: Actor) -> int:
    return Notification.objects.visible_to(actor).filter(read_at=None).count()


def mark_all_read(actor: Actor, *, now: datetime | None = None) -> None:
    Notification.objects.visible_to(actor).filter(read_at=None).update(read_at=now or clock.now())


def mark_seen(actor: Actor, row: Any, *, now: datetime | None = None) -> None:
    """The person opened the row: what there was to hear about it is read."""
    about = EventSubject.objects.filter(kind=kind_of(row), object_id=row.pk).values("event_id")
    unread = Notification.objects.visible_to(actor).filter(read_at=None, event_id__in=about)
    unread.update(read_at=now or clock.now())
