"""A worker says at an address of its own whether it goes on, and shows its figures to whom settings name."""

from collections.abc import Iterator
from ipaddress import ip_network

import httpx
import pytest
from django.conf import LazySettings

from eipp.kernel import lookout


@pytest.fixture
def pulse() -> lookout.Pulse:
    return lookout.Pulse()


@pytest.fixture
def address(pulse: lookout.Pulse) -> Iterator[str]:
    server = lookout.keep(pulse, host="127.0.0.1", port=0)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_worker_lives_as_long_as_its_courier_turns(
    address: str, pulse: lookout.Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert httpx.get(f"{address}/healthz").status_code == 200
    monkeypatch.setattr(lookout, "STUCK", 0.0)
    assert httpx.get(f"{address}/healthz").status_code == 503
    monkeypatch.setattr(lookout, "STUCK", 60.0)
    pulse.beat()
    assert httpx.get(f"{address}/healthz").text == "ok\n"


def test_its_figures_are_for_whom_settings_name(address: str, settings: LazySettings) -> None:
    assert httpx.get(f"{address}/metrics").status_code == 404
    settings.METRICS_TOKEN = "for the operators"
    shown = httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer for the operators"})
    assert shown.status_code == 200 and "eipp_job_seconds" in shown.text
    settings.METRICS_TOKEN, settings.METRICS_FROM = "", [ip_network("127.0.0.0/8")]
    assert httpx.get(f"{address}/metrics").status_code == 200


def test_there_is_nothing_else(address: str) -> None:
    assert httpx.get(f"{address}/").status_code == 404
    assert httpx.post(f"{address}/healthz").status_code == 501
