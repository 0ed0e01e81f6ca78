"""Files: announced, sent to the store by a ticket, finished; then a message, claim or remittance advice names one."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponseBase
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents import upload
from documents.content import LARGEST
from documents.delivery import deliver
from documents.file import StoredFile
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import AnyForm, Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal


class NewFile(shapes.Written):
    """What is going to be sent: its name, its size in bytes, and what for."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    size: Annotated[int, Meta(ge=1, le=LARGEST)]
    purpose: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": list(upload.PURPOSES)})] = "message"
    content_type: Annotated[str, Meta(max_length=100)] = ""


class FileItem(msgspec.Struct):
    """`verdict`: pending until it is checked, then clean or refused, for the `reason` given."""

    id: UUID
    name: str
    size: int
    content_type: str
    sha256: str
    purpose: str
    verdict: str
    reason: str
    checked_at: datetime | None


class Ticket(msgspec.Struct):
    """Leave to send the bytes: one multipart POST to `url`, first the `fields`, last the part named `file`.

    A `url` that begins with a slash is meant at our own address."""

    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: datetime


class BegunFile(FileItem):
    ticket: Ticket


class Nothing(shapes.Written):
    """Nothing is to be said."""


class FileList(Resource):
    @operation("Announce a file", right="document.upload", tag="files", body=NewFile, answers={201: BegunFile},
               example={"name": "remittance.csv", "size": 51, "purpose": "remittance"})  # fmt: skip
    def post(self, request: Request) -> Response:
        """The answer says where to send its bytes, within a quarter of an hour; then call `finish`."""
        new: NewFile = self.body()
        shapes.one_of(new.purpose, upload.PURPOSES, "purpose")
        file, ticket = upload.begin_upload(
            self.actor, name=new.name, size=new.size, content_type=new.content_type, purpose=new.purpose,
            now=clock.now(),
        )  # fmt: skip
        leave = Ticket(ticket.url, ticket.fields, ticket.max_bytes, ticket.expires_at)
        headers = {"Location": f"{request.path}/{file.pk}"}
        return Response(BegunFile(**_facts(file), ticket=leave), status=201, headers=headers)


class FileOne(Resource):
    @operation("Read a file's facts", right="invoice.view", tag="files", answers={200: FileItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(FileItem(**_facts(self.find(StoredFile.objects.visible_to(self.actor), id))))


class FileFinish(Resource):
    @operation("Finish a file", right="document.upload", tag="files", body=Nothing, answers={200: FileItem},
               atomic=False)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """What was sent is taken and checked; a second call changes nothing. 409 while nothing has arrived."""
        self.body()
        file = self.find(StoredFile.objects.visible_to(self.actor), id)
        return Response(FileItem(**_facts(upload.finish_upload(self.actor, file, now=clock.now()))))


class FileContent(Resource):
    content_negotiation_class = AnyForm

    @operation("Download a file", right="invoice.view", tag="files", answers={200: bytes},
               produces="application/octet-stream")  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        file = self.find(StoredFile.objects.visible_to(self.actor), id)
        try:
            return deliver(self.actor, file)
        except Refusal as refusal:  # reading knows no conflict: what is not there yet is not there
            raise Refusal(refusal.code, refusal.sentence, status=404) from None


def _facts(file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.pk, "name": file.name, "size": file.size, "content_type": file.content_type, "sha256": file.sha256,
        "purpose": file.purpose, "verdict": file.verdict, "reason": file.reason, "checked_at": file.checked_at,
    }  # fmt: skip
