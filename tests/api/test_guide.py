"""The ERP guide: its calls are taken from the page and made; what it promises is what comes."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from tests.api.cast import Caller, Cast, caller, invoice
from tests.api.test_e_invoices import UBL
from tests.workflows.bank_file import Line, camt

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
FILES = {
    "@invoices.ndjson": b"\n".join(json.dumps(invoice()).encode() for _ in range(3)),
    "@invoice.xml": UBL.read_bytes(),
    "@statement.xml": camt(Line("10.00", name="Somebody")),
}
CALL = re.compile(r"```sh\n(curl .*?)```\n<!-- answers (\d+)(?: keep (\w+)=(\w+))? -->", re.DOTALL)


def test_every_call_of_the_guide_answers_as_it_says(cast: Cast) -> None:
    text = GUIDE.read_text()
    known = {"BASE": "", "KEY": cast.erp.key, "BUYER_KEY": cast.payer.key,
             "HOOK_KEY": caller(cast.supplier, ("webhooks:write",)).key}  # fmt: skip
    calls = CALL.findall(text)
    assert len(calls) == text.count("curl -s") >= 12
    for call, status, name, field in calls:
        for key, value in sorted(known.items(), reverse=True):
            call = call.replace(f"'${key}'", value).replace(f"${key}", value)
        response = _made(shlex.split(call.replace("\\\n", " ")))
        assert response.status_code == int(status), (call, response.content)
        if name:
            known[name] = response.json()[field]


def _made(words: list[str]) -> Any:
    """Make the call that a curl command describes."""
    method, body, address, headers = "GET", b"", "", {}
    parts = iter(words[1:])
    for word in parts:
        if word == "-s":
            continue
        if word == "-X":
            method = next(parts)
        elif word == "-H":
            name, _, value = next(parts).partition(": ")
            headers[name.replace("-", "_")] = value
        elif word == "-d":
            body = next(parts).encode()
            json.loads(body)
        elif word == "--data-binary":
            body = FILES[next(parts)]
        else:
            address = word
    kind = headers.pop("Content_Type", "application/json")
    caller = Caller()
    if method == "PATCH":
        return caller.patch(address, json.loads(body), **headers)
    return caller.get(address, **headers) if method == "GET" else caller.post(address, body, kind=kind, **headers)
