"""Delivery: bytes go out only checked, only to whom they belong, and only to be saved, never to be shown by us."""

from django.http import FileResponse

from documents.file import StoredFile
from documents.store import reached
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal


def deliver(actor: Actor, file: StoredFile) -> FileResponse:
    """The file as a download; a stranger gets `StoredFile.DoesNotExist`.

    Refused with 409 before the check, and when the content was refused - except originals, which their own
    organisation always gets back, as mere bytes, unless a scanner found something in them. The bytes go through us,
    wherever they lie: see docs/decisions.
    """
    file = StoredFile.objects.visible_to(actor).get(pk=file.pk)
    if file.verdict == StoredFile.Verdict.PENDING:
        raise Refusal("file_unchecked", f"“{file.name}” is still being checked; try again in a moment.")
    if not file.is_clean and not _is_own_original(actor, file):
        raise Refusal("file_refused", f"“{file.name}” is not delivered: {file.reason}")
    kind = file.content_type if file.is_clean else "application/octet-stream"
    with reached():
        stream = file.open()
    response = FileResponse(stream, as_attachment=True, filename=file.name, content_type=kind)
    response["Content-Length"] = file.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_own_original(actor: Actor, file: StoredFile) -> bool:
    own = file.purpose == "original" and actor.organisation_id == file.owner_id
    return own and not file.is_quarantined
