"""Conversation: a move of a dispute whose words stand in its thread; both happen, or neither."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from documents.file import StoredFile
from eipp.kernel.actor import Actor
from messaging.thread import Message, post_message, thread_of
from workflows.dispute import Dispute


def ask(
    actor: Actor, dispute: Dispute, question: str, *, files: Sequence[StoredFile] = (), now: datetime | None = None
) -> Message:
    """The supplier asks the buyer something about a dispute."""
    with transaction.atomic():
        dispute.ask(actor, now=now)
        return post_message(actor, thread_of(dispute), question, files=files, now=now)


def answer(
    actor: Actor, dispute: Dispute, text: str, *, files: Sequence[StoredFile] = (), now: datetime | None = None
) -> Message:
    """The buyer answers the supplier's question."""
    with transaction.atomic():
        dispute.give_answer(actor, now=now)
        return post_message(actor, thread_of(dispute), text, files=files, now=now)
