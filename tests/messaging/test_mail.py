"""Mail by outbox: a row of the transaction, sent once afterwards, kept when the server will not have it."""

import email
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import time_machine
from django.conf import LazySettings
from django.core.mail import EmailMessage, send_mail
from django.core.mail.message import BadHeaderError
from django.db import transaction

from eipp.kernel import clock, jobs
from messaging.mail_delivery import PAUSES, deliver_mail
from messaging.outgoing_mail import OutgoingMail
from tests.messaging.sink import Sink
from tests.servers.ports import free_port


@pytest.fixture(autouse=True)
def outbox(settings: LazySettings, db: None) -> None:
    settings.EMAIL_BACKEND = "messaging.mail.OutboxBackend"


def _send(subject: str = "Your invoice", to: str = "anna@example.com") -> None:
    send_mail(subject, "Grüße,\nNordwind", "Nordwind <invoices@example.com>", [to])


def test_a_mail_reaches_the_server_once(sink: Sink) -> None:
    _send()
    deliver_mail()
    deliver_mail()
    ((recipients, mail),) = sink.taken
    assert recipients == ["anna@example.com"]
    assert mail["Subject"] == "Your invoice"
    assert cast("bytes", mail.get_payload(decode=True)).decode().split() == ["Grüße,", "Nordwind"]


def test_a_sent_mail_keeps_its_facts_and_forgets_its_text(sink: Sink) -> None:
    _send()
    assert b"Nordwind" in bytes(OutgoingMail.objects.get().content)
    deliver_mail()
    mail = OutgoingMail.objects.get()
    assert mail.sent_at and bytes(mail.content) == b""
    assert (mail.subject, mail.recipients) == ("Your invoice", ["anna@example.com"])


def test_the_job_that_a_new_mail_wakes_is_on_the_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr("eipp.kernel.jobs.nudge", woken.append)
    _send()
    jobs.app.loader.import_default_modules()
    assert woken == ["messaging.mail_delivery.deliver_mail"]
    assert set(woken) <= set(jobs.app.conf.beat_schedule)


def test_a_mail_of_a_transaction_that_failed_is_never_sent(sink: Sink) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _send()
        raise RuntimeError("the change did not happen")
    deliver_mail()
    assert sink.taken == []


def test_attachments_and_blind_copies_travel_along(sink: Sink) -> None:
    mail = EmailMessage("Paper", "See below", "a@example.com", ["anna@example.com"], bcc=["archive@example.com"])
    mail.attach("invoice.pdf", b"%PDF-1.7", "application/pdf")
    mail.send()
    deliver_mail()
    ((recipients, taken),) = sink.taken
    assert recipients == ["anna@example.com", "archive@example.com"]
    assert "archive@example.com" not in taken.as_string()
    (paper,) = [part for part in taken.walk() if part.get_filename() == "invoice.pdf"]
    assert paper.get_payload(decode=True) == b"%PDF-1.7"


@pytest.mark.parametrize("address", ["anna@example.com\nBcc: all@example.com", "a\r\nDATA@example.com", "a\0@b.c"])
def test_a_line_break_in_an_address_is_refused(address: str) -> None:
    with pytest.raises(BadHeaderError):
        _send(to=address)
    assert not OutgoingMail.objects.exists()


def test_a_line_break_in_the_subject_is_refused() -> None:
    with pytest.raises(BadHeaderError):
        _send(subject="Hello\nBcc: all@example.com")


def test_a_server_that_is_away_is_tried_again_later_and_given_up_at_last(settings: LazySettings) -> None:
    settings.SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    _send()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for pause in PAUSES:
            deliver_mail()
            mail = OutgoingMail.objects.get()
            assert mail.retry_at == clock.now() + pause and mail.failed_at is None
            attempts = mail.attempts
            deliver_mail()
            mail.refresh_from_db()
            assert mail.attempts == attempts
            traveller.shift(pause)
        deliver_mail()
    mail = OutgoingMail.objects.get()
    assert mail.failed_at and "refused" in mail.error.lower()
    assert b"Nordwind" in bytes(mail.content)


def test_a_mail_the_server_will_never_take_is_kept_as_failed_at_once(sink: Sink) -> None:
    sink.answer = "554 No such thing here"
    _send()
    deliver_mail()
    mail = OutgoingMail.objects.get()
    assert mail.failed_at and "554" in mail.error


def test_one_bad_mail_does_not_keep_the_next_one_back(sink: Sink) -> None:
    _send("First")
    sink.answer = "451 Later, please"
    deliver_mail()
    sink.answer = "250 OK"
    _send("Second")
    deliver_mail()
    assert [mail["Subject"] for _, mail in sink.taken] == ["Second"]
    with time_machine.travel(clock.now() + PAUSES[0], tick=False):
        deliver_mail()
    assert [mail["Subject"] for _, mail in sink.taken] == ["Second", "First"]


def test_a_mail_in_another_workers_hands_is_left_to_it_until_its_lease_ends(sink: Sink) -> None:
    _send()
    mail = OutgoingMail.objects.get()
    mail.retry_at = clock.now() + timedelta(minutes=3)
    mail.save()
    deliver_mail()
    assert sink.taken == []
    with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):
        deliver_mail()
    assert len(sink.taken) == 1


def test_without_a_server_mails_lie_in_a_folder_as_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MAIL_FOLDER, settings.SMTP_URL = tmp_path / "mail", ""
    _send()
    deliver_mail()
    (path,) = settings.MAIL_FOLDER.glob("*.eml")
    assert email.message_from_bytes(path.read_bytes())["To"] == "anna@example.com"
    assert OutgoingMail.objects.get().sent_at
