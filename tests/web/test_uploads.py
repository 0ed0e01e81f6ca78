"""Files over the web: announced, sent, finished and downloaded by those concerned, and nothing told to a stranger."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.file import StoredFile
from eipp.accounts.models import Person
from tests.documents import samples
from tests.messaging.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.make()


def _browser(person: Person) -> Client:
    browser = Client(raise_request_exception=True)
    browser.force_login(person)
    return browser


def _announced(browser: Client, content: bytes, name: str = "photo.png") -> dict[str, Any]:
    answer = browser.post("/files/begin", {"name": name, "size": len(content), "content_type": "image/png"})
    assert answer.status_code == 201
    return dict(answer.json())


def _sent(browser: Client, content: bytes, name: str = "photo.png") -> dict[str, Any]:
    file = _announced(browser, content, name)
    ticket = file["ticket"]
    sent = Client().post(ticket["url"], {**ticket["fields"], "file": SimpleUploadedFile(name, content)})
    assert sent.status_code == 204
    return dict(browser.post(f"/files/{file['id']}/finish").json())


def test_a_file_goes_up_and_comes_down_again(cast: Cast) -> None:
    browser = _browser(cast.people["anna"])
    file = _sent(browser, samples.PNG)
    assert (file["verdict"], file["name"], file["reason"]) == ("clean", "photo.png", "")
    answer = browser.get(f"/files/{file['id']}/")
    assert b"".join(answer) == samples.PNG
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_disguised_program_is_refused_and_stays_inside(cast: Cast) -> None:
    browser = _browser(cast.people["anna"])
    file = _sent(browser, samples.EXE, "invoice.pdf")
    assert file["verdict"] == "refused" and "not accepted" in file["reason"]
    answer = browser.get(f"/files/{file['id']}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "file_refused")


def test_nothing_is_delivered_before_the_check(cast: Cast) -> None:
    browser = _browser(cast.people["anna"])
    file = _announced(browser, samples.PNG)
    assert browser.get(f"/files/{file['id']}/").status_code == 409
    assert browser.post(f"/files/{file['id']}/finish").status_code == 409


def test_a_stranger_finds_no_file_where_a_colleague_does(cast: Cast) -> None:
    file = _sent(_browser(cast.people["anna"]), samples.PNG)
    for username in ("sina", "clara"):
        browser = _browser(cast.people[username])
        assert browser.get(f"/files/{file['id']}/").status_code == 404
        assert browser.post(f"/files/{file['id']}/finish").status_code == 404
    assert _browser(cast.people["bea"]).get(f"/files/{file['id']}/").status_code == 200


def test_a_viewer_announces_nothing(cast: Cast) -> None:
    answer = _browser(cast.people["vera"]).post("/files/begin", {"name": "a.png", "size": 5})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_role")


@pytest.mark.parametrize(
    ("size", "status"),
    [("", 422), ("-1", 422), ("1e3", 422), ("٣", 422), ("9" * 30, 422), ("0", 422), (str(10**11), 413)],
)
def test_a_size_that_cannot_be_is_refused(cast: Cast, size: str, status: int) -> None:
    answer = _browser(cast.people["anna"]).post("/files/begin", {"name": "a.png", "size": size})
    assert answer.status_code == status
    assert not StoredFile.objects.exists()


def test_an_unknown_purpose_is_refused(cast: Cast) -> None:
    answer = _browser(cast.people["anna"]).post("/files/begin", {"name": "a", "size": 5, "purpose": "original"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_purpose")


def test_a_name_with_folders_and_signs_arrives_harmless(cast: Cast) -> None:
    file = _announced(_browser(cast.people["anna"]), samples.PNG, "../../e\u202evil\0.png")
    assert file["name"] == "evil.png"
    answer = _browser(cast.people["anna"]).post("/files/begin", {"name": "a\r\nX-Evil: 1.png", "size": 5})
    assert answer.json()["name"] == "aX-Evil- 1.png"


def test_another_site_cannot_announce_in_a_persons_name(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.people["anna"])
    assert browser.post("/files/begin", {"name": "a.png", "size": 5}).status_code == 403
