"""Sent files: what a form brings along, sent ahead by the page's script or, without scripts, with the form."""

import re

from documents.file import StoredFile
from documents.upload import take_upload
from eipp.web.middleware import ActingRequest

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def sent_files(request: ActingRequest, *, name: str = "files", purpose: str = "message") -> list[StoredFile]:
    """The checked files of a form's field, found through the actor. Raises Refusal for content that is not taken."""
    actor = request.actor
    ids = [value for value in request.POST.getlist(f"{name}_ids") if _ID.fullmatch(value)]
    known = list(StoredFile.objects.visible_to(actor).filter(pk__in=ids)) if ids else []
    return known + [take_upload(actor, sent, purpose=purpose) for sent in request.FILES.getlist(name) if sent.size]
