"""Machines ask how the platform is: it says whether it lives, which part does not answer, and what waits."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from eipp.kernel import jobs
from eipp.web import health
from tests.messaging.cast import Cast
from tests.servers.ports import free_port
from workflows.models import Presentment

TOKEN = {"HTTP_AUTHORIZATION": "Bearer for the operators"}


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known from a moment ago."""
    monkeypatch.setattr(health, "FRESH", 0.0)


@pytest.fixture
def dumb() -> Iterator[str]:
    """The address of somebody who takes calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def _figures(client: Client, **headers: str) -> str:
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def _value(text: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_it_lives_whatever_name_it_is_asked_by(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


def test_another_page_is_not_answered_under_a_name_that_is_not_ours(client: Client) -> None:
    assert client.get("/accounts/login/", headers={"host": "10.1.2.3:8000"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
def test_it_is_ready_when_every_part_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True, "parts": {"database": "ok", "broker": "ok", "store": "ok", "scanner": "ok"}
    }  # fmt: skip


@pytest.mark.django_db
def test_a_part_that_is_away_is_named_and_pages_go_on(client: Client, settings: LazySettings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}"
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{free_port()}"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "broker": "away", "store": "ok", "scanner": "away"}
    assert str(free_port()) not in answer.content.decode() and "127.0.0.1" not in answer.content.decode()
    assert client.get("/readyz?only=database").json() == {"ready": True, "parts": {"database": "ok"}}
    assert client.get("/readyz?only=secrets").status_code == 404


@pytest.mark.django_db
def test_a_part_that_hangs_holds_the_answer_no_longer_than_its_bound(
    client: Client, settings: LazySettings, dumb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://{dumb}"
    monkeypatch.setattr(health, "BOUND", 0.3)
    for _ in range(3):
        began = time.monotonic()
        assert client.get("/readyz").json()["parts"]["broker"] == "away"
        assert time.monotonic() - began < 1.5


@pytest.mark.django_db
def test_the_store_that_cannot_be_written_is_named(client: Client, settings: LazySettings) -> None:
    settings.FILES_FOLDER = "/dev/null/files"
    assert client.get("/readyz").json()["parts"]["store"] == "away"


@pytest.mark.django_db
def test_figures_are_for_whom_settings_name_and_for_nobody_else(client: Client, settings: LazySettings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "for the operators"
    for header in ("", "Bearer ", "Bearer for the operator", "for the operators", "Bearer für"):
        assert client.get("/metrics", HTTP_AUTHORIZATION=header).status_code == 404
    assert "eipp_waiting_rows" in _figures(client, **TOKEN)


@pytest.mark.django_db
def test_figures_are_read_from_a_named_network(client: Client, settings: LazySettings) -> None:
    settings.METRICS_FROM = [ip_network(one) for one in ("10.0.0.0/8", "127.0.0.1", "::1")]
    assert client.get("/metrics", REMOTE_ADDR="10.9.8.7").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="11.9.8.7").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="11.9.8.7", headers={"x-forwarded-for": "10.1.1.1"}).status_code == 404


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_never_by_path(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "for the operators"
    line = 'eipp_request_seconds_count{method="GET",route="/theme/",status="405"}'
    before = _value(_figures(client, **TOKEN), line)
    client.get("/theme/")
    client.get("/nowhere/secret-name/")
    text = _figures(client, **TOKEN)
    assert _value(text, line) == before + 1
    assert "secret-name" not in text
    assert 'route="none",status="404"' in text


def test_what_waits_is_counted_with_its_age(
    cast: Cast, client: Client, settings: LazySettings, settle: Callable[[], None]
) -> None:
    settings.METRICS_TOKEN = "for the operators"
    text = _figures(client, **TOKEN)
    assert _value(text, 'eipp_waiting_rows{what="events to seal"}') > 0
    assert _value(text, 'eipp_waiting_seconds{what="events to seal"}') > 0
    settle()
    text = _figures(client, **TOKEN)
    assert _value(text, 'eipp_waiting_rows{what="events to seal"}') == 0
    for relay in settings.EVENT_RELAYS:
        assert f'eipp_waiting_rows{{what="events for {relay}"}} 0.0' in text
    assert not Presentment.objects.exists()
    assert 'eipp_waiting_rows{what="documents to judge"} 0.0' in text


@pytest.mark.django_db
def test_jobs_are_counted_whether_they_succeed_or_fail(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "for the operators"

    def fails() -> None:
        raise ValueError

    jobs._run("tests.succeeds", lambda: None)
    with pytest.raises(ValueError):
        jobs._run("tests.fails", fails)
    text = _figures(client, **TOKEN)
    assert _value(text, 'eipp_job_seconds_count{job="tests.succeeds",outcome="done"}') >= 1
    assert _value(text, 'eipp_job_seconds_count{job="tests.fails",outcome="failed"}') >= 1


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.make()


def test_a_change_is_a_line_in_the_log_with_the_requests_number(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="eipp.web.measuring"):
        answer = client.post("/theme/", {"theme": "dark"})
    told: list[Any] = [record.msg for record in caplog.records if record.name == "eipp.web.measuring"]
    (line,) = told
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["event"], line["route"], line["method"]) == ("request", "/theme/", "POST")
    assert json.dumps(line["status"]) == str(answer.status_code)
