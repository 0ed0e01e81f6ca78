"""Timelines: what happened to a row and what was said about it, in one order, as its reader may see it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from documents.file import StoredFile, files_of
from eipp.accounts.models import Organisation
from eipp.accounts.person import names_of
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.web.pieces import Attachment, Entry, Meaning
from messaging import sentences
from messaging.thread import Message, messages_about

MOST = 200
#: The event's noun -> its sign; the event's name -> what it means to the reader. The rest is quiet.
ICONS = {
    "dispute": "dispute",
    "payment": "payment",
    "approval": "approve",
    "credit_note": "credit",
    "invoice": "invoice",
}
MEANINGS: dict[str, Meaning] = {
    "payment.settled": "good", "approval.approved": "good", "dispute.accepted": "good", "dispute.agreed": "good",
    "invoice.closed": "good", "payment.failed": "bad", "payment.returned": "bad", "payment.charged_back": "bad",
    "approval.rejected": "bad", "dispute.declined": "bad", "dispute.opened": "waiting", "dispute.asked": "waiting",
    "approval.requested": "waiting", "payment.submitted": "waiting", "dispute.escalated": "waiting",
}  # fmt: skip


def timeline(actor: Actor, row: Any) -> tuple[Entry, ...]:
    """All that the actor may know of a row, oldest first; a constant number of queries."""
    happened = list(events.about(row).visible_to(actor).exclude(name="message.posted").order_by("-pk")[:MOST])[::-1]
    said = [message for message in messages_about(actor, row, limit=MOST) if message.event_id is None]
    entries = [*_happened(happened, actor), *_said(said, actor)]
    return tuple(sorted(entries, key=lambda entry: entry.when))


def happenings(actor: Actor, rows: Sequence[Event]) -> tuple[Entry, ...]:
    """Events alone, as the reader's sentences, in the order given."""
    return tuple(_happened(rows, actor))


def attachments(files: Sequence[StoredFile]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(file.name, reverse("files:download", args=[file.pk]), filesizeformat(file.size)) for file in files
    )


def _happened(rows: Sequence[Event], actor: Actor) -> list[Entry]:
    return [
        Entry(
            "event", sentence, event.occurred_at, icon=ICONS.get(event.name.partition(".")[0], "dot"),
            meaning=MEANINGS.get(event.name, "quiet"), key=f"event-{event.pk}",
        )
        for event, sentence in zip(rows, sentences.render(rows, actor), strict=True)
    ]  # fmt: skip


def _said(messages: Sequence[Message], actor: Actor) -> list[Entry]:
    people = names_of(message.author_id for message in messages)
    companies = _companies(messages)
    files = files_of(actor, messages) if messages else {}
    return [
        Entry(
            "note" if message.internal else "message", message.body, message.said_at,
            who=people.get(message.author_id, companies.get(_company_of(message), "")),
            organisation=companies.get(_company_of(message), ""), mine=message.side == actor.side,
            attachments=attachments(files.get(message.pk, [])), key=f"message-{message.sequence}",
        )
        for message in messages
    ]  # fmt: skip


def _companies(messages: Sequence[Message]) -> dict[UUID | None, str]:
    ids = {_company_of(message) for message in messages}
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name")) if messages else {}


def _company_of(message: Message) -> UUID | None:
    return message.thread.buyer_id if message.side == "buyer" else message.thread.supplier_id
