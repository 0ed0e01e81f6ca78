"""Twenty people speak at once: the order has no gap and no number twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from messaging import thread as threads
from messaging.thread import Message, Thread, post_message, thread_of
from tests.counts import rounds
from tests.messaging.cast import Cast

SPEAKERS = 20


def _at_once(speak: Callable[[int], object]) -> list[BaseException | None]:
    """Let all speak at the same moment; what went wrong for each."""
    start = Barrier(SPEAKERS)

    def one(number: int) -> BaseException | None:
        try:
            start.wait(timeout=30)
            speak(number)
        except Exception as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(SPEAKERS) as pool:
        return list(pool.map(one, range(SPEAKERS)))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_exactly_the_numbers_from_one_on() -> None:
    cast = Cast.make()
    thread, actor = thread_of(cast.account), cast.actor("anna")
    times = rounds(10)
    for _ in range(times):
        assert _at_once(lambda number: post_message(actor, thread, f"I am {number}")) == [None] * SPEAKERS
    sequences = list(Message.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, SPEAKERS * times + 1))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_who_begin_a_thread_at_once_share_one() -> None:
    cast = Cast.make()
    actor = cast.actor("anna")
    assert _at_once(lambda number: post_message(actor, thread_of(cast.account), "Hello")) == [None] * SPEAKERS
    assert Thread.objects.count() == 1
    assert Message.objects.count() == SPEAKERS


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_client_id_sent_twenty_times_at_once_says_it_once() -> None:
    cast = Cast.make()
    thread, actor = thread_of(cast.account), cast.actor("anna")
    assert _at_once(lambda number: post_message(actor, thread, "Hello", client_id="x")) == [None] * SPEAKERS
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_some_would_get_the_same_number() -> None:
    """Negative control: the same steps on an unlocked thread collide, and only the constraint stops them."""
    cast = Cast.make()
    thread, actor = thread_of(cast.account), cast.actor("anna")
    together = Barrier(SPEAKERS)

    def unlocked(number: int) -> None:
        with transaction.atomic():
            seen = Thread.objects.get(pk=thread.pk)
            together.wait(timeout=30)
            threads._append(actor, seen, "Hello", internal=False, client_id="", now=cast.people["anna"].joined_at)

    assert any(_at_once(unlocked))
