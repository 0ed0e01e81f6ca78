"""Two ERPs run a day of business by the API; both, the webhooks and `manage.py verify` agree to the cent."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.conftest import ON_BOTH
from tests.servers.platform import Platform
from tests.shape.source import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), ON_BOTH]
EXAMPLES = ROOT / "examples"


def test_a_day_of_business_ends_with_the_same_books_on_both_sides(platform: Platform) -> None:
    heard = platform.data / "heard.jsonl"
    with listening(platform):
        run(platform, "supplier_erp.py", "morning")
        assert "ordered a transfer" in run(platform, "buyer_erp.py", "day")
        supplier = run(platform, "supplier_erp.py", "evening")
        buyer = run(platform, "buyer_erp.py", "evening")
        assert closing(supplier) == closing(buyer)
        entries = [line for line in supplier.splitlines() if line.startswith("booked ")]
        assert entries == [line for line in buyer.splitlines() if line.startswith("booked ")]
        assert "issued credit note" in supplier and ": settled" in supplier, supplier
        assert len(entries) == 7
        assert "0 events of today wait" in supplier
        names = wait_for(heard, {"invoice.presented", "dispute.opened", "credit_note.posted", "cash_receipt.posted"})
        assert names >= {"invoice.presented", "dispute.opened", "credit_note.posted", "cash_receipt.posted"}
    verified = platform.manage("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def run(platform: Platform, script: str, *part: str) -> str:
    command = [sys.executable, str(EXAMPLES / script), str(platform.data / "demo.json"), *part]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def closing(told: str) -> str:
    found = re.search(r"closing balance of \S+: (\S+) EUR; the platform says (\S+) EUR", told)
    assert found and found[1] == found[2], told
    return found[1]


@contextmanager
def listening(platform: Platform) -> Iterator[None]:
    """The receiver of webhooks, registered and running."""
    command = [sys.executable, str(EXAMPLES / "webhook_receiver.py"), str(platform.data / "demo.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            assert receiver.stdout and receiver.stdout.readline().startswith("listening")
            yield
        finally:
            receiver.terminate()


def wait_for(heard: Path, names: set[str]) -> set[str]:
    """The names of the events that the receiver verified, once it has heard these, or after a minute."""
    told, pause = set[str](), threading.Event()
    for _ in range(60):
        told = {json.loads(line)["name"] for line in heard.read_text().splitlines()} if heard.exists() else set()
        if names <= told:
            break
        pause.wait(1)
    return told
