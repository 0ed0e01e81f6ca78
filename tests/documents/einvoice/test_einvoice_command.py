"""`manage.py einvoice`: a line of JSON per file, an exit code, no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.einvoice.samples import EXPECTED, FOLDER, INVALID, PDF, UBL

ROOT = Path(__file__).parents[3]


def einvoice(*files: str) -> tuple[int, list[dict[str, object]]]:
    command = [sys.executable, "manage.py", "einvoice", *files]
    # A database that does not answer: the command must not ask it.
    environment = {**os.environ, "EIPP_DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.long
def test_every_file_gets_its_line_and_all_readable_is_success() -> None:
    code, records = einvoice(*(str(FOLDER / name) for name in (UBL, PDF, INVALID[0])))
    assert code == 0
    assert [record["valid"] for record in records] == [True, True, False]
    for record, name in zip(records, (UBL, PDF, INVALID[0]), strict=True):
        assert set(EXPECTED[name]) <= set(record)
        assert (record["bytes"], record["sha256"]) == (EXPECTED[name]["bytes"], EXPECTED[name]["sha256"])


@pytest.mark.long
def test_an_unreadable_file_gets_its_line_too_and_is_a_failure(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    code, (first, second, third) = einvoice(str(photo), str(tmp_path / "none.xml"), str(FOLDER / UBL))
    assert code == 1
    assert [error["rule"] for record in (first, second) for error in record["errors"]] == [  # type: ignore[attr-defined]
        "not_an_invoice",
        "unreadable_file",
    ]
    assert (first["valid"], third["valid"]) == (False, True)
