"""Nothing is served before the scanner has seen it; what it finds bad is put aside, and what it cannot see waits."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import upload
from documents.delivery import deliver
from documents.file import StoredFile, attach
from documents.jobs import check_uploads, forget_abandoned_uploads
from documents.scanner import ClamAV, ScannerAway
from documents.store import store
from eipp.kernel import clock, lease
from eipp.kernel.events import Event
from eipp.kernel.refusal import Refusal
from messaging.notification import notifications
from messaging.sentences import render
from tests.documents import samples
from tests.messaging.cast import Cast
from tests.servers.clamd import EICAR, Clamd, clamd
from tests.servers.ports import free_port

BAD = b"a;b\n" + EICAR


@pytest.fixture
def scanner(settings: LazySettings) -> Iterator[Clamd]:
    with clamd() as running:
        settings.CLAMAV_URL = running.url
        yield running


@pytest.fixture
def away(settings: LazySettings) -> None:
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{free_port()}"


def _uploaded(cast: Cast, content: bytes, name: str = "list.csv") -> StoredFile:
    file, ticket = upload.begin_upload(cast.actor("anna"), name=name, size=len(content))
    Client().post(ticket.url, {**ticket.fields, "file": SimpleUploadedFile("x", content)})
    return upload.finish_upload(cast.actor("anna"), file)


def _refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        call(*args, **kwargs)
    return refused.value


def test_a_clean_file_is_served_after_the_scanner_saw_all_of_it(cast: Cast, scanner: Clamd) -> None:
    content = b"a;b\n" * 200_000
    file = _uploaded(cast, content)
    assert file.is_clean
    assert scanner.sizes == [len(content)]
    assert b"".join(deliver(cast.actor("anna"), file)) == content


def test_without_a_scanner_the_same_file_would_be_served(cast: Cast) -> None:
    assert _uploaded(cast, BAD).is_clean


def test_an_infected_file_is_refused_put_aside_and_its_sender_told(
    cast: Cast, scanner: Clamd, settle: Callable[[], None]
) -> None:
    file = _uploaded(cast, BAD)
    assert (file.verdict, file.is_quarantined) == ("refused", True)
    assert file.reason.startswith("The virus scanner found Win.Test.EICAR_HDB-1 in it.")
    assert store().size(file.key) == len(BAD)
    assert _refused(deliver, cast.actor("anna"), file).code == "file_refused"
    assert _refused(attach, file, to=cast.account).code == "file_refused"
    settle()
    event = Event.objects.get(name="file.infected")
    assert render([event], cast.actor("anna")) == [
        "The file “list.csv” was refused: the virus scanner found Win.Test.EICAR_HDB-1 in it."
    ]
    told = {name for name in cast.people if event.pk in [each.event_id for each in notifications(cast.actor(name))]}
    assert told == {"anna"}


def test_an_infected_original_does_not_even_go_back_to_its_owner(cast: Cast, scanner: Clamd) -> None:
    original = upload.store_bytes(cast.actor("mona"), BAD, name="invoice.xml")
    assert original.verdict == "refused"  # by its content already: such an original does go back
    assert b"".join(deliver(cast.actor("clara"), original)) == BAD
    original = upload.store_bytes(cast.actor("mona"), BAD, name="invoice.txt")
    attach(original, to=cast.account)
    assert _refused(deliver, cast.actor("clara"), original).code == "file_unchecked"
    check_uploads()
    assert _refused(deliver, cast.actor("clara"), original).code == "file_refused"


def test_a_form_without_scripts_is_told_at_once_and_nothing_is_kept(cast: Cast, scanner: Clamd) -> None:
    sent = SimpleUploadedFile("list.csv", BAD)
    assert _refused(upload.take_upload, cast.actor("anna"), sent).code == "infected"
    assert not StoredFile.objects.exists()


@pytest.mark.usefixtures("away")
def test_while_the_scanner_is_away_a_file_waits_and_is_shown_afterwards(cast: Cast, settings: LazySettings) -> None:
    file = _uploaded(cast, samples.PNG, "photo.png")
    assert (file.verdict, file.checked_at) == ("pending", None)
    assert _refused(deliver, cast.actor("anna"), file).code == "file_unchecked"
    attach(file, to=cast.account)
    check_uploads()
    StoredFile.objects.update(begun_at=clock.now() - timedelta(days=9), uploaded_at=clock.now() - timedelta(days=9))
    forget_abandoned_uploads()
    with clamd() as back:
        settings.CLAMAV_URL = back.url
        check_uploads()
    file.refresh_from_db()
    assert file.is_clean
    assert b"".join(deliver(cast.actor("clara"), file)) == samples.PNG


@pytest.mark.usefixtures("away")
def test_what_a_form_brings_while_the_scanner_is_away_waits_too(cast: Cast, settings: LazySettings) -> None:
    file = upload.take_upload(cast.actor("anna"), SimpleUploadedFile("list.csv", BAD))
    assert (file.verdict, store().size(file.key)) == ("pending", len(BAD))
    with clamd() as back:
        settings.CLAMAV_URL = back.url
        check_uploads()
    file.refresh_from_db()
    assert file.verdict == "refused" and file.is_quarantined


def test_a_file_that_waits_says_so_where_it_was_sent(cast: Cast, scanner: Clamd) -> None:
    browser = Client()
    browser.force_login(cast.people["anna"])
    scanner.manner = "limited"
    begun = browser.post("/files/begin", {"name": "list.csv", "size": 4}).json()
    Client().post(begun["ticket"]["url"], {"file": SimpleUploadedFile("x", b"a;b\n")})
    finished = browser.post(f"/files/{begun['id']}/finish").json()
    assert (finished["verdict"], finished["reason"]) == (
        "pending", "It is being checked and is shown once it is clean."
    )  # fmt: skip
    assert browser.get(f"/files/{begun['id']}/").status_code == 409


def test_a_file_that_the_scanner_cannot_take_does_not_hold_the_others_up(cast: Cast, scanner: Clamd) -> None:
    scanner.manner = "limited"
    files = [_uploaded(cast, b"a;b\n"), _uploaded(cast, b"c;d\n")]
    check_uploads()
    assert len(scanner.sizes) == 4
    scanner.manner = "answers"
    check_uploads()
    assert [StoredFile.objects.get(pk=file.pk).verdict for file in files] == ["clean", "clean"]


def test_one_worker_checks_at_a_time(cast: Cast, scanner: Clamd, monkeypatch: pytest.MonkeyPatch) -> None:
    scanner.manner = "limited"
    _uploaded(cast, b"a;b\n")
    assert lease.take("check uploads", seconds=300)
    monkeypatch.setattr(lease, "HOLDER", "another process")
    check_uploads()
    assert len(scanner.sizes) == 1


def test_a_scanner_that_hangs_holds_nobody_longer_than_asked(scanner: Clamd) -> None:
    scanner.manner = "dumb"
    began = time.monotonic()
    with pytest.raises(ScannerAway) as hung:
        ClamAV(scanner.url).scan(b"x" * 5_000_000, seconds=0.5)
    assert time.monotonic() - began < 3
    assert not hung.value.everything


def test_the_scanner_is_asked_whether_it_is_there(scanner: Clamd) -> None:
    ClamAV(scanner.url).answer(seconds=2)
    assert scanner.asked == [b"PING\0"]
    with pytest.raises(ScannerAway):
        ClamAV("unix:///nowhere/clamd.sock").answer(seconds=2)
