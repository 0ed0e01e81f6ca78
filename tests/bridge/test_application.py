"""The bridge, through a real web server: requests arrive undamaged, answers leave whole or visibly broken."""

import hashlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.bridge.site import BIG
from tests.servers.web import served


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served("tests.bridge.site:application") as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        yield client


def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are; everything that comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request)
        received = b""
        while chunk := line.recv(65536):
            received += chunk
    return received


def test_a_view_sees_who_asks_and_where(client: httpx.Client, port: int) -> None:
    seen = client.get("/seen?a=1&b=%C3%A4").json()
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert (seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("127.0.0.1", str(port))
    assert seen["QUERY_STRING"] == "a=1&b=%C3%A4"
    assert seen["SERVER_PROTOCOL"] == "HTTP/1.1"


def test_a_path_arrives_in_its_own_letters(client: httpx.Client) -> None:
    assert client.get("/seen/M%C3%BCller%20%26%20S%C3%B6hne").json()["path"] == "/seen/Müller & Söhne"


def test_a_path_that_is_no_utf8_does_no_harm(client: httpx.Client) -> None:
    assert client.get("/seen/%ff%fe").json()["path"] == "/seen/%FF%FE"


def test_headers_sent_twice_are_joined_and_cookies_by_their_own_sign(client: httpx.Client) -> None:
    headers = [("X-Twice", "one"), ("X-Twice", "two"), ("Cookie", "a=1"), ("Cookie", "b=2")]
    seen = client.get("/seen", headers=headers).json()
    assert seen["headers"]["X-Twice"] == "one,two"
    assert seen["cookies"] == {"a": "1", "b": "2"}


def test_a_header_cannot_pass_itself_off_as_another(client: httpx.Client) -> None:
    seen = client.get("/seen", headers={"X_Forwarded_For": "10.0.0.1", "X-Real": "kept"}).json()
    assert "X-Forwarded-For" not in seen["headers"]
    assert seen["headers"]["X-Real"] == "kept"


@pytest.mark.parametrize("size", [0, 1, 1_048_576, 1_048_577, 9_000_000])
def test_a_body_arrives_byte_for_byte(client: httpx.Client, size: int) -> None:
    body = hashlib.shake_256(b"seed").digest(size)
    assert client.post("/digest", content=body).json() == {"length": size, "sha256": hashlib.sha256(body).hexdigest()}


def test_a_body_of_unknown_length_arrives_byte_for_byte(client: httpx.Client) -> None:
    pieces = [bytes([number]) * 1000 for number in range(50)]
    answer = client.post("/digest", content=iter(pieces)).json()
    assert answer == {"length": 50_000, "sha256": hashlib.sha256(b"".join(pieces)).hexdigest()}


def test_an_announced_body_beyond_the_limit_is_refused_before_it_is_sent(port: int) -> None:
    head, _, body = raw(port, b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: 26214401\r\n\r\n").partition(
        b"\r\n\r\n"
    )
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["detail"]) == (413, "A request may carry at most 25 MB.")


def test_an_unannounced_body_beyond_the_limit_is_refused_as_soon_as_it_passes_it(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("POST", "/digest")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Accept", "text/html")
    connection.endheaders()
    sent = 0
    try:
        for _ in range(26):
            connection.send(b"100000\r\n" + bytes(1_048_576) + b"\r\n")
            sent += 1
    except OSError:
        assert sent == 25
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.read() == b"A request may carry at most 25 MB."
    connection.close()


@pytest.mark.parametrize(
    "headers", [b"".join(b"X-%d: 1\r\n" % n for n in range(101)), b"X: " + b"x" * 70_000 + b"\r\n"]
)
def test_too_many_or_too_long_headers_are_refused(port: int, headers: bytes) -> None:
    answer = raw(port, b"GET /seen HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_a_head_request_gets_the_head_alone(client: httpx.Client, port: int) -> None:
    answer = raw(port, b"HEAD /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-length: 20000000" in head.lower()
    assert body == b""


def test_a_small_file_arrives_whole(client: httpx.Client) -> None:
    assert client.get("/small").content == b"small"


def test_a_big_file_arrives_whole_and_is_closed(client: httpx.Client) -> None:
    before = closings(client)
    assert client.get("/big").content == bytes(BIG)
    assert closings(client) == before + 1


def test_a_file_is_closed_when_its_reader_leaves(client: httpx.Client, port: int) -> None:
    before = closings(client)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        line.recv(1000)
    deadline = time.monotonic() + 10
    while closings(client) == before:
        assert time.monotonic() < deadline


def test_an_answer_that_breaks_in_the_middle_does_not_look_whole(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/breaking")
    assert client.get("/small").status_code == 200


def test_a_fault_of_a_view_is_a_500(client: httpx.Client) -> None:
    assert client.get("/failing").status_code == 500


def test_readers_that_take_nothing_hold_up_nobody_else(client: httpx.Client, port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(6)]
    for line in lines:
        line.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [client.get("/small").status_code for _ in range(20)] == [200] * 20
    for line in lines:
        line.close()


def test_nothing_that_one_request_leaves_is_seen_by_the_next(client: httpx.Client) -> None:
    assert [client.get("/context").text for _ in range(8)] == ["nothing"] * 8


def closings(client: httpx.Client) -> int:
    answer: dict[str, Any] = client.get("/closings").json()
    return len(answer["closed"])
