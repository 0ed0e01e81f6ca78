"""The supplier's ERP: it posts what it invoices, and knows nothing of browsers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.visitor import Call
from tests.resilience.house import until
from tests.servers.platform import Platform

SAMPLES = Path(__file__).parent.parent / "data" / "einvoice"
KINDS = {".xml": "application/xml", ".pdf": "application/pdf"}


class Erp:
    """Calls the API with a company's key; remembers which paths it called."""

    def __init__(self, platform: Platform, organisation: str) -> None:
        self.visited: set[Call] = set()
        self.client = httpx.Client(
            base_url=f"{platform.url}/api/v1/", timeout=30,
            headers={"Authorization": f"Bearer {platform.key(organisation)}"},
            event_hooks={"request": [self._asked]},
        )  # fmt: skip

    def post(self, number: str, *lines: tuple[str, str, str], **facts: Any) -> dict[str, Any]:
        """Post an invoice of (name, quantity, net unit price) each at 19 %; answers what the platform made of it."""
        today = datetime.now(UTC).date()
        written = {
            "number": number, "account": "10001", "issue_date": today.isoformat(), "currency": "EUR",
            "due_date": (today + timedelta(days=30)).isoformat(),
            "lines": [
                {"number": str(place), "name": name, "quantity": quantity, "unit_price": price, "tax_rate": "19"}
                for place, (name, quantity, price) in enumerate(lines, 1)
            ], **facts,
        }  # fmt: skip
        answer = self.client.post("invoices", json=written)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def hand_in(self, file: Path, **question: str) -> httpx.Response:
        """Post an e-invoice as it is, and wait for the verdict."""
        headers = {"Content-Type": KINDS[file.suffix], "Prefer": "wait=10"}
        return self.client.post("invoices", content=file.read_bytes(), headers=headers, params=question)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def original(self, path: str) -> bytes:
        """The bytes that were handed in; where a scanner is, they are given out once it has seen them."""
        answer: httpx.Response = until(lambda: (one := self.get(f"{path}/original")).status_code != 409 and one)
        assert answer.is_success, answer.text
        return answer.content

    def _asked(self, request: httpx.Request) -> None:
        self.visited.add(Call(request.method, request.url.path, request.headers.get("content-type", "")))


def real_files() -> list[Path]:
    """The samples; of those that are there in both syntaxes (here in turns) one."""
    found = sorted([*(SAMPLES / "valid").rglob("*.xml"), *(SAMPLES / "hybrid-pdf").glob("*.pdf")])
    in_cii = ("01.05a", "01.17a", "01.21a")
    return [file for file in found if not file.name.endswith(("_ubl.xml", "_uncefact.xml"))
            or file.name.endswith("_uncefact.xml") == file.name.startswith(in_cii)]  # fmt: skip


def verdict_of(erp: Erp, file: Path) -> str:
    """Hand it in: 201 for what is posted (200 for a later version of a number), 202 with reasons for what is kept."""
    answer = erp.hand_in(file)
    told: dict[str, Any] = answer.json()
    if answer.status_code == 202:
        assert told["status"] == "quarantined", (file.name, told)
        assert all(reason["code"] and reason["message"] for reason in told["reasons"]), told
        assert erp.original(f"intakes/{told['id']}") == file.read_bytes(), file.name
    else:
        assert answer.status_code == (201 if told["version"] == 1 else 200), (file.name, told)
        assert erp.original(f"intakes/{told['intake']}") == file.read_bytes(), file.name
        if told["kind"] == "invoice":
            assert erp.original(f"invoices/{told['id']}") == file.read_bytes(), file.name
    return str(told["status"])
