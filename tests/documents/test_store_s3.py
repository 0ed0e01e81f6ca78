"""The S3 side of the store keeps the contract on a real SeaweedFS, which judges each presigned POST itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from django.conf import LazySettings

from documents import store_s3
from documents.delivery import deliver
from documents.file import StoredFile
from documents.jobs import forget_late_bytes
from documents.store import INCOMING, Store, StoreAway, UploadTicket, new_key
from documents.store_s3 import S3Store
from documents.upload import begin_upload, finish_upload
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from tests.documents import samples
from tests.documents.store_contract import StoreContract, type_of_send
from tests.messaging.cast import Cast
from tests.servers.ports import free_port
from tests.servers.seaweedfs import ACCESS_KEY, BUCKET, SECRET_KEY, SeaweedFS

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def s3(seaweedfs: SeaweedFS, settings: LazySettings) -> Iterator[None]:
    settings.S3_BUCKET, settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = BUCKET, ACCESS_KEY, SECRET_KEY
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = seaweedfs.endpoint
    store_s3._client.cache_clear()
    yield
    store_s3._client.cache_clear()


def _send(ticket: UploadTicket, content: bytes) -> int:
    """As a browser does it: the fields first, then the file under a name of the sender's."""
    return httpx.post(ticket.url, data=ticket.fields, files={"file": ("whatever.exe", content)}, timeout=10).status_code


def _ticket(content_type: str = "text/plain") -> tuple[str, UploadTicket]:
    key = new_key(INCOMING)
    return key, S3Store().ticket(key, max_bytes=5, content_type=content_type, now=clock.now())


class TestS3Store(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return S3Store()

    @pytest.fixture
    def send(self) -> type_of_send:
        return _send


def test_a_ticket_does_not_write_another_key() -> None:
    key, ticket = _ticket()
    other = new_key(INCOMING)
    for name in (other, new_key(), f"{key}/more", "first", f"/{key}", "${filename}"):
        assert _send(replace(ticket, fields={**ticket.fields, "key": name}), b"evil") in (400, 403), name
    assert S3Store().size(key) is None and S3Store().size(other) is None


def test_a_ticket_is_for_one_content_type() -> None:
    key, ticket = _ticket("image/png")
    assert _send(replace(ticket, fields={**ticket.fields, "Content-Type": "text/html"}), b"<p>") in (400, 403)
    assert S3Store().size(key) is None


def test_an_empty_file_is_refused() -> None:
    key, ticket = _ticket()
    assert _send(ticket, b"") in (400, 403)
    assert S3Store().size(key) is None


def test_nothing_can_be_written_beside_the_bytes() -> None:
    key, ticket = _ticket()
    assert _send(replace(ticket, fields={**ticket.fields, "x-amz-meta-note": "hello"}), b"hello") in (400, 403)
    assert S3Store().size(key) is None


def test_a_ticket_does_not_make_its_bytes_public() -> None:
    key, ticket = _ticket()
    _send(replace(ticket, fields={**ticket.fields, "acl": "public-read"}), b"hello")
    assert httpx.get(f"{ticket.url}{key}").status_code in (403, 404)


def test_nobody_writes_reads_or_lists_without_a_ticket(seaweedfs: SeaweedFS) -> None:
    key, ticket = _ticket()
    assert _send(ticket, b"hello") in (200, 201, 204)
    address = f"{seaweedfs.endpoint}/{BUCKET}"
    for method, url in (("PUT", f"{address}/{key}"), ("GET", f"{address}/{key}"), ("DELETE", f"{address}/{key}"),
                        ("GET", address)):  # fmt: skip
        assert httpx.request(method, url).status_code in (400, 401, 403), (method, url)
    bare = {name: value for name, value in ticket.fields.items() if name in ("key", "Content-Type")}
    assert _send(replace(ticket, fields=bare), b"world") in (400, 401, 403)
    with S3Store().open(key) as stream:
        assert stream.read() == b"hello"


def test_a_larger_file_is_read_whole() -> None:
    key, content = new_key(), bytes(range(256)) * 20_000
    S3Store().put(key, content)
    with S3Store().open(key) as stream:
        assert stream.read() == content


def test_the_bucket_is_made_once_and_proven(settings: LazySettings) -> None:
    settings.S3_BUCKET = "made-anew"
    with pytest.raises(StoreAway, match="no bucket"):
        S3Store().answer()
    S3Store().prepare()
    S3Store().prepare()
    S3Store().answer()


def test_pages_of_our_own_address_may_send_and_those_of_others_may_not(settings: LazySettings) -> None:
    settings.BASE_URL, settings.S3_BUCKET = "https://pay.example.com", "for-browsers"
    S3Store().prepare()

    def asked(origin: str) -> str:
        ticket = S3Store().ticket(new_key(INCOMING), max_bytes=5, content_type="text/plain", now=clock.now())
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return httpx.options(ticket.url, headers=headers).headers.get("Access-Control-Allow-Origin", "")

    assert asked("https://pay.example.com") == "https://pay.example.com"
    assert asked("https://evil.example.com") == ""


def test_a_file_is_announced_sent_to_s3_checked_and_shown(cast: Cast, settings: LazySettings) -> None:
    settings.DOCUMENT_STORE = "documents.store_s3.S3Store"
    anna = cast.actor("anna")
    file, ticket = begin_upload(anna, name="photo.png", size=len(samples.PNG), content_type="image/png")
    assert _send(ticket, samples.PNG) in (200, 201, 204)
    with pytest.raises(Refusal, match="still being checked"):
        deliver(anna, file)
    file = finish_upload(anna, file)
    assert (file.verdict, file.content_type) == ("clean", "image/png")
    assert _send(ticket, samples.PNG[:-1] + b"x") in (200, 201, 204)  # once more, to where nobody looks any longer
    response = deliver(anna, file)
    assert b"".join(response) == samples.PNG
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="photo.png"'
    assert S3Store().size(file.incoming_key) == len(samples.PNG)
    StoredFile.objects.update(begun_at=clock.now() - timedelta(hours=2))
    forget_late_bytes()
    assert S3Store().size(file.incoming_key) is None
    with pytest.raises(StoredFile.DoesNotExist):
        deliver(cast.actor("sina"), file)


def test_while_the_store_is_away_people_are_told_and_nothing_is_lost(cast: Cast, settings: LazySettings) -> None:
    settings.DOCUMENT_STORE = "documents.store_s3.S3Store"
    anna, here = cast.actor("anna"), settings.S3_ENDPOINT
    file, ticket = begin_upload(anna, name="photo.png", size=len(samples.PNG), content_type="image/png")
    _send(ticket, samples.PNG)
    settings.S3_ENDPOINT = f"http://127.0.0.1:{free_port()}"
    store_s3._client.cache_clear()
    with pytest.raises(Refusal, match="nothing was lost") as away:
        finish_upload(anna, file)
    assert (away.value.status, away.value.retry_after) == (503, 60)
    settings.S3_ENDPOINT = here
    store_s3._client.cache_clear()
    assert finish_upload(anna, file).is_clean


def test_a_store_that_is_away_says_so_at_once(settings: LazySettings) -> None:
    settings.S3_ENDPOINT = f"http://127.0.0.1:{free_port()}"
    store_s3._client.cache_clear()
    began = clock.now()
    for call in (lambda: S3Store().put(new_key(), b"x"), lambda: S3Store().size(new_key()), S3Store().answer):
        with pytest.raises(StoreAway):
            call()
    assert (clock.now() - began).total_seconds() < 10
