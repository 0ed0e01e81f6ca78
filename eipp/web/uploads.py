"""Files over the web: announced, received, finished and downloaded; each answer is small JSON, or the file."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from documents import store_folder, upload
from documents.delivery import deliver
from documents.file import StoredFile
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.web.middleware import ActingRequest


@require_POST
def begin(request: ActingRequest) -> HttpResponse:
    """Announce a file by `name`, `size`, `content_type`, `purpose`; the answer says where to send it."""
    asked = request.POST
    try:
        file, ticket = upload.begin_upload(
            request.actor, name=asked.get("name", ""), size=_size(asked.get("size", "")),
            content_type=asked.get("content_type", ""), purpose=asked.get("purpose", "message"),
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(refusal)
    sending = {"url": ticket.url, "fields": ticket.fields, "max_bytes": ticket.max_bytes}
    return JsonResponse({**_facts(file), "ticket": sending}, status=201)


@login_not_required
@csrf_exempt
@require_POST
def receive(request: HttpRequest, ticket: str) -> HttpResponse:
    """Take the bytes for a ticket, which is all the right it needs: no cookie is looked at."""
    now = clock.now()
    try:
        grant = store_folder.redeem(ticket, now=now)
        if int(request.headers.get("Content-Length") or 0) > grant.max_bytes + store_folder.ENVELOPE:
            raise store_folder.too_large(grant)
        sent = request.FILES.get("file")
        if sent is None:
            raise Refusal("nothing_sent", "The request brings no part named file.", status=422)
        store_folder.receive(ticket, sent.read(), now=now)
    except Refusal as refusal:
        return _refused(refusal)
    return HttpResponse(status=204)


@require_POST
def finish(request: ActingRequest, file_id: UUID) -> HttpResponse:
    """Have the sent bytes checked; the answer holds the verdict and, if refused, its reason."""
    actor = request.actor
    try:
        return JsonResponse(_facts(upload.finish_upload(actor, _found(actor, file_id))))
    except Refusal as refusal:
        return _refused(refusal)


@require_GET
def download(request: ActingRequest, file_id: UUID) -> FileResponse | HttpResponse:
    """The file, to be saved; 404 for whoever it does not belong to."""
    actor = request.actor
    try:
        return deliver(actor, _found(actor, file_id))
    except Refusal as refusal:
        return _refused(refusal)


app_name = "files"
urlpatterns = [
    path("begin", begin, name="begin"),
    path("receive/<str:ticket>", receive, name="receive"),
    path("<uuid:file_id>/finish", finish, name="finish"),
    path("<uuid:file_id>/", download, name="download"),
]


def _found(actor: Actor, file_id: UUID) -> StoredFile:
    file = StoredFile.objects.visible_to(actor).filter(pk=file_id).first()
    if file is None:
        raise Http404
    return file


def _size(written: str) -> int:
    if not written.isascii() or not written.isdigit() or len(written) > 12:
        raise Refusal("invalid_size", "The size must be a number of bytes.", status=422, field="size")
    return int(written)


def _facts(file: StoredFile) -> dict[str, Any]:
    return {"id": str(file.pk), "name": file.name, "size": file.size, "verdict": file.verdict, "reason": file.note}


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "detail": refusal.sentence}, status=refusal.status)
