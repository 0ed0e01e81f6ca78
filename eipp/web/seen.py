"""Seen: in which session a person was seen last, noted once a minute at most; it costs nothing in between."""

import time

import structlog
from django.db import DatabaseError, transaction
from django.http import HttpRequest

from eipp.accounts import session
from eipp.accounts.person import Person

log = structlog.get_logger()
MOST = 10_000  # sessions that a process remembers
_noted: dict[str, float] = {}


def note_seen(request: HttpRequest, person: Person) -> None:
    """Remember device, address and time of this session; a page is shown although the database cannot take it now."""
    key, now = request.session.session_key, time.monotonic()
    if not key or now < _noted.get(key, 0.0):
        return
    if len(_noted) >= MOST:
        _noted.clear()
    _noted[key] = now + session.SEEN_EVERY.total_seconds()
    agent, address = request.META.get("HTTP_USER_AGENT", ""), request.META.get("REMOTE_ADDR", "")
    try:
        with transaction.atomic():
            session.note(person, key, agent=agent, address=address)
    except DatabaseError as error:
        log.warning("session.not_noted", error=str(error))
