"""Notices by mail for the absent: at once or once a day, as each person chose, never twice, and easy to stop."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from eipp.kernel import clock
from messaging.audience import AUDIENCE
from messaging.mail_delivery import deliver_mail
from messaging.notice_mail import DailyMail, mail_at_once, mail_daily
from messaging.notification import Notification
from messaging.outgoing_mail import OutgoingMail
from messaging.preference import KINDS, MailPreference, kind_of_notice, preference_of, unsubscribe_token
from messaging.thread import post_message, thread_of
from tests.messaging.post import link_in
from tests.messaging.sink import Sink
from tests.workflows.arriving import bill, of_nobody, send
from tests.world import World

Settle = Callable[[], None]
NOON = datetime(2031, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def chosen(world: World, who: str, **ways: str) -> None:
    form = {"move": "keep", "time_zone": ways.pop("time_zone", ""), **ways}
    assert world.client(who).post("/notifications/preferences/", form).status_code == 302


def quiet(world: World, *but: str) -> None:
    """Everybody else gets nothing by mail."""
    for word, person in world.people.items():
        if word not in but:
            MailPreference.objects.update_or_create(person=person, defaults={"ways": dict.fromkeys(KINDS, "portal")})


def carry(settle: Settle) -> None:
    settle()
    mail_at_once()
    mail_daily()
    deliver_mail()


def test_what_happens_is_mailed_at_once_to_whoever_is_not_there(
    world: World, settle: Settle, sink: Sink, noon: Any
) -> None:
    quiet(world, "anna")
    invoice = world.invoice("100.00", number="4711")
    post_message(world.actor("clara"), thread_of(invoice), "Where is it?")
    carry(settle)
    assert sink.taken == []  # a minute's time to read it in the portal
    noon.shift(timedelta(seconds=61))
    carry(settle)
    (mail,) = sink.read()
    assert mail["To"] == "anna@brightwater.example"
    text = mail.get_body(("plain",)).get_content()
    assert "Clara Clerk (Nordwind Handels GmbH) wrote a message." in text
    assert "Invoice 4711 waits for approval." in text
    assert f"/invoices/{invoice.pk}/" in text and "arrived" not in text  # invoices come once a day
    assert mail["From"].addresses[0].display_name == "Nordwind"
    noon.shift(timedelta(minutes=5))
    carry(settle)
    assert len(sink.taken) == 1


def test_whoever_has_read_it_gets_no_mail(world: World, settle: Settle, sink: Sink, noon: Any) -> None:
    quiet(world, "anna")
    invoice = world.invoice("100.00")
    settle()
    world.client("anna").get(f"/invoices/{invoice.pk}/")
    noon.shift(timedelta(minutes=2))
    carry(settle)
    assert sink.taken == []
    assert not Notification.objects.filter(person_id=world.anna.pk, mail_way="at_once", mailed_at=None).exists()


def test_who_chose_the_portal_gets_no_mail(world: World, settle: Settle, sink: Sink, noon: Any) -> None:
    quiet(world, "anna")
    chosen(world, "anna", approvals="portal", invoices="portal", messages="portal")
    world.invoice("100.00")
    settle()
    noon.shift(timedelta(days=2))
    carry(settle)
    assert sink.taken == [] and Notification.objects.filter(person_id=world.anna.pk).exists()


def test_the_daily_mail_comes_in_the_persons_own_morning_and_once(
    world: World, settle: Settle, sink: Sink, noon: Any
) -> None:
    quiet(world, "anna")
    chosen(world, "anna", approvals="daily", invoices="daily", time_zone="Asia/Tokyo")
    for number in ("A-1", "A-2"):
        world.invoice("100.00", number=number)
    settle()
    noon.move_to(datetime(2031, 3, 4, 21, 59, tzinfo=UTC))  # 06:59 in Tokyo
    carry(settle)
    assert sink.taken == []
    noon.move_to(datetime(2031, 3, 4, 22, 1, tzinfo=UTC))
    carry(settle)
    (mail,) = sink.read()
    assert mail["Subject"] == "Today: 4 things happened that concern you"
    text = mail.get_body(("plain",)).get_content()
    assert "A-1" in text and "A-2" in text
    world.invoice("100.00", number="A-3")
    carry(settle)
    noon.shift(timedelta(hours=3))
    carry(settle)
    assert len(sink.taken) == 1
    noon.shift(timedelta(days=1))
    carry(settle)
    assert len(sink.taken) == 2 and "A-3" in sink.read()[1].get_body(("plain",)).get_content()
    noon.shift(timedelta(days=1))
    carry(settle)
    assert len(sink.taken) == 2  # nothing happened


def test_a_daily_mail_that_was_begun_is_not_written_twice(world: World, settle: Settle, sink: Sink, noon: Any) -> None:
    """Whatever one worker did before it died: the day is taken in the transaction that writes the mail."""
    quiet(world, "anna")
    chosen(world, "anna", approvals="daily", invoices="portal")
    world.invoice("100.00")
    settle()
    noon.shift(timedelta(days=1))
    DailyMail.objects.create(person=world.anna, day=clock.today("Europe/London"), written_at=clock.now())
    carry(settle)
    assert sink.taken == []
    noon.shift(timedelta(days=1))
    carry(settle)
    assert len(sink.taken) == 1


def test_one_press_stops_them(world: World, settle: Settle, sink: Sink, noon: Any) -> None:
    quiet(world, "anna")
    world.invoice("100.00")
    settle()
    noon.shift(timedelta(minutes=2))
    carry(settle)
    (mail,) = sink.read()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = link_in(mail["List-Unsubscribe"])
    assert path == link_in(mail.get_body(("plain",)).get_content(), to="/mail/stop/")
    assert Client().get(path).status_code == 200
    assert preference_of(world.anna).ways == {}  # a scanner looked: nothing is stopped
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert set(preference_of(world.anna).ways.values()) == {"portal"}
    world.invoice("100.00")
    settle()
    noon.shift(timedelta(days=2))
    carry(settle)
    assert len(sink.taken) == 1


def test_a_stop_link_that_we_did_not_make_is_nothing(world: World) -> None:
    token = unsubscribe_token(world.anna.pk)
    for wrong in (token[:-1], token.replace(world.anna.pk.hex, world.ben.pk.hex), "x", "x.y", "z" * 32 + ".y"):
        assert Client().get(f"/mail/stop/{wrong}/").status_code == 404, wrong
        assert Client().post(f"/mail/stop/{wrong}/").status_code == 404, wrong
    assert not MailPreference.objects.exists()


def test_what_happened_before_one_joined_and_history_are_not_mailed(
    world: World, settle: Settle, sink: Sink, noon: Any
) -> None:
    world.invoice("100.00", now=clock.now() - timedelta(days=40))
    settle()
    noon.shift(timedelta(days=2))
    carry(settle)
    assert sink.taken == [] and Notification.objects.exists()


def test_only_what_a_person_may_still_see_is_mailed(world: World, settle: Settle, sink: Sink, noon: Any) -> None:
    quiet(world, "anna")
    world.invoice("100.00")
    settle()
    membership = world.anna.memberships.get()
    membership.ended_at = clock.now()
    membership.save()
    noon.shift(timedelta(days=2))
    carry(settle)
    assert sink.taken == []


def test_a_colleague_at_the_supplier_hears_of_a_document_held_back(
    world: World, settle: Settle, sink: Sink, noon: Any
) -> None:
    quiet(world, "clara")
    chosen(world, "clara", documents="at_once")
    row = send(world, of_nobody(bill(world, "RE-3")), account_number="").presentment
    settle()
    noon.shift(timedelta(minutes=2))
    carry(settle)
    (mail,) = sink.read()
    assert mail["To"] == "clara@nordwind.example"
    assert mail["Subject"] == "Document RE-3 was held back: it has faults to be mended"
    assert f"/desk/documents/{row.pk}/" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize(("field", "value"), [("approvals", "by pigeon"), ("time_zone", "Mars/Base")])
def test_a_way_that_there_is_none_of_is_refused(world: World, field: str, value: str) -> None:
    answer = world.client("anna").post("/notifications/preferences/", {"move": "keep", field: value})
    assert answer.status_code == 422
    assert not MailPreference.objects.exists()


def test_each_face_offers_its_own_kinds_and_keeps_what_was_chosen(world: World) -> None:
    chosen(world, "anna", approvals="daily")
    page = world.client("anna").get("/notifications/preferences/").content.decode()
    assert '<option value="daily" selected>' in page and "Documents held back" not in page
    assert "Documents held back" in world.client("clara").get("/notifications/preferences/").content.decode()
    assert not OutgoingMail.objects.exists()


def test_every_notice_is_of_a_kind() -> None:
    assert {kind_of_notice(name) for name in AUDIENCE} <= set(KINDS)
