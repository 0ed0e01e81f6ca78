"""Checking: what arrived is judged by its content, then by the scanner where there is one. Nothing is served before.

While the scanner is away a file waits, `pending` with its `uploaded_at`; the job asks again, and nobody loses anything.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Min

from documents import content as contents
from documents.file import StoredFile
from documents.name import clean_name
from documents.scanner import ScannerAway, scanner
from documents.store import QUARANTINE, new_key, reached, store
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.gauges import Backlog
from eipp.kernel.refusal import Refusal

log = structlog.get_logger()
PLATFORM = Actor.system("scanner")
#: How long a person waits for the scanner; what takes longer is finished by the job.
AT_ONCE = 10.0  # seconds


def check(file: StoredFile, *, seconds: float = AT_ONCE, now: datetime | None = None) -> None:
    """Judge a file whose bytes lie where no client reaches; a file that is judged already stays as it is.

    Raises ScannerAway, at the latest after so many seconds of scanning: then it goes on waiting.
    """
    facts, content = _read(file)
    found = ""
    if facts["verdict"] == StoredFile.Verdict.CLEAN:
        found = scan(content, seconds=seconds)
    if found:
        facts |= refused(infected(file.name, found)) | {"key": new_key(QUARANTINE)}
    lay_at, moment = file.key, now or clock.now()
    with transaction.atomic():
        settled = StoredFile.objects.filter(pk=file.pk, checked_at=None).update(**facts, checked_at=moment)
        file.refresh_from_db()
        if settled and found:
            report(file, found)
    if settled and found:
        with reached():
            store().move(lay_at, file.key)


def judged(content: bytes, name: str) -> dict[str, Any]:
    """The facts that the content shows, its verdict among them; the declared type gives way to what it is."""
    facts: dict[str, Any] = {"sha256": hashlib.sha256(content).hexdigest()}
    try:
        kind = contents.judge(content, name)
    except Refusal as refusal:
        return facts | refused(refusal)
    return facts | {
        "verdict": StoredFile.Verdict.CLEAN,
        "content_type": kind.content_type,
        "name": clean_name(name, ending=kind.ending),
    }


def refused(refusal: Refusal) -> dict[str, Any]:
    return {"verdict": StoredFile.Verdict.REFUSED, "reason": refusal.sentence[:200]}


def scan(content: bytes, *, seconds: float = AT_ONCE) -> str:
    """What the scanner found, empty when it found nothing or there is none. Raises ScannerAway."""
    here = scanner()
    return here.scan(content, seconds=seconds) if here else ""


def infected(name: str, found: str) -> Refusal:
    return Refusal(
        "infected", f"The virus scanner found {found[:80]} in it. Check the computer it came from.", status=422
    )


def report(file: StoredFile, found: str) -> None:
    """Whoever sent the file hears of it, and it stands in the record; inside the caller's transaction."""
    log.warning("file.infected", file=str(file.pk), found=found)
    told = {"number": file.name, "reason": found[:80], "only": str(file.uploader_id) if file.uploader_id else ""}
    events.record("file.infected", file, PLATFORM, data=told)


def check_waiting(*, limit: int = 100) -> int:
    """Judge what waits, oldest first; how many are settled. Ends early when the scanner is away for all."""
    settled = 0
    waiting = StoredFile.objects.filter(verdict="pending", uploaded_at__isnull=False).order_by("uploaded_at")
    for file in waiting[:limit]:
        try:
            check(file, seconds=120)
        except ScannerAway as away:
            log.warning("scanner.away", file=str(file.pk), error=str(away))
            if away.everything:
                break
        else:
            settled += 1
    return settled


def backlog() -> Iterator[Backlog]:
    """Files that arrived and are not judged yet."""
    waiting = StoredFile.objects.filter(verdict="pending", uploaded_at__isnull=False)
    yield Backlog("files to check", **waiting.aggregate(rows=Count("pk"), oldest=Min("uploaded_at")))


def _read(file: StoredFile) -> tuple[dict[str, Any], bytes]:
    """The bytes, and what they show by themselves."""
    try:
        with reached(), store().open(file.key) as stream:
            content = stream.read(contents.LARGEST + 1)
    except FileNotFoundError:
        return refused(Refusal("lost", "The file was lost on its way; send it again.")), b""
    facts: dict[str, Any] = {"size": len(content)}
    if len(content) > contents.LARGEST:
        return facts | refused(contents.too_large()), b""
    return facts | judged(content, file.name), content
