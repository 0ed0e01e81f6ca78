"""Narration: what happened, told as lines of the thread of whatever it concerns, between what people say."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from eipp.kernel.events import Event, subjects
from messaging import topics
from messaging.broadcast import tell
from messaging.thread import Message, Thread

NARRATED = frozenset(
    """invoice.withdrawn invoice.superseded credit_note.posted finance_charge.posted finance_charge.waived
    dispute.opened dispute.taken dispute.asked dispute.answered dispute.proposed dispute.agreed dispute.accepted
    dispute.declined dispute.escalated dispute.withdrawn
    payment.submitted payment.settled payment.failed payment.cancelled payment.returned payment.charged_back""".split()
)
_WITH_THREAD = {"account", "invoice", "dispute", "payment"}  # kinds of topics.TOPICS that people talk about

type_of_subject = tuple[str, UUID]


@transaction.atomic
def narrate(events: list[Event]) -> None:
    """EVENT_RELAYS: one line per event and thread, for both sides; told twice, it stands once.

    What belongs to one side alone (an approval, a quarantined invoice) is not narrated to the other.
    """
    shared = [event for event in events if event.name in NARRATED and event.supplier_id and event.buyer_id]
    if not shared:
        return
    concerned = subjects(shared)
    wanted = {subject for found in concerned.values() for subject in found}
    threads = _locked_threads(wanted)
    told = set(Message.objects.filter(event_id__in=concerned).values_list("thread_id", "event_id"))
    lines = [
        (threads[subject], event)
        for event in shared
        for subject in concerned[event.pk]
        if subject in threads and (threads[subject].pk, event.pk) not in told
    ]
    _append(lines)


def _locked_threads(wanted: set[type_of_subject]) -> dict[type_of_subject, Thread]:
    """The subjects' threads, begun where there was none, locked in one order."""
    Thread.objects.bulk_create(_threads_to_be(wanted), ignore_conflicts=True)
    ids = {object_id for _, object_id in wanted}
    locked = Thread.objects.select_for_update().filter(object_id__in=ids).order_by("pk")
    return {(thread.kind, thread.object_id): thread for thread in locked}


def _threads_to_be(wanted: set[type_of_subject]) -> list[Thread]:
    """A query per kind: whose each subject is, by the paths that its model declares."""
    new = []
    for kind in sorted({kind for kind, _ in wanted}):
        model = topics.model_of(topics.topic_kind(kind)) if topics.topic_kind(kind) in _WITH_THREAD else None
        if model is not None:
            ids = [object_id for found, object_id in wanted if found == kind]
            new += [Thread(kind=kind, **facts) for facts in _facts(model, ids)]
    return new


def _facts(model: Any, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    paths = {"object_id": "pk", "supplier_id": model.scope.supplier, "buyer_id": model.scope.buyer}
    if model.scope.account:
        paths["account_id"] = model.scope.account
    rows = model.objects.filter(pk__in=ids).values_list(*paths.values())
    return [dict(zip(paths, row, strict=True)) for row in rows]


def _append(lines: list[tuple[Thread, Event]]) -> None:
    messages = []
    for thread, event in lines:
        messages.append(_line(thread, event))
        thread.next_sequence += 1
    Message.objects.bulk_create(messages, batch_size=500)
    Thread.objects.bulk_update({thread.pk: thread for thread, _ in lines}.values(), ["next_sequence"], batch_size=200)
    heard = [topics.topic(topics.topic_kind(thread.kind), thread.object_id) for thread, _ in lines]
    transaction.on_commit(partial(tell, heard), robust=True)


def _line(thread: Thread, event: Event) -> Message:
    return Message(
        thread=thread, sequence=thread.next_sequence, author_kind=event.actor_kind, author_id=event.actor_id,
        side=event.actor_side, internal=event.internal, event_id=event.pk, said_at=event.occurred_at,
    )  # fmt: skip
