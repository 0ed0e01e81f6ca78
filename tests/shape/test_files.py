"""Files are short, named after nouns, and free of what does not belong into them."""

import re
from pathlib import PurePath

from tests.shape.source import PACKAGES, ROOT, files

NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "services", "service_layer", "common", "misc", "tools"}
LONGEST = 300


def test_no_file_is_longer_than_one_can_read() -> None:
    paths = files(".py", ".html", ".css", ".js")
    lengths = {path: (ROOT / path).read_text().count("\n") for path in paths}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    parts = {path: {*PurePath(path).with_suffix("").parts} for path in files(".py", ".html", ".css", ".js")}
    assert [path for path, names in parts.items() if names & NAMES_THAT_SAY_NOTHING] == []


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    paths = [path for path in files(".py") if path.startswith((*PACKAGES, "bench/"))]
    texts = {path: (ROOT / path).read_text() for path in paths}
    assert [path for path, text in texts.items() if text.strip() and not text.startswith('"""')] == []


def test_the_root_package_stays_empty() -> None:
    assert (ROOT / "eipp/__init__.py").read_text() == ""


def test_lock_files_carry_hashes_and_no_address() -> None:
    for path in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / path).read_text()
        pinned = re.findall(r"^\S+==\S+", lock, re.MULTILINE)
        assert len(pinned) > 50
        assert len(re.findall(r"^\S+==[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)) == len(pinned)
        assert "://" not in lock
        assert "index-url" not in lock


def test_what_runs_in_production_has_the_same_version_in_tests() -> None:
    def pinned(path: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / path).read_text(), re.MULTILINE))

    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")
