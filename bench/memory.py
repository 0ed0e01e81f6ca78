"""Does a web process grow? Its own memory after 10,000 requests of many kinds, against that after the first 2,000."""

import http.client
import json
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from tests.servers.platform import Platform, dashed, platform

WARM, COUNTED, GOAL = 2_000, 10_000, 1.05


def main() -> None:
    """One JSON object, in MB of private memory of the process that answers the requests."""
    with tempfile.TemporaryDirectory(prefix="memory-") as folder, platform(Path(folder)) as running:
        asked = cycle(list(requests(running)))
        ask(running, islice(asked, WARM))
        before = grown(running)
        ask(running, islice(asked, COUNTED))
        after = grown(running)
    line = {"name": f"memory_after_{COUNTED}_requests", "ours": round(after, 1), "baseline": round(before, 1)}
    print(json.dumps({**line, "unit": "MB", "ratio": round(after / before, 3), "goal": GOAL}))


def requests(running: Platform) -> Iterator[tuple[str, dict[str, str]]]:
    """What people and programs ask for all day: pages of both faces, the API, files of the frame."""
    invoice = dashed(running.rows("SELECT id FROM ledger_invoice ORDER BY id DESC LIMIT 1")[0][0])
    buyer, clerk = (sign_in(running, username) for username in ("anna", "clara"))
    key = {"Authorization": f"Bearer {running.key('Nordwind')}"}
    yield from ((path, buyer) for path in ("/", "/invoices/", "/invoices/?status=open", "/payments/", "/search/?q=RE"))
    yield from (
        (path, clerk) for path in ("/desk/", "/desk/invoices/", f"/desk/invoices/{invoice}/", "/desk/customers/")
    )
    yield from ((f"/api/v1/{path}", key) for path in ("invoices", f"invoices/{invoice}", "accounts", "events?limit=50"))
    yield from ((path, {}) for path in ("/accounts/login/", "/nowhere/"))


def ask(running: Platform, wanted: Iterator[tuple[str, dict[str, str]]]) -> None:
    """One after the other over one connection, as the answers come."""
    connection = http.client.HTTPConnection("127.0.0.1", int(running.environment["EIPP_PORT"]), timeout=30)
    for path, headers in wanted:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 404):
            raise RuntimeError(f"{path} answered {answer.status}")
    connection.close()


def sign_in(running: Platform, username: str) -> dict[str, str]:
    """The cookie of a session, by the session command of the platform's own shell."""
    script = (
        "from importlib import import_module; from django.conf import settings; from django.test import Client; "
        "from eipp.accounts.models import Person; browser = Client(); "
        f"browser.force_login(Person.objects.get(username_folded={username!r})); "
        "print(browser.cookies['sessionid'].value)"
    )
    told = running.manage("shell", "--no-imports", "-c", script)
    return {"Cookie": f"sessionid={told.stdout.split()[-1]}"}


def grown(running: Platform) -> float:
    """Memory of the web process that is its own alone."""
    pid = next(int(name.split()[0]) for name in running.memory() if "uvicorn" in name)
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


if __name__ == "__main__":
    main()
