"""Notice mail: notices for the absent, at once or once a day. Whoever has read a notice by then gets no mail of it.

An open page reads what it shows as it happens, so the minute's wait is what finds out who is there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from eipp.accounts.membership import active_memberships, actor_of
from eipp.accounts.models import Organisation, Person
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.kernel.jobs import job
from messaging import outbox, sentences
from messaging.letter import letter
from messaging.notification import Notification
from messaging.preference import (
    AT_ONCE,
    DAILY,
    PORTAL,
    MailPreference,
    kind_of_notice,
    unsubscribe_token,
    way_for,
    ways_of,
    zone_of,
)

WAIT = timedelta(seconds=60)  # for an open page to read what it shows
MORNING = 7  # the hour by the person's clock from which the daily mail goes out
MOST = 50  # notices in one mail; the rest is counted


class DailyMail(models.Model):
    """A person's daily mail of one day, by their clock: there is never a second one."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "day"], name="daily_mail_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


@job(every=20)
def mail_at_once() -> None:
    """One mail for each person whom something waits for since a minute."""
    while _mail_one(AT_ONCE, clock.now() - WAIT):
        pass


@job(every=300)
def mail_daily() -> None:
    """In each person's morning, one mail about what happened since the last one; none where nothing did."""
    now = clock.now()
    waiting = _waiting(DAILY).order_by("person_id").values_list("person_id", flat=True).distinct()
    for person_id in waiting:
        _mail_day(person_id, now)


def _waiting(way: str) -> Any:
    return Notification.objects.filter(mail_way=way, mailed_at=None)


def _mail_one(way: str, until: datetime) -> bool:
    """Take one person's notices and write their mail, in one transaction; False when nobody is left."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        due = _waiting(way).filter(notified_at__lte=until).order_by("notified_at")
        first = due.select_for_update(skip_locked=skip).first()
        if first is None:
            return False
        mine = due.filter(person_id=first.person_id).select_for_update(skip_locked=skip)
        _write(first.person_id, list(mine), clock.now(), daily=False)
    return True


def _mail_day(person_id: UUID, now: datetime) -> None:
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return
    here = now.astimezone(_zone(person))
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    due = _waiting(DAILY).filter(person_id=person_id, notified_at__lt=morning)
    if here < morning or not due.exists():
        return
    try:
        with transaction.atomic():
            DailyMail.objects.create(person=person, day=here.date(), written_at=now)
            _write(person_id, list(due.select_for_update()), now, daily=True)
    except IntegrityError:  # today's is written already, perhaps by another worker at this moment
        return


def _zone(person: Person) -> Any:
    chosen = MailPreference.objects.filter(person=person).values_list("time_zone", flat=True).first() or ""
    companies = active_memberships(person)
    return zone_of(chosen, companies[0].organisation.time_zone if companies else "")


def _write(person_id: UUID, rows: Sequence[Notification], now: datetime, *, daily: bool) -> None:
    """Mark the rows as dealt with, and mail the unread among them."""
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    told = _told(person, [row for row in rows if row.read_at is None]) if person else []
    if person and told:
        outbox.post(_mail(person, told, daily=daily))


def _told(person: Person, rows: Sequence[Notification]) -> list[dict[str, Any]]:
    """Each notice's sentence and link, with the company it came from; only what the person may still see."""
    by_company: dict[UUID, list[Notification]] = defaultdict(list)
    for row in rows:
        by_company[row.organisation_id].append(row)
    told, chosen = [], ways_of([person.pk]).get(person.pk, {})  # who has stopped them meanwhile gets none
    for actor, company in _acting(person, by_company):
        seen = Event.objects.visible_to(actor).in_bulk([row.event_id for row in by_company[company.pk]])
        wanted = [event for event in seen.values() if way_for(chosen, kind_of_notice(event.name)) != PORTAL]
        happened = sorted(wanted, key=lambda event: event.pk)
        about = events.subjects(happened)
        destination = import_string(settings.DESTINATIONS)
        told += [
            {"sentence": sentence, "supplier": event.supplier_id, "link": _address(destination(actor, about[event.pk]))}
            for event, sentence in zip(happened, sentences.render(happened, actor), strict=True)
        ]
    return told


def _acting(person: Person, companies: Iterable[UUID]) -> list[tuple[Actor, Organisation]]:
    wanted = set(companies)
    active = [row for row in active_memberships(person) if row.organisation_id in wanted]
    return [(actor_of(row, person, via="job"), row.organisation) for row in active]


def _address(path: str) -> str:
    return settings.BASE_URL + (path or reverse("web:notifications"))


def _mail(person: Person, told: Sequence[dict[str, Any]], *, daily: bool) -> Any:
    suppliers = {each["supplier"] for each in told}
    supplier = Organisation.objects.filter(pk__in=suppliers).first() if len(suppliers) == 1 else None
    stop = settings.BASE_URL + reverse("web:unsubscribe", args=[unsubscribe_token(person.pk)])
    count = len(told)
    subject = told[0]["sentence"].rstrip(".") if count == 1 else f"{count} things happened that concern you"
    return letter(
        supplier, to=person.email, subject=f"Today: {subject}" if daily and count > 1 else subject, template="notices",
        words={"person": person, "told": told[:MOST], "more": max(count - MOST, 0), "daily": daily, "stop": stop,
               "choose": settings.BASE_URL + reverse("web:preferences")},
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )  # fmt: skip
