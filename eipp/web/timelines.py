"""Timelines: what happened to a row and what was said about it, in one order, as its reader may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from documents.file import StoredFile, files_of
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
    "refund": "credit",
    "plan": "payment",
    "offer": "payment",
    "chargeback": "payment",
    "approval": "approve",
    "credit_note": "credit",
    "invoice": "invoice",
    "remittance": "payment",
}
MEANINGS: dict[str, Meaning] = {
    "payment.settled": "good", "refund.succeeded": "good", "refund.failed": "bad", "refund.came_back": "bad",
    "refund.submitted": "waiting", "offer.accepted": "good", "offer.approved": "good", "offer.earned": "good",
    "offer.missed": "bad", "offer.proposed": "waiting", "offer.countered": "waiting",
    "approval.approved": "good", "dispute.accepted": "good", "dispute.agreed": "good",
    "invoice.closed": "good", "payment.failed": "bad", "payment.returned": "bad", "payment.charged_back": "bad",
    "approval.rejected": "bad", "dispute.declined": "bad", "dispute.opened": "waiting", "dispute.asked": "waiting",
    "approval.requested": "waiting", "payment.submitted": "waiting", "dispute.escalated": "waiting",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """What happened and was said, oldest first, and the row's own files; happened: the events among the entries."""

    entries: tuple[Entry, ...]
    files: tuple[Attachment, ...]
    happened: tuple[Event, ...] = ()


def history(actor: Actor, row: Any) -> History:
    """All that the actor may know of a row (whose supplier and buyer are at hand); a constant number of queries."""
    rows: Any = events.about(row)
    happened = list(rows.visible_to(actor).exclude(name="message.posted").order_by("-pk")[:MOST])[::-1]
    said = [message for message in messages_about(actor, row, limit=MOST) if message.event_id is None]
    files = files_of(actor, [row, *said])
    entries = [*_happened(happened, actor), *_said(said, actor, row, files)]
    return History(tuple(sorted(entries, key=lambda entry: entry.when)), attachments(files[row.pk]), tuple(happened))


def timeline(actor: Actor, row: Any) -> tuple[Entry, ...]:
    """What happened to a row and was said about it, where its files are of no interest."""
    return history(actor, row).entries


def happenings(actor: Actor, rows: Sequence[Event]) -> tuple[Entry, ...]:
    """Events alone, as the reader's sentences, in the order given."""
    return tuple(_happened(rows, actor))


def attachments(files: Sequence[StoredFile]) -> tuple[Attachment, ...]:
    return tuple(_attachment(file) for file in files)


def _attachment(file: StoredFile) -> Attachment:
    """With its address where it can be had; a refused original goes back to its own, unless a scanner refused it."""
    if file.is_clean or (file.checked_at and file.purpose == "original" and not file.is_quarantined):
        return Attachment(file.name, reverse("files:download", args=[file.pk]), filesizeformat(file.size))
    return Attachment(file.name, "", file.note)


def _happened(rows: Sequence[Event], actor: Actor) -> list[Entry]:
    return [
        Entry(
            "event", sentence, event.occurred_at, icon=ICONS.get(event.name.partition(".")[0], "dot"),
            meaning=MEANINGS.get(event.name, "quiet"), key=f"event-{event.pk}",
        )
        for event, sentence in zip(rows, sentences.render(rows, actor), strict=True)
    ]  # fmt: skip


def _said(messages: Sequence[Message], actor: Actor, row: Any, files: Mapping[Any, list[StoredFile]]) -> list[Entry]:
    people = names_of(message.author_id for message in messages) if messages else {}
    return [
        Entry(
            "note" if message.internal else "message", message.body, message.said_at,
            who=_said_by(message, people) or _company(message, row), organisation=_company(message, row),
            mine=message.side == actor.side, attachments=attachments(files.get(message.pk, [])),
            key=f"message-{message.sequence}",
        )
        for message in messages
    ]  # fmt: skip


def _said_by(message: Message, people: Mapping[UUID, str]) -> str:
    return people.get(message.author_id, "") if message.author_id else ""


def _company(message: Message, row: Any) -> str:
    company = row.buyer if message.side == "buyer" else row.supplier
    return company.name if company else ""
