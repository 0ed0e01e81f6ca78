"""Originals of texts that programs write: small, read wholly by our own code, and kept or lost with their row."""

import hashlib
from datetime import datetime

from documents.file import StoredFile
from documents.name import clean_name
from eipp.kernel.actor import Actor


def original(actor: Actor, content: bytes, *, name: str, content_type: str, now: datetime) -> StoredFile:
    """The file of such a text, not yet saved. No scanner has to see what was understood to the last byte, and it is not
    put into the store: that would cost more than the invoice itself, and could outlive what it belongs to."""
    return StoredFile(
        owner_id=actor.organisation_id, uploader_kind=actor.kind, uploader_id=actor.id, name=clean_name(name),
        content_type=content_type, size=len(content), sha256=hashlib.sha256(content).hexdigest(), content=content,
        purpose="original", begun_at=now, uploaded_at=now, checked_at=now, verdict=StoredFile.Verdict.CLEAN,
    )  # fmt: skip
