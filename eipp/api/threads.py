"""Threads: what is said about an invoice, a dispute or another row; read on with `after`, the last sequence read."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents.file import StoredFile, files_of
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from messaging import topics
from messaging.event_item import Link
from messaging.thread import LONGEST, Message, Thread, messages, post_message, thread_of

MOST = 200


class ThreadItem(msgspec.Struct):
    id: UUID
    about: Link
    last_sequence: int


class ThreadQuery(Query):
    kind: Annotated[str, Meta(max_length=40, description="Only threads about this kind of row: `invoice`.")] = ""
    about: Annotated[UUID | None, Meta(description="Only the thread about this row.")] = None


class About(shapes.Written):
    """The row that the thread is about, such as kind `invoice` and its id."""

    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    id: UUID


class MessageQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    after: Annotated[int, Meta(ge=0, le=2**62, description="The last sequence you have.")] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST)] = MOST


class FileItem(msgspec.Struct):
    id: UUID
    name: str
    content_type: str
    size: int


class MessageItem(msgspec.Struct):
    """One line of a thread. `event` is the id of the event that it narrates; its `body` is empty then."""

    id: UUID
    sequence: int
    said_at: datetime
    by: str
    side: str
    own: bool
    internal: bool
    body: str
    event: int | None
    files: list[FileItem]


class Messages(msgspec.Struct):
    """In order; ask again with `after` = `next`."""

    items: list[MessageItem]
    next: int


class NewMessage(shapes.Written):
    """`files` are ids of uploaded and checked files; `internal` is a note for the supplier's colleagues."""

    body: Annotated[str, Meta(max_length=LONGEST)] = ""
    files: Annotated[list[UUID], Meta(max_length=20)] = []
    internal: bool = False
    client_id: Annotated[str, Meta(max_length=64, description="Your own id: sent again, nothing is said twice.")] = ""


class ThreadList(Resource):
    @operation("List threads", right="invoice.view", tag="threads", query=ThreadQuery, answers={200: Page[ThreadItem]})
    def get(self, request: Request) -> Response:
        query: ThreadQuery = self.query()
        rows = Thread.objects.visible_to(self.actor)
        wanted = {"kind": query.kind or None, "object_id": query.about}
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, _thread)

    @operation(
        "Find or begin a thread", right="thread.write", tag="threads", body=About, answers={200: ThreadItem},
        example={"kind": "invoice", "id": "0199d0a0-0000-7000-8000-000000000000"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The one thread about a row that you can see."""
        about: About = self.body()
        model = topics.model_of(about.kind)
        row = model and model.objects.visible_to(self.actor).filter(pk=about.id).first()
        if row is None or about.kind == "thread":
            raise Refusal("unknown_subject", "There is no such row that you can see.", status=422, field="id")
        return Response(_thread(thread_of(row)))


class ThreadMessages(Resource):
    @operation("Read messages", right="invoice.view", tag="threads", query=MessageQuery, answers={200: Messages})
    def get(self, request: Request, id: UUID) -> Response:
        query: MessageQuery = self.query()
        thread = self.find(Thread.objects.visible_to(self.actor), id)
        found = messages(self.actor, thread, after=query.after, limit=query.limit)
        files = files_of(self.actor, found)
        items = [_message(message, files[message.pk], self.actor) for message in found]
        return Response(Messages(items, found[-1].sequence if found else query.after))

    @operation(
        "Say something", right="thread.write", tag="threads", body=NewMessage, answers={201: MessageItem},
        example={"body": "Three of the ten arrived broken."},
    )  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        new: NewMessage = self.body()
        thread = self.find(Thread.objects.visible_to(self.actor), id)
        message = post_message(
            self.actor, thread, new.body, files=self._files(new.files), internal=new.internal,
            client_id=new.client_id, now=clock.now(),
        )  # fmt: skip
        item = _message(message, files_of(self.actor, [message])[message.pk], self.actor)
        return Response(item, status=201, headers={"Location": request.path})

    def _files(self, ids: list[UUID]) -> list[StoredFile]:
        found = StoredFile.objects.visible_to(self.actor).in_bulk(ids)
        for index, id in enumerate(ids):
            if id not in found:
                raise Refusal(
                    "unknown_file", "There is no such file that you can see.", status=422, field=f"files[{index}]"
                )
        return list(found.values())


def _thread(thread: Thread) -> ThreadItem:
    return ThreadItem(thread.pk, Link(thread.kind, thread.object_id), thread.next_sequence - 1)


def _message(message: Message, files: list[StoredFile], actor: Any) -> MessageItem:
    return MessageItem(
        id=message.pk, sequence=message.sequence, said_at=message.said_at, by=message.author_kind, side=message.side,
        own=message.author_id is not None and message.author_id == actor.id, internal=message.internal,
        body=message.body, event=message.event_id,
        files=[FileItem(file.pk, file.name, file.content_type, file.size) for file in files],
    )  # fmt: skip
