"""Thread: what is said about one invoice, dispute, payment or account, in one gapless order."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from documents.file import StoredFile, attach
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from messaging import topics

LONGEST = 10_000  # characters of one message


class Thread(Entity):
    """One thread per subject; seen by whoever sees the subject's account. next_sequence: what the next message gets."""

    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    supplier_id = models.UUIDField(null=True)
    buyer_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    next_sequence = models.BigIntegerField(default=1)
    scope = Scope(supplier="supplier_id", buyer="buyer_id", account="account_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "object_id"], name="thread_one_per_subject"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)


class Message(Entity):
    """What one person, ERP or the platform said.

    internal: a note for the supplier's colleagues; event_id: the event that this line narrates, whose sentence is made
    for each reader; client_id: the sender's own id, by which sending again says nothing twice.
    """

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    sequence = models.BigIntegerField()
    author_kind = models.CharField(max_length=10)
    author_id = models.UUIDField(null=True)
    side = models.CharField(max_length=10)
    body = models.TextField(blank=True)
    internal = models.BooleanField(default=False)
    event_id = models.BigIntegerField(null=True)
    client_id = models.CharField(max_length=64, blank=True)
    said_at = models.DateTimeField()
    scope = Scope(
        supplier="thread__supplier_id", buyer="thread__buyer_id", account="thread__account_id", internal="internal"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["thread", "sequence"], name="message_sequence"),
            models.UniqueConstraint(fields=["thread", "event_id"], name="message_narrates_once"),
            models.UniqueConstraint(
                fields=["thread", "author_id", "client_id"], condition=~Q(client_id=""), name="message_sent_once"
            ),
        )
        # What people said, among the many lines that narrate events: the desk asks for what is unanswered.
        indexes = (models.Index(fields=["side", "said_at"], condition=Q(event_id=None), name="message_said"),)

    def __str__(self) -> str:
        return f"{self.thread_id} {self.sequence}"

    def event_scope(self) -> EventScope:
        return self.thread.event_scope()


class ReadMark(models.Model):
    """How far one person has read in one thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="read_marks")
    person_id = models.UUIDField()
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["thread", "person_id"], name="read_mark_one_per_person"),)

    def __str__(self) -> str:
        return f"{self.thread_id} {self.person_id} {self.sequence}"


def thread_of(subject: Any) -> Thread:
    """The thread about a row that the caller found through the actor; it begins here if there was none."""
    scope = subject.event_scope()
    facts = {"supplier_id": scope.supplier_id, "buyer_id": scope.buyer_id, "account_id": scope.account_id}
    return Thread.objects.get_or_create(kind=events.kind_of(subject), object_id=subject.pk, defaults=facts)[0]


def post_message(
    actor: Actor,
    thread: Thread,
    body: str,
    *,
    files: Sequence[StoredFile] = (),
    internal: bool = False,
    client_id: str = "",
    now: datetime | None = None,
) -> Message:
    """Say something in a thread, with checked files; sent again with the same client_id, the first message is returned.

    Refused: 403 without the right, 422 for an empty or overlong text; a stranger gets `Thread.DoesNotExist`.
    """
    Thread.objects.visible_to(actor).get(pk=thread.pk)
    _require_right(actor, internal=internal)
    text = _cleaned(body, files)
    with transaction.atomic():
        locked = Thread.objects.select_for_update().get(pk=thread.pk)
        said = Message.objects.filter(thread=locked, author_id=actor.id, client_id=client_id).exclude(client_id="")
        if earlier := said.first():
            return earlier
        message = _append(actor, locked, text, internal=internal, client_id=client_id, now=now or clock.now())
        _attach(actor, message, files)
        events.record(
            "message.posted", message, actor, concerns=_concerns(locked), internal=internal, occurred_at=message.said_at
        )
    return message


def messages(actor: Actor, thread: Thread, *, after: int = 0, limit: int = 200) -> list[Message]:
    """What the actor may read in a thread beyond a sequence number, in order."""
    return list(_readable(actor).filter(thread=thread, sequence__gt=after)[:limit])


def messages_about(actor: Actor, subject: Any, *, after: int = 0, limit: int = 200) -> list[Message]:
    """The same for a subject's thread, which need not have begun: nothing is written."""
    about = {"thread__kind": events.kind_of(subject), "thread__object_id": subject.pk}
    return list(_readable(actor).filter(**about, sequence__gt=after)[:limit])


def mark_read(actor: Actor, thread: Thread, *, sequence: int) -> None:
    """Remember that the person has read up to here; it never goes back."""
    if actor.person_id is None:
        return
    mark, _ = ReadMark.objects.get_or_create(thread=thread, person_id=actor.person_id)
    ReadMark.objects.filter(pk=mark.pk, sequence__lt=sequence).update(sequence=sequence)


def unread(actor: Actor, threads: Sequence[Thread]) -> dict[Any, int]:
    """For each thread's id, how many messages of others the person has not read: one query."""
    if actor.person_id is None:
        return {}
    marks = ReadMark.objects.filter(thread=models.OuterRef("thread"), person_id=actor.person_id).values("sequence")
    fresh = Message.objects.visible_to(actor).filter(thread__in=threads).exclude(author_id=actor.person_id)
    fresh = fresh.annotate(read=Coalesce(models.Subquery(marks), 0))
    counted = fresh.filter(sequence__gt=models.F("read")).order_by().values("thread").annotate(count=models.Count("pk"))
    return {row["thread"]: row["count"] for row in counted}


def _readable(actor: Actor) -> models.QuerySet[Message]:
    return Message.objects.visible_to(actor).select_related("thread").order_by("sequence")


def _append(actor: Actor, locked: Thread, text: str, *, internal: bool, client_id: str, now: datetime) -> Message:
    message = Message.objects.create(
        thread=locked, sequence=locked.next_sequence, author_kind=actor.kind, author_id=actor.id, side=actor.side,
        body=text, internal=internal, client_id=client_id, said_at=now,
    )  # fmt: skip
    Thread.objects.filter(pk=locked.pk).update(next_sequence=locked.next_sequence + 1)
    return message


def _require_right(actor: Actor, *, internal: bool) -> None:
    if not actor.may("thread.write"):
        raise Refusal("not_your_role", "Your role lets you read here, not write.", status=403)
    if internal and (actor.side == "buyer" or not actor.may("thread.internal")):
        raise Refusal("not_your_role", "Internal notes are the supplier's own.", status=403)


def _cleaned(body: str, files: Sequence[StoredFile]) -> str:
    text = unicodedata.normalize("NFC", body.replace("\r\n", "\n")).strip()
    if any(unicodedata.category(letter) in ("Cs", "Cc") and letter not in "\n\t" for letter in text):
        raise Refusal("bad_text", "The message holds characters that cannot be shown.", status=422, field="body")
    if not text and not files:
        raise Refusal("empty_message", "Write a message or add a file.", status=422, field="body")
    if len(text) > LONGEST:
        raise Refusal("too_long", f"A message has at most {LONGEST:,} characters.", status=422, field="body")
    return text


def _attach(actor: Actor, message: Message, files: Sequence[StoredFile]) -> None:
    wanted = {file.pk for file in files}
    found = list(StoredFile.objects.visible_to(actor).filter(pk__in=wanted))
    if len(found) < len(wanted):
        raise StoredFile.DoesNotExist("a file of the message")
    attach(found, to=message, internal=message.internal)


def _concerns(thread: Thread) -> list[Any]:
    row = topics.row_of(thread.kind, thread.object_id)
    return [thread] if row is None else [row, thread]
