"""The public sample files, and what must be read from them (`tests/data/einvoice/README.md`)."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "einvoice"
EXPECTED: dict[str, dict[str, Any]] = {
    record["file"].removeprefix("einvoice/"): record for record in json.loads((FOLDER / "expected.json").read_text())
}
VALID = sorted(name for name in EXPECTED if name.startswith("valid/"))
INVALID = sorted(name for name in EXPECTED if name.startswith("invalid/"))
HYBRID = sorted(name for name in EXPECTED if name.startswith("hybrid-pdf/"))
UBL = "valid/kosit-xrechnung/01.05a-INVOICE_ubl.xml"
CII = "valid/kosit-xrechnung/01.05a-INVOICE_uncefact.xml"
PDF = "hybrid-pdf/MustangBeispiel20221026.pdf"


def content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
