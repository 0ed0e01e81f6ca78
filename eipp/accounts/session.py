"""Session: where a person is signed in: on what, since when, seen when; each can be ended from any other."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import models, transaction

from eipp.accounts.person import Person
from eipp.kernel import clock, events, jobs
from eipp.kernel.record import Entity

SEEN_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 300
_SYSTEMS = (("Android", "Android"), ("iPhone|iPad|iPod", "iOS"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
            ("Mac OS X|Macintosh", "macOS"), ("Linux|X11", "Linux"))  # fmt: skip
_BROWSERS = (("Edg(e|A|iOS)?/", "Edge"), ("OPR/|Opera", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
             ("Firefox/|FxiOS/", "Firefox"), ("Chrome/|CriOS/|Chromium/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip


class PersonSession(Entity):
    """One browser in which the person signed in. agent: what it called itself; address: of its network, when last seen.

    The session itself is Django's; this row finds it by person, and may outlive it by a moment.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=LONGEST_AGENT, blank=True)
    address = models.CharField(max_length=45, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person} {device(self.agent)}"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that still opens something; `current` is the one that asks."""

    id: UUID
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    current: bool


def note(person: Person, session_key: str, *, agent: str, address: str, now: datetime | None = None) -> None:
    """The person is seen in this session; a new one is remembered."""
    moment, seen = now or clock.now(), {"agent": agent[:LONGEST_AGENT], "address": address[:45]}
    rows = PersonSession.objects.filter(session_key=session_key, person=person)
    if rows.update(seen_at=moment, **seen):
        return
    PersonSession.objects.update_or_create(
        session_key=session_key, defaults={"person": person, "began_at": moment, "seen_at": moment, **seen}
    )


def open_sessions(person: Person, *, current: str) -> list[OpenSession]:
    """Those that still open something, the current one first, then by when they were seen last."""
    rows = list(PersonSession.objects.filter(person=person).order_by("-seen_at"))
    alive = _alive(person, [row.session_key for row in rows])
    found = [
        OpenSession(row.pk, device(row.agent), row.address, row.began_at, row.seen_at, row.session_key == current)
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda each: not each.current)


@transaction.atomic
def end_session(person: Person, session_id: UUID, *, request_id: str = "") -> str:
    """Sign out there: the next request and the open pages of that browser find nobody. Event: `person.session_ended`.

    The session's key; empty for one that is not the person's, or ended already.
    """
    row = PersonSession.objects.filter(person=person, pk=session_id).first()
    if row is None:
        return ""
    _delete([row.session_key])
    events.record("person.session_ended", person, replace(person.actor, request_id=request_id))
    return row.session_key


@transaction.atomic
def end_sessions(person: Person, *, but: str = "", request_id: str = "") -> int:
    """Sign out everywhere, or everywhere else; how many ended. Event: `person.sessions_ended`."""
    keys = end_quietly(person, but=but)
    events.record("person.sessions_ended", person, replace(person.actor, request_id=request_id),
                  data={"sessions": len(keys)})  # fmt: skip
    return len(keys)


def end_quietly(person: Person, *, but: str = "") -> list[str]:
    """The person's sessions go, as part of something else that is on record, such as another password."""
    others = PersonSession.objects.filter(person=person).exclude(session_key=but)
    keys = list(others.values_list("session_key", flat=True))
    _delete(keys)
    return keys


@jobs.job(every=3600)
def forget_worn_out() -> None:
    """Rows of sessions that are no more."""
    PersonSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def device(agent: str) -> str:
    """What a browser calls itself, in words: "Firefox on Windows"."""
    browser = next((word for pattern, word in _BROWSERS if re.search(pattern, agent)), "")
    system = next((word for pattern, word in _SYSTEMS if re.search(pattern, agent)), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "An unknown browser"


def _alive(person: Person, keys: list[str]) -> set[str]:
    """The keys of sessions that have not expired and still carry the person's present password."""
    hashes = {person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()}
    found = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.real())
    return {row.session_key for row in found if row.get_decoded().get(HASH_SESSION_KEY) in hashes}


def _delete(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    PersonSession.objects.filter(session_key__in=keys).delete()
