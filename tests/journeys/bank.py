"""The supplier's bank: its statements follow one another, on the day that the platform has."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.journeys.erp import Erp
from tests.servers.platform import Platform
from tests.workflows.bank_file import IBAN, Line, camt

WAIT = 40  # seconds that applying may take on a busy machine
_LAST = (
    "SELECT closing_minor, sequence FROM workflows_bankstatement WHERE stated_account = '{}' "
    "AND applied_at IS NOT NULL ORDER BY sequence DESC LIMIT 1"
)


def day_of(platform: Platform) -> date:
    """The example world's day."""
    (found,) = platform.rows("SELECT days_ahead FROM demo_exampleday") or [(0,)]
    return datetime.now(UTC).date() + timedelta(days=found[0])


def statement(platform: Platform, *lines: Line, missing: str = "0") -> bytes:
    """The account's next statement, as camt.053; missing: what its closing does not account for."""
    last = platform.rows(_LAST.format(IBAN))
    minor, sequence = last[0] if last else (100_000, 0)
    opening, day = Decimal(minor) / 100, day_of(platform).isoformat()
    closing = opening + sum((Decimal(line.amount) for line in lines), Decimal(missing))
    dated = [Line(**{**vars(line), "day": day}) for line in lines]
    return camt(*dated, opening=f"{opening:.2f}", closing=f"{closing:.2f}", sequence=sequence + 1, day=day,
                number=f"{day}-{sequence + 1}-{missing}")  # fmt: skip


def load(erp: Erp, content: bytes) -> dict[str, Any]:
    """Loaded by a program; the statement as soon as the platform has looked at it."""
    answer = erp.client.post("bank-statements", content=content, headers={"Content-Type": "application/xml"})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()["items"][0]["statement"]
    end = time.monotonic() + WAIT
    while told["state"] == "received":
        assert time.monotonic() < end, told
        time.sleep(0.1)
        told = erp.get(f"bank-statements/{told['id']}").json()
    return told
