"""Upload in two steps: announce and get a ticket; send the bytes there; let them be checked by content."""

import hashlib
from datetime import datetime
from typing import Protocol
from uuid import UUID

from documents import content as contents
from documents.file import StoredFile
from documents.name import clean_name
from documents.store import INCOMING, UploadTicket, new_key, store
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal

PURPOSES = ("message", "dispute")  # what people upload for; `original` is what programs post


class SentFile(Protocol):
    """A file as a form brings it (Django's `UploadedFile`)."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def read(self) -> bytes: ...


def begin_upload(
    actor: Actor, *, name: str, size: int, content_type: str = "", purpose: str = "message", now: datetime | None = None
) -> tuple[StoredFile, UploadTicket]:
    """Announce a file of so many bytes; the ticket says where to send them, within a quarter of an hour.

    Refused: 403 without the right to upload, 413 above 20 MB, 422 for an empty one.
    """
    _require_right(actor)
    _require_size(size)
    if purpose not in PURPOSES:
        raise Refusal("unknown_purpose", "A file is added to a message or a dispute.", status=422, field="purpose")
    moment = now or clock.now()
    file = _file(actor, name, purpose, moment)
    file.size, file.content_type, file.incoming_key = size, content_type[:100], new_key(INCOMING)
    file.save(force_insert=True)
    ticket = store().ticket(file.incoming_key, max_bytes=size, content_type=file.content_type, now=moment)
    return file, ticket


def finish_upload(actor: Actor, file: StoredFile, *, now: datetime | None = None) -> StoredFile:
    """Take the sent bytes out of the ticket's reach and judge them by content; a second call changes nothing.

    The verdict is in the file (`clean`, or `refused` with its reason). 409 while nothing has arrived; a stranger gets
    `StoredFile.DoesNotExist`.
    """
    file = StoredFile.objects.visible_to(actor).get(pk=file.pk)
    if file.checked_at is not None:
        return file
    here = store()
    here.move(file.incoming_key, file.key)
    size = here.size(file.key)
    if size is None:
        raise Refusal("nothing_sent", f"“{file.name}” has not arrived yet; choose it again.")
    facts = {"uploaded_at": now or clock.now(), "size": size}
    if size > contents.LARGEST:
        facts |= _refused(contents.too_large())
    else:
        with here.open(file.key) as stream:
            facts |= _judged(stream.read(contents.LARGEST + 1), file.name)
    StoredFile.objects.filter(pk=file.pk, checked_at=None).update(**facts, checked_at=now or clock.now())
    file.refresh_from_db()
    return file


def take_upload(actor: Actor, sent: SentFile, *, purpose: str = "message", now: datetime | None = None) -> StoredFile:
    """Both steps at once, for a form without scripts; what is refused is told at once and not kept."""
    _require_right(actor)
    _require_size(sent.size or 0)
    content = sent.read()
    contents.judge(content, clean_name(sent.name or ""))
    return store_bytes(actor, content, name=sent.name or "", purpose=purpose, now=now)


def store_bytes(
    actor: Actor,
    content: bytes,
    *,
    name: str,
    content_type: str = "",
    purpose: str = "original",
    owner_id: UUID | None = None,
    now: datetime | None = None,
) -> StoredFile:
    """Keep bytes that a program posted, whatever they are: the verdict stands in the file, the bytes are kept always.

    owner_id: whose they are, when the platform itself acts.
    """
    moment = now or clock.now()
    file = _file(actor, name, purpose, moment)
    file.owner_id = owner_id or actor.organisation_id
    file.size, file.content_type = len(content), content_type[:100]
    file.uploaded_at = file.checked_at = moment
    for fact, value in _judged(content, file.name).items():
        setattr(file, fact, value)
    store().put(file.key, content)
    file.save(force_insert=True)
    return file


def _file(actor: Actor, name: str, purpose: str, now: datetime) -> StoredFile:
    return StoredFile(
        owner_id=actor.organisation_id, uploader_kind=actor.kind, uploader_id=actor.id, name=clean_name(name),
        purpose=purpose, begun_at=now,
    )  # fmt: skip


def _judged(content: bytes, name: str) -> dict[str, object]:
    """The facts that the content shows; the declared type gives way to what it is."""
    facts: dict[str, object] = {"sha256": hashlib.sha256(content).hexdigest()}
    try:
        found = contents.judge(content, name)
    except Refusal as refusal:
        return facts | _refused(refusal)
    return facts | {
        "verdict": StoredFile.Verdict.CLEAN,
        "content_type": found.content_type,
        "name": clean_name(name, ending=found.ending),
    }


def _refused(refusal: Refusal) -> dict[str, object]:
    return {"verdict": StoredFile.Verdict.REFUSED, "reason": refusal.sentence[:200]}


def _require_right(actor: Actor) -> None:
    if not actor.may("document.upload"):
        raise Refusal("not_your_role", "Your role does not let you add files.", status=403)


def _require_size(size: int) -> None:
    if size <= 0:
        raise Refusal("empty_file", "The file is empty.", status=422, field="size")
    if size > contents.LARGEST:
        raise contents.too_large()
