"""How the sandbox provider calls back: a signed word about each change, sent until somebody has heard it."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.conf import settings
from django.db import models

from eipp.gateways.reported import ForgedCallback, Reported
from eipp.kernel import clock, jobs
from eipp.kernel.record import Entity

CALLBACK_AGE = 300  # seconds after which a signed callback is too old to be believed
SEND_CALLBACKS = "eipp.gateways.jobs.send_sandbox_callbacks"
KINDS = ("payment", "setup", "refund")


class CallsBack(Entity):
    """A row about which the provider calls back; `words` counts what it had to say, each time with an id of its own."""

    words = models.PositiveIntegerField(default=0)
    callback_due_at = models.DateTimeField(null=True)
    callback_attempts = models.PositiveIntegerField(default=0)
    told_as: ClassVar[str] = ""

    class Meta:
        abstract = True

    def tell(self) -> None:
        """There is something to be said: the next word, due now. Saved by the caller."""
        self.words += 1
        self.callback_due_at, self.callback_attempts = clock.now(), 0
        jobs.nudge(SEND_CALLBACKS)


class Told(Protocol):
    """What a callback can be about: a charge, a card or account that is kept, or a refund."""

    pk: Any
    reference: UUID
    status: str
    words: int
    told_as: ClassVar[str]


def callback(about: Told, *, event: str = "", seconds_ago: int = 0) -> tuple[dict[str, str], bytes]:
    """Headers and body of the callback about a row, signed as of now; the event's id is that of its latest word."""
    told = {
        "event": event or f"{about.pk.hex}-{about.words}", "kind": about.told_as, "reference": str(about.reference),
        "status": about.status,
    }  # fmt: skip
    body = json.dumps(told).encode()
    said = str(stamp() - seconds_ago)
    headers = {"Sandbox-Timestamp": said, "Sandbox-Signature": signature(said, body)}
    return {**headers, "Content-Type": "application/json"}, body


def stamp() -> int:
    """The second in which a callback is signed."""
    return int(time.time())


def signature(said: str, body: bytes) -> str:
    """What proves that the provider wrote this body at the second it says."""
    key = settings.SANDBOX_SECRET.encode()
    return hmac.new(key, said.encode(errors="replace") + b"." + body, hashlib.sha256).hexdigest()


def read(headers: Mapping[str, str], body: bytes) -> Reported:
    """What a callback is about; raises ForgedCallback unless signature and age are right."""
    said, given = headers.get("Sandbox-Timestamp", ""), headers.get("Sandbox-Signature", "")
    if not settings.SANDBOX_SECRET:
        raise ForgedCallback("without a secret nothing is signed")
    if not hmac.compare_digest(signature(said, body).encode(), given.encode(errors="replace")):
        raise ForgedCallback("the signature does not fit")
    if not said.isdecimal() or abs(stamp() - int(said)) > CALLBACK_AGE:
        raise ForgedCallback("the callback is too old")
    try:
        told = json.loads(body)
        kind = KINDS[KINDS.index(told["kind"])]
        return Reported(kind, UUID(str(told["reference"])), str(told["event"])[:100])  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError) as error:
        raise ForgedCallback("the callback names nothing to look at") from error
