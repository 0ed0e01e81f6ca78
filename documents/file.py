"""A file: its facts, and through its links who may see it. The bytes lie in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from documents.store import QUARANTINE, new_key, store
from eipp.accounts.organisation import Organisation
from eipp.kernel import clock, rows
from eipp.kernel.actor import Actor
from eipp.kernel.events import kind_of
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope, ScopedQuerySet


class FileQuerySet(ScopedQuerySet):
    """Files are seen through their links; one without a link belongs to the organisation that sent it."""

    def visible_to(self, actor: Actor) -> Self:
        """The files that exist for the actor."""
        if actor.side == "system":
            return self
        if actor.organisation_id is None:
            return self.none()
        links = FileLink.objects.filter(file=OuterRef("pk"))
        own = Q(~Exists(links), owner_id=actor.organisation_id)
        if actor.account_ids is not None:
            own &= Q(uploader_id=actor.id)
        return self.filter(Exists(links.visible_to(actor)) | own)


class StoredFile(Entity):
    """One file. Its verdict is a fact with a time: nothing is delivered before `checked_at`.

    owner_id: the organisation that sent it; purpose: what for, such as `message`, `dispute`, `original`; incoming_key:
    where a ticket lets the client write; key: where the bytes lie once taken, which no client ever learns; content:
    the bytes themselves instead, where they are small and are kept or lost with the row.
    """

    class Verdict(models.TextChoices):
        PENDING = "pending", "being checked"
        CLEAN = "clean", "checked"
        REFUSED = "refused", "refused"

    owner_id = models.UUIDField(null=True)
    uploader_kind = models.CharField(max_length=10)
    uploader_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=20)
    incoming_key = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=60, unique=True, default=new_key)
    begun_at = models.DateTimeField()
    uploaded_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.PENDING)
    reason = models.CharField(max_length=200, blank=True)
    content = models.BinaryField(null=True)
    objects: ClassVar[Any] = models.Manager.from_queryset(FileQuerySet)()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict="pending", checked_at=None) | ~Q(verdict="pending") & Q(checked_at__isnull=False),
                name="file_verdict_has_its_time",
            ),
        )
        indexes = (models.Index(fields=["verdict", "begun_at"], name="file_unfinished"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_clean(self) -> bool:
        return self.verdict == self.Verdict.CLEAN

    @property
    def is_quarantined(self) -> bool:
        """Whether a scanner found something in it: the bytes lie aside for the operator and are served to nobody."""
        return self.key.startswith(f"{QUARANTINE}/")

    @property
    def note(self) -> str:
        """Why nobody gets it (yet), as a sentence; empty for what was checked and is clean."""
        if self.is_clean:
            return ""
        if self.verdict == self.Verdict.REFUSED:
            return self.reason
        return "It is being checked and is shown once it is clean." if self.uploaded_at else "It has not arrived yet."

    def event_scope(self) -> EventScope:
        """The file's events are its owner's alone."""
        owner = Organisation.objects.filter(pk=self.owner_id).first() if self.owner_id else None
        if owner is None:
            return EventScope()
        return EventScope(supplier_id=owner.pk) if owner.side == "supplier" else EventScope(buyer_id=owner.pk)

    def open(self) -> BinaryIO:
        """The bytes as a stream."""
        return store().open(self.key) if self.content is None else BytesIO(self.content)

    def read(self) -> bytes:
        """The bytes, whole: for the platform's own use, such as the verdict on an e-invoice."""
        with self.open() as stream:
            return stream.read()


class FileLink(Entity):
    """A file belongs to this row, and whoever sees the row sees the file; internal ones only the supplier."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    supplier_id = models.UUIDField(null=True)
    buyer_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    internal = models.BooleanField(default=False)
    linked_at = models.DateTimeField()
    scope = Scope(supplier="supplier_id", buyer="buyer_id", account="account_id", internal="internal")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["file", "kind", "object_id"], name="file_linked_once"),)
        indexes = (models.Index(fields=["kind", "object_id"], name="file_link_row"),)

    def __str__(self) -> str:
        return f"{self.file_id} {self.kind}"


def attach(
    files: StoredFile | Iterable[StoredFile], *, to: Any, internal: bool = False, now: datetime | None = None
) -> list[FileLink]:
    """Link files to a row that has `event_scope()`. The caller found the files through the actor.

    Refused with 422 while a file has not arrived, and when its content was refused unless it is an original, of which
    the row is the record. A file that waits for the scanner may be linked: it is shown as waiting and served to nobody.
    """
    chosen = [files] if isinstance(files, StoredFile) else list(files)
    links = [_link(file, to, internal, now or clock.now()) for file in chosen]
    return FileLink.objects.bulk_create(links, ignore_conflicts=True)


def attach_each(pairs: Sequence[tuple[UUID, Any]], *, known: Iterable[StoredFile], now: datetime) -> None:
    """Link each file (by id) to its own new row, as `attach` does: two statements at most; known: files at hand."""
    files = {file.pk: file for file in known}
    if missing := {file_id for file_id, _ in pairs} - files.keys():
        files |= StoredFile.objects.in_bulk(missing)
    rows.insert([_link(files[file_id], row, False, now) for file_id, row in pairs if file_id in files])


def _link(file: StoredFile, to: Any, internal: bool, now: datetime) -> FileLink:
    _require_attachable(file)
    scope = to.event_scope()
    return FileLink(
        file=file, kind=kind_of(to), object_id=to.pk, supplier_id=scope.supplier_id, buyer_id=scope.buyer_id,
        account_id=scope.account_id, internal=internal, linked_at=now,
    )  # fmt: skip


def files_of(actor: Actor, rows: Iterable[Any]) -> dict[Any, list[StoredFile]]:
    """For each row's id, the files linked to it that the actor may see, oldest first: one query."""
    chosen = list(rows)
    found: dict[Any, list[StoredFile]] = {row.pk: [] for row in chosen}
    kinds = {kind_of(row) for row in chosen}
    links = FileLink.objects.visible_to(actor).filter(kind__in=kinds, object_id__in=found)
    for link in links.select_related("file").defer("file__content").order_by("file_id"):
        found[link.object_id].append(link.file)
    return found


def _require_attachable(file: StoredFile) -> None:
    if file.uploaded_at is None:
        raise Refusal("file_unchecked", f"“{file.name}” is still being checked; try again in a moment.", status=422)
    if file.verdict == StoredFile.Verdict.REFUSED and file.purpose != "original":
        raise Refusal("file_refused", f"“{file.name}” was refused: {file.reason}", status=422, field="files")
