"""Upload in two steps: nobody gets bytes that were not checked, and nothing checked can be changed afterwards."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import upload
from documents.delivery import deliver
from documents.file import StoredFile, attach, files_of
from documents.jobs import forget_abandoned_uploads, forget_late_bytes
from documents.store import UploadTicket, store
from documents.store_folder import FolderStore
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from tests.documents import samples
from tests.messaging.cast import Cast


def _send(ticket: UploadTicket, content: bytes) -> None:
    Client().post(ticket.url, {**ticket.fields, "file": SimpleUploadedFile("x", content)})


def _uploaded(cast: Cast, content: bytes = samples.PNG, name: str = "photo.png", by: str = "anna") -> StoredFile:
    file, ticket = upload.begin_upload(cast.actor(by), name=name, size=len(content))
    _send(ticket, content)
    return upload.finish_upload(cast.actor(by), file)


def _refused(call: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        call(*args, **kwargs)
    return refused.value


def test_an_announced_and_sent_file_is_checked_and_can_be_downloaded(cast: Cast) -> None:
    file = _uploaded(cast)
    assert (file.verdict, file.content_type, file.size) == ("clean", "image/png", len(samples.PNG))
    assert file.uploaded_at and file.checked_at and len(file.sha256) == 64
    response = deliver(cast.actor("anna"), file)
    assert b"".join(response) == samples.PNG
    assert response["Content-Disposition"] == 'attachment; filename="photo.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_nothing_is_delivered_before_the_check(cast: Cast) -> None:
    file, ticket = upload.begin_upload(cast.actor("anna"), name="photo.png", size=100)
    _send(ticket, samples.PNG)
    assert _refused(deliver, cast.actor("anna"), file).code == "file_unchecked"
    assert _refused(attach, file, to=cast.account).code == "file_unchecked"


def test_finishing_before_the_bytes_came_is_refused_and_can_be_repeated(cast: Cast) -> None:
    file, ticket = upload.begin_upload(cast.actor("anna"), name="photo.png", size=100)
    assert _refused(upload.finish_upload, cast.actor("anna"), file).code == "nothing_sent"
    _send(ticket, samples.PNG)
    assert upload.finish_upload(cast.actor("anna"), file).is_clean
    assert upload.finish_upload(cast.actor("anna"), file).is_clean


def test_bytes_sent_again_after_the_check_change_nothing(cast: Cast) -> None:
    content = samples.PNG
    file, ticket = upload.begin_upload(cast.actor("anna"), name="photo.png", size=len(samples.EXE))
    _send(ticket, content)
    upload.finish_upload(cast.actor("anna"), file)
    _send(ticket, samples.EXE)
    assert b"".join(deliver(cast.actor("anna"), file)) == content
    StoredFile.objects.update(begun_at=clock.now() - timedelta(hours=2))
    forget_late_bytes()
    assert store().size(file.incoming_key) is None
    assert b"".join(deliver(cast.actor("anna"), file)) == content


class SentAgain(FolderStore):
    """A store in which, just as the bytes are taken, their sender sends others and finishes once more."""

    def move(self, key: str, to: str) -> bool:
        moved = super().move(key, to)
        if again := SentAgain.waiting.pop(key, None):
            again()
        return moved

    waiting: ClassVar[dict[str, Callable[[], Any]]] = {}


def test_bytes_sent_again_during_the_check_are_not_served_under_its_verdict(cast: Cast, settings: LazySettings) -> None:
    settings.DOCUMENT_STORE = "tests.documents.test_upload.SentAgain"
    file, ticket = upload.begin_upload(cast.actor("anna"), name="photo.png", size=len(samples.EXE))
    _send(ticket, samples.PNG)

    def again() -> None:
        _send(ticket, samples.EXE)
        upload.finish_upload(cast.actor("anna"), file)

    SentAgain.waiting[file.incoming_key] = again
    file = upload.finish_upload(cast.actor("anna"), file)
    assert hashlib.sha256(file.read()).hexdigest() == file.sha256
    assert file.verdict == ("clean" if file.read() == samples.PNG else "refused")


def test_a_program_named_pdf_is_refused_with_its_reason_and_never_delivered(cast: Cast) -> None:
    file = _uploaded(cast, samples.EXE, "invoice.pdf")
    assert file.verdict == "refused"
    assert "not accepted" in file.reason
    assert _refused(deliver, cast.actor("anna"), file).code == "file_refused"
    assert _refused(attach, file, to=cast.account).code == "file_refused"


def test_an_oversized_file_is_refused_when_announced(cast: Cast) -> None:
    refusal = _refused(upload.begin_upload, cast.actor("anna"), name="a.pdf", size=20 * 1024 * 1024 + 1)
    assert (refusal.code, refusal.status) == ("too_large", 413)
    assert not StoredFile.objects.exists()


def test_a_viewer_may_not_upload(cast: Cast) -> None:
    refusal = _refused(upload.begin_upload, cast.actor("vera"), name="a.pdf", size=10)
    assert refusal.status == 403


def test_a_form_without_scripts_does_both_steps_at_once(cast: Cast) -> None:
    file = upload.take_upload(cast.actor("anna"), SimpleUploadedFile("../list.csv", b"a;b\n"), purpose="dispute")
    assert (file.name, file.verdict, file.content_type) == ("list.csv", "clean", "text/csv")
    bad = SimpleUploadedFile("list.csv", samples.EXE)
    assert _refused(upload.take_upload, cast.actor("anna"), bad).code == "kind_not_accepted"
    assert StoredFile.objects.count() == 1


def test_an_original_is_kept_and_given_back_to_its_owner_even_if_refused(cast: Cast) -> None:
    file = upload.store_bytes(cast.actor("mona"), samples.EXE, name="invoice.xml")
    attach(file, to=cast.account)
    response = deliver(cast.actor("clara"), file)
    assert b"".join(response) == samples.EXE
    assert response["Content-Type"] == "application/octet-stream"
    assert _refused(deliver, cast.actor("anna"), file).code == "file_refused"


def test_a_file_without_a_link_is_seen_by_its_organisation_only(cast: Cast) -> None:
    file = _uploaded(cast)
    seen = {name for name in cast.people if StoredFile.objects.visible_to(cast.actor(name)).exists()}
    assert seen == {"anna", "bea", "vera"}
    with pytest.raises(StoredFile.DoesNotExist):
        deliver(cast.actor("clara"), file)


def test_a_linked_file_is_seen_by_those_who_see_the_row(cast: Cast) -> None:
    file = _uploaded(cast)
    attach(file, to=cast.account)
    seen = {name for name in cast.people if StoredFile.objects.visible_to(cast.actor(name)).exists()}
    assert seen == {"clara", "mona", "anna", "bea", "vera"}
    assert files_of(cast.actor("clara"), [cast.account]) == {cast.account.pk: [file]}
    assert files_of(cast.actor("sina"), [cast.account]) == {cast.account.pk: []}


def test_an_internal_file_is_the_suppliers_own(cast: Cast) -> None:
    file = _uploaded(cast, by="clara")
    attach(file, to=cast.account, internal=True)
    seen = {name for name in cast.people if StoredFile.objects.visible_to(cast.actor(name)).exists()}
    assert seen == {"clara", "mona"}


def test_a_member_of_one_branch_does_not_see_the_files_of_another(cast: Cast) -> None:
    cast.add("leo", "Leo Leeds", cast.buyer, ["approver"], accounts=[cast.branch])
    file = _uploaded(cast)
    assert not StoredFile.objects.visible_to(cast.actor("leo")).exists()
    attach(file, to=cast.account)
    assert not StoredFile.objects.visible_to(cast.actor("leo")).exists()
    attach(file, to=cast.branch)
    assert StoredFile.objects.visible_to(cast.actor("leo")).exists()


def test_the_same_file_is_linked_to_a_row_once(cast: Cast) -> None:
    file = _uploaded(cast)
    attach([file, file], to=cast.account)
    attach(file, to=cast.account)
    assert file.links.count() == 1


def test_what_was_announced_and_never_finished_is_forgotten_after_a_day(cast: Cast) -> None:
    file, ticket = upload.begin_upload(cast.actor("anna"), name="photo.png", size=100)
    _send(ticket, samples.PNG)
    done = _uploaded(cast)
    StoredFile.objects.update(begun_at=clock.now() - timedelta(hours=23))
    forget_abandoned_uploads()
    assert StoredFile.objects.count() == 2
    StoredFile.objects.update(begun_at=clock.now() - timedelta(hours=25))
    forget_abandoned_uploads()
    assert list(StoredFile.objects.all()) == [done]
    assert store().size(file.incoming_key) is None
