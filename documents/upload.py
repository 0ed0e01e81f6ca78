"""Upload in two steps: announce and get a ticket; send the bytes there; let them be checked."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from documents import checking
from documents import content as contents
from documents.file import StoredFile
from documents.name import clean_name
from documents.scanner import ScannerAway, scanner
from documents.store import INCOMING, UploadTicket, new_key, reached, store
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.jobs import nudge
from eipp.kernel.refusal import Refusal

#: What people upload for; `original` is what programs post.
PURPOSES = ("message", "dispute", "remittance", "claim", "bank_statement")
CHECK = "documents.jobs.check_uploads"


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
        sentence = "A file is for a message, a dispute, a claim, a remittance advice or a bank statement."
        raise Refusal("unknown_purpose", sentence, status=422, field="purpose")
    moment = now or clock.now()
    file = _file(actor, name, purpose, moment)
    file.size, file.content_type, file.incoming_key = size, content_type[:100], new_key(INCOMING)
    file.save(force_insert=True)
    ticket = store().ticket(file.incoming_key, max_bytes=size, content_type=file.content_type, now=moment)
    return file, ticket


def finish_upload(actor: Actor, file: StoredFile, *, now: datetime | None = None) -> StoredFile:
    """Take the sent bytes out of the ticket's reach and judge them; a second call changes nothing.

    The verdict is in the file: `clean`, `refused` with its reason, or `pending` while it waits for the scanner. 409
    while nothing has arrived; a stranger gets `StoredFile.DoesNotExist`.
    """
    file = StoredFile.objects.visible_to(actor).get(pk=file.pk)
    if file.uploaded_at is None:
        _take(file, now or clock.now())
    if file.checked_at is None:
        try:
            checking.check(file, now=now)
        except ScannerAway:
            nudge(CHECK)
    return file


def take_upload(actor: Actor, sent: SentFile, *, purpose: str = "message", now: datetime | None = None) -> StoredFile:
    """Both steps at once, for a form without scripts; what is refused is told at once and not kept."""
    _require_right(actor)
    _require_size(sent.size or 0)
    content, name = sent.read(), sent.name or ""
    contents.judge(content, clean_name(name))
    try:
        found = checking.scan(content)
    except ScannerAway:
        return _keep(actor, content, _file(actor, name, purpose, now or clock.now()), waits=True)
    if found:
        raise checking.infected(name, found)
    return _keep(actor, content, _file(actor, name, purpose, now or clock.now()), waits=False)


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

    Where there is a scanner the verdict comes from the job, within seconds: a program is not kept waiting for it.

    owner_id: whose they are, when the platform itself acts.
    """
    file = _file(actor, name, purpose, now or clock.now())
    file.owner_id, file.content_type = owner_id or actor.organisation_id, content_type[:100]
    return _keep(actor, content, file, waits=scanner() is not None)


def _keep(actor: Actor, content: bytes, file: StoredFile, *, waits: bool) -> StoredFile:
    """The bytes in the store and the row of their facts. waits: the scanner has still to see them."""
    file.size, file.uploaded_at = len(content), file.begun_at
    facts = checking.judged(content, file.name)
    if waits and facts["verdict"] == StoredFile.Verdict.CLEAN:
        facts["verdict"] = StoredFile.Verdict.PENDING
        nudge(CHECK)
    else:
        file.checked_at = file.begun_at
    for fact, value in facts.items():
        setattr(file, fact, value)
    with reached():
        store().put(file.key, content)
    file.save(force_insert=True)
    return file


def _take(file: StoredFile, now: datetime) -> None:
    """Of two who finish at once, one takes: what is judged afterwards lies under a key that only one of them knew."""
    here, taken = store(), new_key()
    with reached():
        arrived = here.move(file.incoming_key, taken)
        if arrived and not StoredFile.objects.filter(pk=file.pk, uploaded_at=None).update(key=taken, uploaded_at=now):
            here.delete(taken)
    file.refresh_from_db()
    if file.uploaded_at is None:
        raise Refusal("nothing_sent", f"“{file.name}” has not arrived yet; choose it again.")


def _file(actor: Actor, name: str, purpose: str, now: datetime) -> StoredFile:
    return StoredFile(
        owner_id=actor.organisation_id, uploader_kind=actor.kind, uploader_id=actor.id, name=clean_name(name),
        purpose=purpose, begun_at=now,
    )  # fmt: skip


def _require_right(actor: Actor) -> None:
    if not actor.may("document.upload"):
        raise Refusal("not_your_role", "Your role does not let you add files.", status=403)


def _require_size(size: int) -> None:
    if size <= 0:
        raise Refusal("empty_file", "The file is empty.", status=422, field="size")
    if size > contents.LARGEST:
        raise contents.too_large()
