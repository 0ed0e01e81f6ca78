"""The folder side of the store keeps the contract; its tickets are redeemed by our own address."""

import base64
import json
import stat
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.store import INCOMING, Store, UploadTicket, new_key
from documents.store_folder import FolderStore
from eipp.kernel import clock
from tests.documents.store_contract import StoreContract, type_of_send


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.FILES_FOLDER = tmp_path
    return tmp_path


def _send(ticket: UploadTicket, content: bytes) -> int:
    part = SimpleUploadedFile("whatever.exe", content, content_type=ticket.content_type)
    return Client(enforce_csrf_checks=True).post(ticket.url, {**ticket.fields, "file": part}).status_code


class TestFolderStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return FolderStore()

    @pytest.fixture
    def send(self) -> type_of_send:
        return _send


def test_files_are_readable_by_this_user_alone(folder: Path) -> None:
    FolderStore().put(new_key(), b"x")
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_ticket_with_a_larger_limit_written_into_it_is_refused() -> None:
    key = new_key(INCOMING)
    ticket = FolderStore().ticket(key, max_bytes=5, content_type="", now=clock.now())
    address, _, signature = ticket.url.partition(".")
    place, _, encoded = address.rpartition("/")
    grant = json.loads(base64.urlsafe_b64decode(encoded))
    grant[1] = 10**9
    forged = base64.urlsafe_b64encode(json.dumps(grant).encode()).decode()
    response = Client().post(f"{place}/{forged}.{signature}", {"file": SimpleUploadedFile("x", b"hello!")})
    assert response.status_code == 403
    assert FolderStore().size(key) is None


def test_a_ticket_of_garbage_is_refused() -> None:
    for garbage in ("x", "x.y", "%00.%00", "é.ü", "eA==.ü", "_w==.x", "." * 50):
        response = Client().post(f"/files/receive/{garbage}", {"file": SimpleUploadedFile("x", b"x")})
        assert response.status_code == 403, garbage


def test_a_request_without_the_file_part_is_refused() -> None:
    ticket = FolderStore().ticket(new_key(INCOMING), max_bytes=5, content_type="", now=clock.now())
    assert Client().post(ticket.url, {"other": "x"}).status_code == 422
