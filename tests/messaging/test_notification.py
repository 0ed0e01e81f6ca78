"""Who hears what: those concerned on the right side, never oneself, never a stranger, each once."""

from collections.abc import Callable

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from eipp.accounts.models import CustomerAccount
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from messaging.narration import narrate
from messaging.notification import Notification, mark_all_read, mark_seen, notifications, notify, unread_count
from messaging.sentences import render
from messaging.thread import Message, Thread, messages, messages_about, post_message, thread_of
from tests.messaging.cast import Cast

PLATFORM = Actor.system("test")


def _record(name: str, actor: Actor, *accounts: CustomerAccount, internal: bool = False) -> list[Event]:
    with transaction.atomic():
        return events.record_all([events.Draft(name, account, internal=internal) for account in accounts], actor)


def _hearers(cast: Cast) -> set[str]:
    usernames = {person.pk: username for username, person in cast.people.items()}
    return {usernames[row.person_id] for row in Notification.objects.all()}


def test_a_message_is_heard_by_the_other_side_that_may_answer(cast: Cast, settle: Callable[[], None]) -> None:
    post_message(cast.actor("anna"), thread_of(cast.account), "Hello")
    settle()
    assert _hearers(cast) == {"clara", "mona"}
    (notification,) = notifications(cast.actor("clara"))
    event = Event.objects.get(pk=notification.event_id)
    assert render([event], cast.actor("clara")) == ["Anna Approver (Brightwater Manufacturing Ltd) wrote a message."]


def test_an_internal_note_is_heard_by_colleagues_but_not_by_its_author(cast: Cast, settle: Callable[[], None]) -> None:
    post_message(cast.actor("clara"), thread_of(cast.account), "Careful", internal=True)
    settle()
    assert _hearers(cast) == {"mona"}


def test_being_told_twice_is_heard_once(cast: Cast, settle: Callable[[], None]) -> None:
    post_message(cast.actor("anna"), thread_of(cast.account), "Hello")
    settle()
    notify(list(Event.objects.all()))
    assert unread_count(cast.actor("clara")) == 1


def test_only_the_role_concerned_hears(cast: Cast) -> None:
    notify(_record("approval.requested", PLATFORM, cast.account))
    assert _hearers(cast) == {"anna"}


def test_a_member_of_a_parent_account_hears_of_its_branches_and_not_the_other_way_round(cast: Cast) -> None:
    cast.add("petra", "Petra Parent", cast.buyer, ["approver"], accounts=[cast.account])
    cast.add("leo", "Leo Leeds", cast.buyer, ["approver"], accounts=[cast.branch])
    notify(_record("approval.requested", PLATFORM, cast.account))
    assert _hearers(cast) == {"anna", "petra"}
    Notification.objects.all().delete()
    notify(_record("approval.requested", PLATFORM, cast.branch))
    assert _hearers(cast) == {"anna", "petra", "leo"}


def test_reading_is_remembered(cast: Cast, settle: Callable[[], None]) -> None:
    for account in (cast.account, cast.branch):
        post_message(cast.actor("anna"), thread_of(account), "Hello")
    settle()
    mark_seen(cast.actor("clara"), cast.account)
    assert unread_count(cast.actor("clara")) == 1
    mark_all_read(cast.actor("clara"))
    assert unread_count(cast.actor("clara")) == 0
    assert unread_count(cast.actor("mona")) == 2
    assert unread_count(cast.actor("sina")) == 0


def test_thirty_events_take_as_many_queries_as_three(cast: Cast) -> None:
    counts = []
    for number in (3, 30):
        told = _record("invoice.presented", PLATFORM, *[cast.account] * number)
        with CaptureQueriesContext(connection) as queries:
            notify(told)
            narrate(told)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_what_happened_is_narrated_in_the_thread_of_what_it_concerns(cast: Cast) -> None:
    thread = thread_of(cast.account)
    post_message(cast.actor("anna"), thread, "We will dispute this.")
    opened = _record("dispute.opened", cast.actor("anna"), cast.account)
    narrate(opened)
    narrate(opened)
    said = messages(cast.actor("clara"), thread)
    assert [(message.sequence, message.event_id) for message in said] == [(1, None), (2, opened[0].pk)]
    assert post_message(cast.actor("anna"), thread, "Done.").sequence == 3


def test_narration_begins_the_thread_where_there_is_none(cast: Cast) -> None:
    narrate(_record("dispute.opened", cast.actor("anna"), cast.account, cast.foreign))
    assert Thread.objects.count() == 2
    (line,) = messages_about(cast.actor("anna"), cast.account)
    assert (line.side, line.author_id, line.body) == ("buyer", cast.people["anna"].pk, "")
    assert messages_about(cast.actor("anna"), cast.foreign) == []
    assert len(messages_about(cast.actor("sina"), cast.foreign)) == 1


def test_what_is_not_of_both_sides_is_not_narrated(cast: Cast) -> None:
    narrate(_record("approval.requested", PLATFORM, cast.account))
    narrate(_record("invoice.viewed", cast.actor("anna"), cast.account))
    assert not Message.objects.exists()


def test_thirty_narrated_events_take_as_many_queries_as_three(cast: Cast) -> None:
    counts = []
    for number in (3, 30):
        accounts = [_account(cast, f"{number}-{n}") for n in range(number)]
        told = _record("dispute.opened", cast.actor("anna"), *accounts)
        with CaptureQueriesContext(connection) as queries:
            narrate(told)
            notify(told)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _account(cast: Cast, number: str) -> CustomerAccount:
    return CustomerAccount.objects.create(
        supplier=cast.supplier, buyer=cast.buyer, legal_entity=cast.account.legal_entity, number=number, name=number,
        currency="EUR",
    )  # fmt: skip
