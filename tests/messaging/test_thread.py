"""Threads: one gapless order, said once, read by those concerned, notes for colleagues apart."""

from typing import Any

import pytest

from documents.file import StoredFile, files_of
from documents.upload import begin_upload, store_bytes
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.refusal import Refusal
from messaging.thread import (
    Message,
    Thread,
    mark_read,
    messages,
    messages_about,
    post_message,
    thread_of,
    unread,
)
from tests.documents import samples
from tests.messaging.cast import Cast


def _refused(call: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        call(*args, **kwargs)
    return refused.value


def test_what_is_said_stands_in_order_and_is_an_event_of_the_subject(cast: Cast) -> None:
    thread = thread_of(cast.account)
    first = post_message(cast.actor("anna"), thread, " Where is my credit note?\r\n")
    second = post_message(cast.actor("clara"), thread, "On its way.")
    read = messages(cast.actor("anna"), thread)
    assert [(message.sequence, message.body, message.side) for message in read] == [
        (1, "Where is my credit note?", "buyer"), (2, "On its way.", "supplier"),
    ]  # fmt: skip
    assert messages(cast.actor("anna"), thread, after=1) == [second]
    event = Event.objects.get(name="message.posted", subject_id=first.pk)
    assert (event.supplier_id, event.buyer_id, event.account_id, event.internal) == (
        cast.supplier.pk, cast.buyer.pk, cast.account.pk, False,
    )  # fmt: skip
    concerned = set(EventSubject.objects.filter(event_id=event.pk).values_list("kind", "object_id"))
    assert {("customeraccount", cast.account.pk), ("thread", thread.pk)} <= concerned


def test_reading_a_subject_nobody_spoke_about_begins_no_thread(cast: Cast) -> None:
    assert messages_about(cast.actor("anna"), cast.account) == []
    assert not Thread.objects.exists()


def test_the_same_client_id_says_nothing_twice(cast: Cast) -> None:
    thread = thread_of(cast.account)
    first = post_message(cast.actor("anna"), thread, "Hello", client_id="tab-1")
    again = post_message(cast.actor("anna"), thread, "Hello", client_id="tab-1")
    other = post_message(cast.actor("clara"), thread, "Hello", client_id="tab-1")
    assert first == again != other
    assert Message.objects.count() == 2
    assert Event.objects.filter(name="message.posted").count() == 2


def test_a_stranger_reads_and_writes_nothing(cast: Cast) -> None:
    thread = thread_of(cast.account)
    post_message(cast.actor("anna"), thread, "Hello")
    assert messages(cast.actor("sina"), thread) == []
    assert messages_about(cast.actor("sina"), cast.account) == []
    with pytest.raises(Thread.DoesNotExist):
        post_message(cast.actor("sina"), thread, "Hello")
    assert Message.objects.count() == 1


def test_a_member_of_one_branch_does_not_hear_of_another(cast: Cast) -> None:
    cast.add("leo", "Leo Leeds", cast.buyer, ["approver"], accounts=[cast.branch])
    thread = thread_of(cast.account)
    post_message(cast.actor("anna"), thread, "Hello")
    assert messages(cast.actor("leo"), thread) == []
    assert len(messages(cast.actor("anna"), thread)) == 1


def test_a_viewer_reads_but_does_not_write(cast: Cast) -> None:
    thread = thread_of(cast.account)
    post_message(cast.actor("anna"), thread, "Hello")
    assert len(messages(cast.actor("vera"), thread)) == 1
    assert _refused(post_message, cast.actor("vera"), thread, "Hello").status == 403


def test_internal_notes_are_for_colleagues_only(cast: Cast) -> None:
    thread = thread_of(cast.account)
    note = post_message(cast.actor("clara"), thread, "Careful, late payer.", internal=True)
    assert messages(cast.actor("mona"), thread) == [note]
    assert messages(cast.actor("anna"), thread) == []
    event = Event.objects.get(name="message.posted")
    assert event.internal
    assert not Event.objects.visible_to(cast.actor("anna")).filter(pk=event.pk).exists()
    refusal = _refused(post_message, cast.actor("anna"), thread, "Mine", internal=True)
    assert refusal.status == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "empty_message"), (" \n ", "empty_message"), ("x" * 10_001, "too_long"), ("a\0b", "bad_text"),
     ("a\ud800b", "bad_text")],
)  # fmt: skip
def test_text_that_cannot_be_said_is_refused_with_the_field(cast: Cast, body: str, code: str) -> None:
    refusal = _refused(post_message, cast.actor("anna"), thread_of(cast.account), body)
    assert (refusal.code, refusal.status, refusal.field) == (code, 422, "body")


def test_a_file_comes_with_the_message_and_is_seen_by_its_readers(cast: Cast) -> None:
    file = store_bytes(cast.actor("anna"), samples.PNG, name="photo.png", purpose="message")
    message = post_message(cast.actor("anna"), thread_of(cast.account), "", files=[file])
    assert files_of(cast.actor("clara"), [message]) == {message.pk: [file]}
    assert files_of(cast.actor("sina"), [message]) == {message.pk: []}


def test_somebody_elses_file_cannot_be_taken_along(cast: Cast) -> None:
    file = store_bytes(cast.actor("sina"), samples.PNG, name="photo.png", purpose="message")
    with pytest.raises(StoredFile.DoesNotExist):
        post_message(cast.actor("anna"), thread_of(cast.account), "Look", files=[file])
    assert not Message.objects.exists()


def test_an_unchecked_file_keeps_the_message_back(cast: Cast) -> None:
    file, _ = begin_upload(cast.actor("anna"), name="photo.png", size=10)
    refusal = _refused(post_message, cast.actor("anna"), thread_of(cast.account), "Look", files=[file])
    assert refusal.code == "file_unchecked"
    assert not Message.objects.exists()


def test_read_marks_count_what_others_said_since(cast: Cast) -> None:
    thread = thread_of(cast.account)
    for text in ("one", "two", "three"):
        post_message(cast.actor("clara"), thread, text)
    post_message(cast.actor("clara"), thread, "note", internal=True)
    assert unread(cast.actor("anna"), [thread]) == {thread.pk: 3}
    assert unread(cast.actor("mona"), [thread]) == {thread.pk: 4}
    assert unread(cast.actor("clara"), [thread]) == {}
    mark_read(cast.actor("anna"), thread, sequence=2)
    mark_read(cast.actor("anna"), thread, sequence=1)
    assert unread(cast.actor("anna"), [thread]) == {thread.pk: 1}
